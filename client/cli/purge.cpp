#include "cli/purge.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

Reply purge(AdminClient& client, const CommandLine& line, const Look& look) {
  const auto report = client.purge(line.purge);
  if (!report) {
    Reply reply = failure(report.error(), look);
    if (report.error().code != ErrorCode::Conflict) return reply;
    reply.status = kUnconfirmed;
    reply.err += "--yes confirms, --dry-run only counts.\n";
    return reply;
  }
  const bool is_done = report->dry_run || (report->kept && report->is_everywhere());
  const bool is_json = line.format == Format::Json;
  const bool has_end = report->document.ends_with('\n');
  return {is_done ? 0 : kNotEverywhere,
          is_json ? report->document + (has_end ? "" : "\n") : purge_text(*report, look),
          ""};
}

}  // namespace quotecache::cli
