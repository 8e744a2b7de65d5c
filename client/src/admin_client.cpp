#include "quotecache/admin_client.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/documents.hpp"
#include "src/failure.hpp"
#include "src/guard.hpp"
#include "src/percent.hpp"
#include "src/transport.hpp"

namespace quotecache {
namespace {

Result<std::string> page_target(std::string_view path, const PageQuery& query) {
  if (query.limit < 1 || query.limit > kMostPageRows)
    return bad_request("limit must be from 1 to " + std::to_string(kMostPageRows));
  std::string target = std::string(path) + "?limit=" + std::to_string(query.limit);
  if (!query.cursor.empty()) target += "&cursor=" + escaped(query.cursor);
  return target;
}

// What is sent in quotes must not end them.
bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_unreserved(c) || c == ','; });
}

bool is_of_asset(char c) { return is_unreserved(c) || c == '$' || c == '@'; }

std::string list_of(const std::vector<std::string>& assets) {
  std::string list = "[";
  for (const auto& asset : assets) list += (list.size() > 1 ? ",\"" : "\"") + asset + '"';
  return list + ']';
}

Result<std::string> warm_document(const WarmOrder& order) {
  if (!is_word(order.window)) return bad_request("there is no window of this name");
  if (!is_word(order.convert)) return bad_request("convert takes currencies such as USD,EUR");
  if (order.assets.size() > kMostWarmAssets)
    return bad_request("an order takes " + std::to_string(kMostWarmAssets) + " assets at most");
  for (const auto& asset : order.assets) {
    if (asset.empty() || !std::ranges::all_of(asset, is_of_asset))
      return bad_request("assets are given by id or symbol");
  }
  std::string members;
  const auto add = [&members](std::string_view name, const std::string& value) {
    members += (members.empty() ? "\"" : ",\"") + std::string(name) + "\":" + value;
  };
  if (order.popular) add("popular", std::to_string(*order.popular));
  if (!order.window.empty()) add("window", '"' + order.window + '"');
  if (order.due) add("due", "true");
  if (!order.assets.empty()) add("assets", list_of(order.assets));
  if (!order.convert.empty()) add("convert", '"' + order.convert + '"');
  if (order.max_credits) add("max_credits", std::to_string(*order.max_credits));
  if (order.dry_run) add("dry_run", "true");
  if (order.explain) add("explain", "true");
  if (order.wait) add("wait", "true");
  return '{' + members + '}';
}

Result<std::string> purge_target(const PurgeOrder& order) {
  std::string target = "/admin/cache";
  const auto add = [&target](std::string_view name, std::string_view value) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += std::string(name) + '=' + std::string(value);
  };
  const auto add_list = [&add](std::string_view name, const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ",") + escaped(word);
    if (!list.empty()) add(name, list);
  };
  add_list("asset", order.assets);
  add_list("endpoint", order.endpoints);
  add_list("convert", order.converts);
  add_list("tag", order.tags);
  for (const auto& glob : order.globs) add("glob", escaped(glob));
  if (target.find('?') == std::string::npos)
    return bad_request("at least one of assets, endpoints, converts, tags and globs is needed");
  if (order.dry_run) add("dry_run", "true");
  if (order.yes) add("yes", "true");
  return target;
}

Result<std::string> report_target(const ReportQuery& query) {
  if (query.from.empty() != query.to.empty()) return bad_request("from and to go together");
  const bool has_span = !query.from.empty();
  if (has_span && query.billing != BillingMonth::None)
    return bad_request("from with to and a billing month exclude each other");
  const std::string path = "/admin/credits/report?";
  const std::string by = "&by=" + std::string(to_string(query.by));
  if (has_span) return path + "from=" + escaped(query.from) + "&to=" + escaped(query.to) + by;
  if (query.billing == BillingMonth::Current) return path + "period=billing" + by;
  if (query.billing == BillingMonth::Previous) return path + "period=billing_previous" + by;
  if (query.days < 1 || query.days > kMostReportDays)
    return bad_request("days must be from 1 to " + std::to_string(kMostReportDays));
  return path + "days=" + std::to_string(query.days) + by;
}

}  // namespace

struct AdminClient::State {
  Transport transport;
};

AdminClient::AdminClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
AdminClient::~AdminClient() = default;
AdminClient::AdminClient(AdminClient&& other) noexcept = default;
AdminClient& AdminClient::operator=(AdminClient&& other) noexcept = default;

Result<AdminClient> AdminClient::make(const Options& options) {
  return guarded([&]() -> Result<AdminClient> {
    auto transport = Transport::make(options);
    if (!transport) return std::move(transport).error();
    return AdminClient(std::make_unique<State>(State{*std::move(transport)}));
  });
}

Result<Credits> AdminClient::credits() {
  return guarded([&] { return state_->transport.get("/admin/credits").and_then(&read_credits); });
}

Result<Report> AdminClient::report(const ReportQuery& query) {
  return guarded([&]() -> Result<Report> {
    const auto target = report_target(query);
    if (!target) return target.error();
    return state_->transport.get(*target).and_then(&read_report);
  });
}

Result<CallsPage> AdminClient::calls(const PageQuery& query) {
  return guarded([&]() -> Result<CallsPage> {
    const auto target = page_target("/admin/credits/calls", query);
    if (!target) return target.error();
    return state_->transport.get(*target).and_then(&read_calls);
  });
}

Result<AlertsPage> AdminClient::alerts(const PageQuery& query) {
  return guarded([&]() -> Result<AlertsPage> {
    const auto target = page_target("/admin/credits/alerts", query);
    if (!target) return target.error();
    return state_->transport.get(*target).and_then(&read_alerts);
  });
}

Result<WarmRun> AdminClient::warm(const WarmOrder& order) {
  return guarded([&]() -> Result<WarmRun> {
    auto document = warm_document(order);
    if (!document) return document.error();
    return state_->transport.post("/admin/warm", *document).and_then(&read_warm_run);
  });
}

Result<WarmRuns> AdminClient::warm_runs() {
  return guarded([&] { return state_->transport.get("/admin/warm").and_then(&read_warm_runs); });
}

Result<PurgeReport> AdminClient::purge(const PurgeOrder& order) {
  return guarded([&]() -> Result<PurgeReport> {
    const auto target = purge_target(order);
    if (!target) return target.error();
    return state_->transport.remove(*target).and_then(&read_purge);
  });
}

Result<ReloadReport> AdminClient::reload() {
  return guarded(
      [&] { return state_->transport.post("/admin/reload", "").and_then(&read_reload); });
}

Result<CacheStats> AdminClient::stats() {
  return guarded([&] { return state_->transport.get("/admin/stats").and_then(&read_stats); });
}

Result<Explanation> AdminClient::explain(const ExplainQuery& query) {
  return guarded([&]() -> Result<Explanation> {
    if (query.asset.empty()) return bad_request("an asset is needed");
    const std::string target = "/admin/explain?asset=" + escaped(query.asset) +
                               "&convert=" + escaped(query.convert) +
                               "&endpoint=" + escaped(query.endpoint);
    return state_->transport.get(target).and_then(&read_explanation);
  });
}

Result<ModeState> AdminClient::set_spend_mode(SpendMode mode,
                                              std::optional<std::chrono::seconds> life) {
  return guarded([&]() -> Result<ModeState> {
    if (life && life->count() <= 0)
      return bad_request("a spend mode must last longer than nothing");
    if (life && mode == SpendMode::Automatic) return bad_request("auto takes no time");
    std::string document = R"({"mode":")" + std::string(to_string(mode)) + '"';
    if (life) document += R"(,"for":")" + std::to_string(life->count()) + R"(s")";
    document += '}';
    return state_->transport.post("/admin/spend-mode", document).and_then(&read_mode);
  });
}

}  // namespace quotecache
