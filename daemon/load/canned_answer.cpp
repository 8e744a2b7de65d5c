#include "load/canned_answer.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quotecached::load {
namespace {

constexpr std::string_view kStamp = "2026-01-01T00:00:00.000Z";
constexpr std::size_t kAssetsPerCredit = 100;
constexpr std::size_t kMostCurrencies = 10;

std::string with_status(int code, std::string_view message, std::size_t credits) {
  return fmt::format(
      R"({{"status":{{"timestamp":"{}","error_code":{},"error_message":{},"elapsed":1,)"
      R"("credit_count":{},"notice":null}})",
      kStamp,
      code,
      message,
      credits);
}

CannedAnswer refused() {
  return {400,
          with_status(400, R"("The load test's provider knows quotes by id alone.")", 0) + "}"};
}

// The value of one parameter of a query, commas spelled out.
std::string canned_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (!one.starts_with(name) || one.substr(name.size(), 1) != "=") continue;
    std::string value(one.substr(name.size() + 1));
    for (auto at = value.find("%2C"); at != std::string::npos; at = value.find("%2C", at))
      value.replace(at, 3, ",");
    return value;
  }
  return {};
}

std::vector<std::string_view> words_of(std::string_view list, std::size_t most) {
  std::vector<std::string_view> words;
  while (!list.empty() && words.size() <= most) {
    words.push_back(list.substr(0, list.find(',')));
    list.remove_prefix(std::min(words.back().size() + 1, list.size()));
  }
  return words;
}

bool is_id(std::string_view word) {
  return !word.empty() && word.size() <= 9 && std::ranges::all_of(word, is_digit);
}

void append_quote(std::string& out, std::string_view currency) {
  fmt::format_to(
      std::back_inserter(out),
      R"("{}":{{"price":66212.74300343008,"volume_24h":36401590090.880295,)"
      R"("volume_change_24h":32.20072213065731,"percent_change_1h":-0.17138313684062445,)"
      R"("percent_change_24h":-4.531076802447175,"percent_change_7d":-2.4761359406082786,)"
      R"("percent_change_30d":-7.823017517422956,"percent_change_60d":-6.227846223449291,)"
      R"("percent_change_90d":-16.87930754683866,"market_cap":1314322948618.0872,)"
      R"("market_cap_dominance":54.76345619242029,)"
      R"("fully_diluted_market_cap":1390467603072.0317,"tvl":null,"last_updated":"{}"}})",
      currency,
      kStamp);
}

void append_asset(std::string& out,
                  std::string_view id,
                  const std::vector<std::string_view>& currencies) {
  fmt::format_to(
      std::back_inserter(out),
      R"("{0}":{{"id":{0},"name":"Asset {0}","symbol":"A{0}","slug":"asset-{0}",)"
      R"("num_market_pairs":918,"date_added":"2013-05-26T00:00:00.000Z",)"
      R"("tags":[{{"slug":"pow","name":"PoW","category":"ALGORITHM"}},)"
      R"({{"slug":"memes","name":"Memes","category":"CATEGORY"}}],"max_supply":21000000,)"
      R"("circulating_supply":19850000,"total_supply":19850000,"platform":null,"is_active":1,)"
      R"("infinite_supply":false,"cmc_rank":{0},"is_fiat":0,)"
      R"("self_reported_circulating_supply":null,"self_reported_market_cap":null,)"
      R"("tvl_ratio":null,"last_updated":"{1}","quote":{{)",
      id,
      kStamp);
  for (std::size_t i = 0; i < currencies.size(); ++i) {
    if (i > 0) out += ',';
    append_quote(out, currencies[i]);
  }
  out += "}}";
}

CannedAnswer quotes(std::string_view query) {
  const auto list = canned_parameter(query, "id");
  auto convert = canned_parameter(query, "convert");
  if (convert.empty()) convert = "USD";
  const auto ids = words_of(list, kMostCanned);
  const auto currencies = words_of(convert, kMostCurrencies);
  if (ids.empty() || ids.size() > kMostCanned || currencies.size() > kMostCurrencies ||
      !std::ranges::all_of(ids, is_id))
    return refused();
  const auto credits = (ids.size() + kAssetsPerCredit - 1) / kAssetsPerCredit * currencies.size();
  CannedAnswer answer{200, with_status(0, "null", credits)};
  answer.body += R"(,"data":{)";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) answer.body += ',';
    append_asset(answer.body, ids[i], currencies);
  }
  answer.body += "}}";
  return answer;
}

CannedAnswer key_info() {
  return {200,
          with_status(0, "null", 0) +
              R"(,"data":{"plan":{"credit_limit_monthly":0,"rate_limit_minute":0},)"
              R"("usage":{"current_minute":{"requests_made":0,"requests_left":0},)"
              R"("current_day":{"credits_used":0,"credits_left":0},)"
              R"("current_month":{"credits_used":0,"credits_left":0}}}})"};
}

}  // namespace

CannedAnswer canned_answer(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  const auto query = target.substr(std::min(path.size() + 1, target.size()));
  if (path == "/v1/cryptocurrency/quotes/latest" || path == "/v2/cryptocurrency/quotes/latest")
    return quotes(query);
  if (path == "/v1/key/info") return key_info();
  return refused();
}

}  // namespace quotecached::load
