#include "cli/purge.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/csv.hpp"
#include "cli/failure.hpp"
#include "cli/figures.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

std::string counted(const PurgeReport& report) {
  const auto sqlite = report.sqlite ? grouped(*report.sqlite) : std::string("not known");
  return fmt::format("{} entries {} (memory {}, SQLite {})",
                     grouped(report.entries),
                     report.dry_run ? "would be purged" : "purged",
                     grouped(report.memory),
                     sqlite);
}

std::string names(const std::vector<std::string>& names, const Look& look) {
  return clean(fmt::format("{}", fmt::join(names, ", ")), look);
}

std::string about_others(const PurgeReport& report, const Look& look) {
  std::string text;
  if (!report.confirmed.empty()) text += "confirmed by " + names(report.confirmed, look) + '\n';
  if (!report.not_confirmed.empty())
    text += "NOT confirmed by " + names(report.not_confirmed, look) +
            ", which may serve these copies until they hear of it\n";
  if (report.others == "not told")
    text += "other daemons could NOT be told: Redis does not answer. They are told when it does\n";
  return text;
}

}  // namespace

std::string purge_text(const PurgeReport& report, const Look& look) {
  std::string text = counted(report) + '\n';
  if (report.dry_run) return text;
  if (!report.kept) text += "NOT kept in the database: a restart brings back what it has\n";
  return text + about_others(report, look);
}

std::string purge_csv(const PurgeReport& report) {
  Csv csv({"dry_run",
           "entries",
           "memory",
           "sqlite",
           "before",
           "swept",
           "kept",
           "others",
           "confirmed",
           "not_confirmed"});
  csv.field(std::string_view(report.dry_run ? "true" : "false")).field(report.entries);
  csv.field(report.memory).field(report.sqlite).field(report.before).field(report.swept);
  csv.field(std::string_view(report.kept ? "true" : "false"))
      .field(std::string_view(report.others));
  csv.field(fmt::format("{}", fmt::join(report.confirmed, " ")));
  csv.field(fmt::format("{}", fmt::join(report.not_confirmed, " "))).end_line();
  return std::move(csv).text();
}

Reply purge(AdminClient& client, const CommandLine& line, const Look& look) {
  const auto report = client.purge(line.purge);
  if (!report) {
    Reply reply = failure(report.error(), look);
    if (report.error().code != ErrorCode::Conflict) return reply;
    return {kUnconfirmed,
            "",
            fmt::format("quotecache: {}; --yes confirms, --dry-run only counts\n",
                        clean(report.error().message, look))};
  }
  const bool is_done = report->dry_run || (report->kept && report->is_everywhere());
  Reply reply{is_done ? 0 : kNotEverywhere, "", ""};
  switch (line.format) {
    case Format::Table: reply.out = purge_text(*report, look); break;
    case Format::Csv: reply.out = purge_csv(*report); break;
    case Format::Json:
      reply.out = report->document + (report->document.ends_with('\n') ? "" : "\n");
  }
  return reply;
}

}  // namespace quotecache::cli
