#include "quote/whole_data.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "quote/asset_text.hpp"

namespace quotecached::quote {
namespace {

constexpr int kDeepestQuotes = 5;  // data.BTC[0].quotes[0].quote
constexpr int kDeepestRows = 2;    // data.BTC.quotes[0]

// What an object says that it is.
struct AssetName {
  std::optional<std::uint64_t> id;
  std::string_view symbol;
  std::string_view slug;

  [[nodiscard]] bool is_told() const noexcept { return id || !symbol.empty() || !slug.empty(); }
};

bool is_all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Whether assets that stand in an answer were asked for. What cannot be told passes.
class Asked {
 public:
  explicit Asked(const catalog::WholeAsk& ask) : kind_(ask.kind) {
    for (const auto& name : ask.assets) names_.insert(spelled(name));
  }

  [[nodiscard]] bool has(std::string_view label, const AssetName& asset) const {
    switch (kind_) {
      case catalog::KeyKind::Id: return has_id(label, asset.id);
      case catalog::KeyKind::Symbol: return has_name(label) && has_name(asset.symbol);
      case catalog::KeyKind::Slug:
        return asset.slug.empty() ? has_name(label) : has_name(asset.slug);
      case catalog::KeyKind::None: break;
    }
    return true;
  }

 private:
  [[nodiscard]] std::string spelled(std::string_view name) const {
    return kind_ == catalog::KeyKind::Symbol ? in_upper_case(name) : std::string(name);
  }
  [[nodiscard]] bool has_id(std::string_view label, std::optional<std::uint64_t> id) const {
    if (!is_all_digits(label)) return !id || names_.contains(std::to_string(*id));
    return (!id || parse_id(label) == id) && names_.contains(std::string(label));
  }
  // An id in place of a name says nothing about the name.
  [[nodiscard]] bool has_name(std::string_view name) const {
    return name.empty() || names_.contains(spelled(name)) || is_all_digits(name);
  }

  catalog::KeyKind kind_;
  std::unordered_set<std::string> names_;
};

// Does this quote tell which convert it is for, in the way that converts were asked for?
bool tells_convert(const QuoteText& quote, bool by_id) {
  if (!quote.label.empty()) return is_all_digits(quote.label) == by_id;
  return by_id ? quote.id.has_value() : !quote.symbol.empty();
}

class DataWalk {
 public:
  DataWalk(Document& document,
           const catalog::Endpoint& endpoint,
           const catalog::WholeAsk& ask,
           WholeFacts& facts)
      : document_(document), endpoint_(endpoint), ask_(ask), asked_(ask), facts_(facts) {}

  void walk_data(ondemand::value& data);

 private:
  void walk(ondemand::value& value, int level, std::string_view label);
  AssetName walk_object(ondemand::value& object, int level);
  void walk_array(ondemand::value& array, int level, std::string_view label);
  void take_quotes(ondemand::value& container, AssetText& quotes);
  void judge_quotes(const AssetText& quotes, std::optional<std::uint64_t> owner);
  void judge_name(std::string_view label, const AssetName& name);

  Document& document_;
  const catalog::Endpoint& endpoint_;
  const catalog::WholeAsk& ask_;
  const Asked asked_;
  WholeFacts& facts_;
};

void DataWalk::walk_data(ondemand::value& data) {
  const ondemand::json_type type = data.type();
  if (type == ondemand::json_type::object) {
    facts_.type = WholeFacts::Type::Object;
    const AssetName own = walk_object(data, 0);
    if (!own.is_told()) return;
    // One asset, not wrapped: what its members are called are no assets' names.
    facts_.stranger.clear();
    judge_name({}, own);
  } else if (type == ondemand::json_type::array) {
    facts_.type = WholeFacts::Type::Array;
    walk_array(data, 0, {});
    facts_.members = facts_.rows;
  } else {
    document_.pass(data);
  }
}

// `label`: of what stands directly in the data.
void DataWalk::walk(ondemand::value& value, int level, std::string_view label) {
  const ondemand::json_type type = value.type();
  const bool is_container =
      type == ondemand::json_type::object || type == ondemand::json_type::array;
  if (!is_container || level > kDeepestQuotes) {
    document_.pass(value);
  } else if (type == ondemand::json_type::array) {
    walk_array(value, level, label);
  } else {
    const AssetName name = walk_object(value, level);
    if (level == 1) judge_name(label, name);
  }
}

AssetName DataWalk::walk_object(ondemand::value& object, int level) {
  AssetName name;
  AssetText quotes;
  bool has_quotes = false;
  bool has_id = false;
  bool has_symbol = false;
  bool has_slug = false;
  const auto is_second = [this](bool& has) {
    const bool again = std::exchange(has, true);
    facts_.is_ambiguous = facts_.is_ambiguous || again;
    return again;
  };
  for (ondemand::field field : object.get_object()) {
    const std::string_view key = field.unescaped_key();
    ondemand::value& value = field.value();
    if (level == 0) ++facts_.members;
    if (key == "id") {
      is_second(has_id);
      name.id = document_.pass_id(value);
    } else if (key == "symbol") {
      is_second(has_symbol);
      name.symbol = document_.pass_string(value);
    } else if (key == "slug") {
      is_second(has_slug);
      name.slug = document_.pass_string(value);
    } else if (endpoint_.quote_shape != catalog::QuoteShape::None && key == endpoint_.quote_field &&
               !is_second(has_quotes)) {
      take_quotes(value, quotes);
    } else {
      walk(value, level + 1, level == 0 ? key : std::string_view{});
    }
  }
  if (has_quotes) judge_quotes(quotes, name.id);
  return name;
}

void DataWalk::walk_array(ondemand::value& array, int level, std::string_view label) {
  // In an array of rows, arrays are details of a row.
  const bool holds_rows =
      level == 0 || (facts_.type == WholeFacts::Type::Object && level <= kDeepestRows);
  for (ondemand::value element : array.get_array()) {
    if (holds_rows) ++facts_.rows;
    const bool is_asset = level <= 1 && element.type() == ondemand::json_type::object;
    if (is_asset) {
      const AssetName name = walk_object(element, level + 1);
      judge_name(label, name);
    } else {
      walk(element, level + 1, {});
    }
  }
}

void DataWalk::take_quotes(ondemand::value& container, AssetText& quotes) {
  const ondemand::json_type type = container.type();
  if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
    read_quotes(document_, container, quotes);
  } else {
    document_.pass(container);
  }
}

void DataWalk::judge_quotes(const AssetText& quotes, std::optional<std::uint64_t> owner) {
  const bool by_id = ask_.converts_are_ids;
  facts_.is_ambiguous = facts_.is_ambiguous || !quotes.defect.empty();
  const bool is_told = std::ranges::any_of(
      quotes.quotes, [by_id](const QuoteText& quote) { return tells_convert(quote, by_id); });
  bool has_all = true;
  bool is_good = true;
  for (const auto& convert : ask_.converts) {
    if (by_id && !is_all_digits(convert)) continue;  // PLATFORM_ID stands for an id nobody knows
    const QuoteText* quote = find_quote(quotes, convert, by_id);
    has_all = has_all && quote != nullptr;
    is_good = is_good && quote != nullptr && quote->flaw == PriceFlaw::None;
  }
  if (is_told) {
    ++facts_.quoted;
    if (!has_all) ++facts_.lacking;
  }
  if (owner) facts_.prices.push_back({*owner, is_good});
}

void DataWalk::judge_name(std::string_view label, const AssetName& name) {
  if (!facts_.stranger.empty() || asked_.has(label, name)) return;
  facts_.stranger = name.id               ? std::to_string(*name.id)
                    : name.symbol.empty() ? std::string(label)
                                          : std::string(name.symbol);
  if (facts_.stranger.empty()) facts_.stranger = name.slug;
}

}  // namespace

void read_whole_data(Document& document,
                     ondemand::value& value,
                     const catalog::Endpoint& endpoint,
                     const catalog::WholeAsk& ask,
                     WholeFacts& facts) {
  DataWalk(document, endpoint, ask, facts).walk_data(value);
}

}  // namespace quotecached::quote
