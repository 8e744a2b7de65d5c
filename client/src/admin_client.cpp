#include "quotecache/admin_client.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "src/documents.hpp"
#include "src/failure.hpp"
#include "src/transport.hpp"

namespace quotecache {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += {'%', kDigits[byte / 16U], kDigits[byte % 16U]};
  }
  return result;
}

Result<std::string> page_target(std::string_view path, const PageQuery& query) {
  if (query.limit < 1 || query.limit > kMostPageRows)
    return bad_request("limit must be from 1 to " + std::to_string(kMostPageRows));
  std::string target = std::string(path) + "?limit=" + std::to_string(query.limit);
  if (!query.cursor.empty()) target += "&cursor=" + escaped(query.cursor);
  return target;
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
  auto transport = Transport::make(options);
  if (!transport) return tl::unexpected(std::move(transport.error()));
  return AdminClient(std::make_unique<State>(State{*std::move(transport)}));
}

Result<Credits> AdminClient::credits() {
  return state_->transport.get("/admin/credits").and_then(&read_credits);
}

Result<Report> AdminClient::report(const ReportQuery& query) {
  if (query.days < 1 || query.days > kMostReportDays)
    return bad_request("days must be from 1 to " + std::to_string(kMostReportDays));
  const std::string target = "/admin/credits/report?days=" + std::to_string(query.days) +
                             "&by=" + std::string(to_string(query.by));
  return state_->transport.get(target).and_then(&read_report);
}

Result<CallsPage> AdminClient::calls(const PageQuery& query) {
  const auto target = page_target("/admin/credits/calls", query);
  if (!target) return tl::unexpected(target.error());
  return state_->transport.get(*target).and_then(&read_calls);
}

Result<AlertsPage> AdminClient::alerts(const PageQuery& query) {
  const auto target = page_target("/admin/credits/alerts", query);
  if (!target) return tl::unexpected(target.error());
  return state_->transport.get(*target).and_then(&read_alerts);
}

Result<ModeState> AdminClient::set_spend_mode(SpendMode mode,
                                              std::optional<std::chrono::seconds> life) {
  if (life && life->count() <= 0) return bad_request("a spend mode must last longer than nothing");
  if (life && mode == SpendMode::Automatic) return bad_request("auto takes no time");
  std::string document = R"({"mode":")" + std::string(to_string(mode)) + '"';
  if (life) document += R"(,"for":")" + std::to_string(life->count()) + R"(s")";
  document += '}';
  return state_->transport.post("/admin/spend-mode", document).and_then(&read_mode);
}

}  // namespace quotecache
