// Any bytes as the daemon's documents, as the command reads and shows them: nothing crashes, and
// nothing that is shown can move a terminal's cursor.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "cli/forecast_view.hpp"
#include "cli/history_view.hpp"
#include "cli/report_view.hpp"
#include "cli/state_view.hpp"
#include "cli/text.hpp"
#include "cli/warm.hpp"
#include "client/documents.hpp"
#include "src/documents.hpp"

namespace {

using namespace quotecache;

constexpr cli::Look kLook{80, true, false};

void check_shown(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n') std::abort();
    if (c == '\x7f') std::abort();
  }
}

void check(const std::string& document) {
  if (const auto credits = read_credits(document)) {
    check_shown(cli::state_text(*credits, kLook));
    check_shown(cli::forecast_text(*credits, kLook));
    (void)cli::state_csv(*credits);
    (void)cli::forecast_csv(*credits);
  }
  if (const auto report = read_report(document)) {
    check_shown(cli::report_table(*report, std::nullopt, kLook));
    (void)cli::report_csv(*report, std::nullopt);
  }
  if (const auto calls = read_calls(document)) {
    check_shown(cli::calls_table(*calls, "", kLook));
    (void)cli::calls_csv(*calls);
  }
  if (const auto alerts = read_alerts(document)) {
    check_shown(cli::alerts_table(*alerts, "", kLook));
    (void)cli::alerts_csv(*alerts);
  }
  if (const auto run = read_warm_run(document)) {
    check_shown(cli::outcomes_table(*run, kLook));
    check_shown(cli::clean(cli::summary(*run), kLook));
    if (!read_warm_run(std::string(run->document))) std::abort();
  }
  (void)read_warm_runs(document);
  (void)read_mode(document);
}

// One of the documents as a daemon sends it, with some of it replaced: most bytes are no JSON.
std::string edited(const std::uint8_t* data, std::size_t size) {
  const std::string* const documents[] = {&test::kCredits,
                                          &test::kReport,
                                          &test::kReportByAsset,
                                          &test::kCalls,
                                          &test::kAlerts,
                                          &test::kModeOrder,
                                          &test::kWarmRun};
  std::string text = *documents[data[0] % std::size(documents)];
  const std::size_t at = (data[1] * 256U + data[2]) % text.size();
  return text.replace(at, data[3], reinterpret_cast<const char*>(data) + 4, size - 4);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({reinterpret_cast<const char*>(data), size});
  if (size >= 4) check(edited(data, size));
  return 0;
}
