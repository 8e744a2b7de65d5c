#include "cli/reload.hpp"

#include <algorithm>
#include <string_view>

#include "cli/csv.hpp"
#include "cli/failure.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

// Line by line, so that nothing of a value is cut off: what changed may stand at its end.
std::string lines_of(const std::vector<ChangedSetting>& settings, const Look& look) {
  const auto shown = [&](const std::string& value) {
    return value.empty() ? std::string("-") : clean(value, look);
  };
  std::string text;
  for (const auto& one : settings) {
    text += "  " + clean(one.key, look) + "\n";
    text += "    before  " + shown(one.before) + "\n";
    text += "    now     " + shown(one.after) + "\n";
  }
  return text;
}

void add_lines(Csv& csv, const std::vector<ChangedSetting>& settings, std::string_view change) {
  for (const auto& one : settings) {
    csv.field(std::string_view(one.key)).field(std::string_view(one.before));
    csv.field(std::string_view(one.after)).field(change).end_line();
  }
}

// The daemon says all that is wrong, one line each.
Reply refused(const Error& error, const Look& look) {
  Reply reply{kRefusedSettings, "", "quotecache: the daemon refuses its settings; "};
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    reply.err += clean(std::string(rest.substr(0, end)), look) + '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return reply;
}

}  // namespace

std::string reload_text(const ReloadReport& report, const Look& look) {
  std::string text =
      report.changed.empty() ? "nothing changed\n" : "taken up:\n" + lines_of(report.changed, look);
  if (report.needs_restart.empty()) return text;
  return text + "\nNOT taken up, a restart is needed:\n" + lines_of(report.needs_restart, look);
}

std::string reload_csv(const ReloadReport& report) {
  Csv csv({"setting", "before", "after", "change"});
  add_lines(csv, report.changed, "live");
  add_lines(csv, report.needs_restart, "restart");
  return std::move(csv).text();
}

Reply reload(AdminClient& client, const CommandLine& line, const Look& look) {
  const auto report = client.reload();
  if (!report) {
    const bool is_refusal = report.error().code == ErrorCode::Invalid;
    return is_refusal ? refused(report.error(), look) : failure(report.error(), look);
  }
  Reply reply{report->needs_restart.empty() ? 0 : kNeedsRestart, "", ""};
  switch (line.format) {
    case Format::Table: reply.out = reload_text(*report, look); break;
    case Format::Csv: reply.out = reload_csv(*report); break;
    case Format::Json:
      reply.out = report->document + (report->document.ends_with('\n') ? "" : "\n");
  }
  return reply;
}

}  // namespace quotecache::cli
