// Any bytes as what operators send: orders of runs and of spend modes, durations, and queries of
// reports and pages. Nothing crashes, and what is taken is within its bounds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "admin/duration.hpp"
#include "admin/query.hpp"
#include "admin/spend_mode.hpp"
#include "admin/warm.hpp"

namespace {

using namespace quotecached;

void expect(bool claim) {
  if (!claim) std::abort();
}

void check_warm(std::string_view body) {
  const auto order = admin::parse_warm_order(body);
  if (!order) {
    for (const char c : order.error().message) expect(c >= ' ' && c <= '~');
    return;
  }
  expect(order->assets.size() <= warm::kMostOrdered && order->converts.size() <= 10);
  expect(order->what != warm::Order::What::Assets || !order->assets.empty());
  for (const auto& asset : order->assets) expect(warm::parse_asset(asset) == asset);
  if (order->popular) expect(*order->popular >= 1 && *order->popular <= warm::kMostOrdered);
  if (order->max_credits) expect(order->max_credits->count >= 1);
}

void check_mode(std::string_view body) {
  const auto order = admin::parse_spend_mode_order(body);
  if (order && order->mode)
    expect(order->life >= std::chrono::seconds(1) && order->life <= std::chrono::days(31));
}

void check_queries(std::string_view query) {
  if (const auto report = admin::parse_report_query(query))
    expect(report->days >= 1 && report->days <= usage::kMostReportDays);
  for (const auto of : {usage::PageQuery::Of::Calls, usage::PageQuery::Of::Alerts}) {
    const auto page = admin::parse_page_query(of, query);
    if (page) expect(page->limit >= 1 && page->limit <= usage::kMostPageRows);
  }
  (void)admin::parse_no_query(query);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Most bytes are no JSON: also as members, and as an asset.
  const std::string members = '{' + std::string(text) + '}';
  const std::string assets = R"({"assets":[")" + std::string(text) + R"("]})";
  for (const std::string_view body : {text, std::string_view(members), std::string_view(assets)}) {
    check_warm(body);
    check_mode(body);
  }
  check_queries(text);
  if (const auto duration = admin::parse_duration(text))
    expect(duration->count() >= 0 && *duration <= std::chrono::days(3653));
  return 0;
}
