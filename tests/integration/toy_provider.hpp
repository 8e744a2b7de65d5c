// A provider that is not CoinMarketCap: another envelope, key header, error codes and price rule.
//
// Answers are {"meta":{"ok":true,"cost":3},"rows":{...}}; errors {"meta":{"ok":false,"err":"E42",
// "why":"..."}}. A call costs two credits, or one per started five assets if that is more.
#pragma once

#include <array>
#include <cassert>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include "base/json_text.hpp"
#include "provider/dialect.hpp"

namespace quotecached::test {

inline constexpr std::string_view kToyCatalogue = R"(
credential = "toy_token"

[envelope]
status = "meta"
cost = "cost"
data = "rows"

[families.prices]
fresh = "30s"
stale_while_revalidate = "30s"
stale_if_error = "1h"

[parameters.coins]
role = "ids"
type = "id_list"

[parameters.money]
role = "convert"
type = "pattern"
characters = "A-Z"
upper_case = true
maximum = 5
default = "USD"

[[endpoint]]
name = "toy.prices"
path = "/v9/prices"
family = "prices"
mode = "assets"
quote_shape = "object"
quote_field = "in"
batch = 20
price = { base = 2, step = 5 }
parameters = ["coins", "money"]
one_of = ["coins"]
)";

class ToyProvider final : public provider::Dialect {
 public:
  [[nodiscard]] provider::Reading interpret(upstream::Response& answer,
                                            provider::Asker) const override {
    simdjson::dom::parser parser;
    simdjson::dom::element meta;
    provider::Reading reading;
    if (parser.parse(answer.body).at_key("meta").get(meta) != simdjson::SUCCESS) return reading;
    reading.has_status = true;
    bool is_ok = false;
    if (meta["ok"].get_bool().get(is_ok) != simdjson::SUCCESS) return reading;
    std::int64_t cost = 0;
    reading.charge.is_told = meta["cost"].get_int64().get(cost) == simdjson::SUCCESS && cost >= 0;
    if (reading.charge.is_told) reading.charge.credits.count = cost;
    reading.charge.may_be_billed = is_ok && !reading.charge.is_told;
    reading.accepts_key = is_ok;
    if (is_ok) {
      reading.verdict = provider::Verdict::Ok;
    } else {
      std::string_view text;
      if (meta["why"].get_string().get(text) == simdjson::SUCCESS) reading.error_message = text;
      if (meta["err"].get_string().get(text) == simdjson::SUCCESS) take_code(text, reading);
    }
    return reading;
  }

  // Its answers are always read whole.
  [[nodiscard]] std::optional<provider::Reading> interpret_head(
      const upstream::Response&) const override {
    return std::nullopt;
  }

  [[nodiscard]] UsageCall usage_call() const noexcept override { return {"/v9/me", "toy.me"}; }

  [[nodiscard]] Result<provider::KeyInfo> read_usage(std::string& body) const override {
    simdjson::dom::parser parser;
    simdjson::dom::element me;
    if (parser.parse(body).at_key("rows").get(me) != simdjson::SUCCESS)
      return fail(ErrorCode::Invalid, "/v9/me: no rows");
    provider::KeyInfo info;
    std::int64_t count = 0;
    if (me["limit"].get_int64().get(count) == simdjson::SUCCESS) info.credits_per_month = count;
    if (me["used"].get_int64().get(count) == simdjson::SUCCESS) info.credits_this_month = count;
    return info;
  }

  [[nodiscard]] provider::ParameterVerdict judge_parameter(const provider::Reading& answer,
                                                           std::string_view) const override {
    return answer.error_message == "I do not know this word." ? provider::ParameterVerdict::Unknown
                                                              : provider::ParameterVerdict::Unsaid;
  }
  [[nodiscard]] std::string_view key_header() const noexcept override { return "Toy-Token"; }
  [[nodiscard]] std::span<const std::string_view> client_headers() const noexcept override {
    return {};
  }

  [[nodiscard]] provider::Refusal spent(ledger::Closure window) const override {
    switch (window) {
      case ledger::Closure::Minute: return {429, 40, "Slow down, friend."};
      case ledger::Closure::Day: return {429, 42, "No more toys today."};
      case ledger::Closure::Month: return {429, 43, "No more toys this month."};
      case ledger::Closure::Key: break;
    }
    assert(false);
    return {};
  }
  [[nodiscard]] provider::Refusal key_missing() const override { return {401, 6, "Who are you?"}; }
  [[nodiscard]] provider::Refusal key_wrong() const override { return {401, 7, "Not you."}; }
  [[nodiscard]] provider::Refusal unknown(
      std::string_view, const std::vector<std::string_view>& names) const override {
    return {404, 9, fmt::format("No such toy: {}", fmt::join(names, " "))};
  }
  [[nodiscard]] std::string_view why_key_refused(std::int64_t) const noexcept override {
    return "its token is broken";
  }

  void append_head(std::string& out, const provider::StatusText& status, TimePoint) const override {
    out += fmt::format(R"({{"meta":{{"ok":true,"cost":{}}},"rows":)", status.credit_count.count);
  }
  void append_error(std::string& out,
                    const provider::StatusText& status,
                    TimePoint) const override {
    out += fmt::format(R"({{"meta":{{"ok":false,"err":"E{}","why":)", status.error_code);
    append_json_string(out, status.error_message);
    out += "}}";
  }

 private:
  struct Meaning {
    std::string_view code;
    provider::Verdict verdict;
    std::optional<ledger::Closure> closes;
  };
  static constexpr std::array kMeanings{
      Meaning{"E7", provider::Verdict::KeyRefused, ledger::Closure::Key},
      Meaning{"E9", provider::Verdict::BadRequest, std::nullopt},
      Meaning{"E42", provider::Verdict::DayLimit, ledger::Closure::Day},
  };

  static void take_code(std::string_view code, provider::Reading& reading) {
    for (const Meaning& meaning : kMeanings) {
      if (meaning.code != code) continue;
      reading.verdict = meaning.verdict;
      reading.closes = meaning.closes;
      reading.accepts_key = meaning.verdict == provider::Verdict::BadRequest;
    }
    // The number that rows and logs show.
    std::from_chars(code.data() + 1, code.data() + code.size(), reading.error_code);
  }
};

}  // namespace quotecached::test
