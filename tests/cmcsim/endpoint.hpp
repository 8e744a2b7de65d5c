// The endpoints the simulator serves: path, version, what they cost, which parameters they take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cmcsim {

enum class Call : std::uint8_t {
  Quotes,
  SimplePrice,
  Listings,
  Map,
  Info,
  FiatMap,
  GlobalMetrics,
  PriceConversion,
  KeyInfo,
  ExchangeMap,
  Categories,
  FearGreed,
};

// `0`, null and a notice on the older endpoints; `"0"`, "" and no notice on the newer ones.
enum class StatusForm : std::uint8_t { Number, Text };

enum class ParamKind : std::uint8_t {
  Ids,
  Slugs,
  Symbols,
  Text,
  Whole,
  Number,
  Flag,
  Choice,
  ChoiceList
};

struct ParamRule {
  std::string_view name;
  ParamKind kind;
  std::string_view choices = "";  // Comma list, for Choice and ChoiceList.
  double least = 0, most = 1e18;  // For Whole and Number.
};

struct Endpoint {
  std::string_view path;
  Call call;
  int version;
  std::size_t items_per_credit;  // 0: the call costs one credit whatever it returns.
  std::span<const ParamRule> rules;
  StatusForm status_form = StatusForm::Number;
  bool skip_invalid_default = true;
};

[[nodiscard]] std::span<const Endpoint> endpoints();
// Null when the path is not served.
[[nodiscard]] const Endpoint* find_endpoint(std::string_view path);

}  // namespace cmcsim
