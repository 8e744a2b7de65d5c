#include "quote/asset_text.hpp"

#include <algorithm>
#include <bitset>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "quote/price.hpp"

namespace quotecached::quote {

namespace {

// The keys of one object, to find out whether any stands there twice.
class Keys {
 public:
  Keys() { keys_.reserve(kUsual); }
  void add(std::string_view key) {
    keys_.push_back(key);
    auto place = places_[hash64(key) % kPlaces];
    may_repeat_ = may_repeat_ || place;
    place = true;
  }
  [[nodiscard]] bool has_duplicate() {
    if (!may_repeat_) return false;
    std::ranges::sort(keys_);
    return std::ranges::adjacent_find(keys_) != keys_.end();
  }

 private:
  static constexpr std::size_t kUsual = 24;  // members of the provider's objects, and some room
  // Among as many keys two of a place are one case in seven: else none need be compared.
  static constexpr std::size_t kPlaces = 2048;

  std::vector<std::string_view> keys_;
  std::bitset<kPlaces> places_;
  bool may_repeat_ = false;
};

void read_quote_fields(Document& document, ondemand::value& value, QuoteText& out, Keys& keys) {
  out.flaw = PriceFlaw::Null;  // unless a price is found
  for (ondemand::field field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    keys.add(key);
    if (key == "price") {
      out.flaw = read_price(document, field.value());
    } else if (key == "symbol") {
      out.symbol = document.pass_string(field.value());
    } else if (key == "id") {
      out.id = document.pass_id(field.value());
    } else {
      document.pass(field.value());
    }
  }
}

// Reads one quote whose text begins at `begin`. Returns why the asset cannot be used, or nothing.
std::string_view read_quote(Document& document, ondemand::value& value, QuoteText& out) {
  const ondemand::json_type type = value.type();
  out.is_quote = type == ondemand::json_type::object || type == ondemand::json_type::null;
  if (type != ondemand::json_type::object) {
    out.flaw = PriceFlaw::Null;
    out.text.end = document.pass(value).end;
    return {};
  }
  Keys keys;
  read_quote_fields(document, value, out, keys);
  out.text.end = document.end_of_last();
  return keys.has_duplicate() ? "a key twice in a quote" : "";
}

// Where the text of the next member begins: after the comma that follows the one before it.
std::size_t begin_after(const Document& document, const AssetText& asset) {
  if (asset.quotes.empty()) return asset.quotes_begin;
  return document.text().find(',', asset.quotes.back().text.end) + 1;
}

void read_quote_members(Document& document, ondemand::value& container, AssetText& asset) {
  Keys labels;
  for (ondemand::field field : container.get_object()) {
    QuoteText quote;
    quote.label = field.unescaped_key();
    quote.text.begin = begin_after(document, asset);
    labels.add(quote.label);
    const std::string_view defect = read_quote(document, field.value(), quote);
    if (!defect.empty()) asset.defect = defect;
    asset.quotes.push_back(quote);
  }
  if (labels.has_duplicate()) asset.defect = "a convert twice";
}

void read_quote_elements(Document& document, ondemand::value& container, AssetText& asset) {
  for (ondemand::value element : container.get_array()) {
    QuoteText quote;
    quote.text.begin = begin_after(document, asset);
    const std::string_view defect = read_quote(document, element, quote);
    if (!defect.empty()) asset.defect = defect;
    asset.quotes.push_back(quote);
  }
}

}  // namespace

void read_quotes(Document& document, ondemand::value& container, AssetText& asset) {
  asset.quotes_begin = document.begin_of(container) + 1;
  const ondemand::json_type type = container.type();
  if (type == ondemand::json_type::object) {
    read_quote_members(document, container, asset);
  } else if (type == ondemand::json_type::array) {
    read_quote_elements(document, container, asset);
  } else {
    document.pass(container);
    if (type != ondemand::json_type::null)
      asset.defect = "quotes that are neither object nor array";
    return;
  }
  asset.quotes_end = asset.quotes.empty() ? asset.quotes_begin : asset.quotes.back().text.end;
}

namespace {

// Walks the fields of an asset object; says whether quotes were among them.
bool read_fields(Document& document,
                 ondemand::value& value,
                 std::string_view quote_field,
                 AssetText& asset) {
  Keys keys;
  bool has_quotes = false;
  for (ondemand::field field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    keys.add(key);
    if (key == "id") {
      asset.id = document.pass_id(field.value());
    } else if (key == "symbol") {
      asset.symbol = document.pass_string(field.value());
    } else if (key == "slug") {
      asset.slug = document.pass_string(field.value());
    } else if (!quote_field.empty() && key == quote_field && !has_quotes) {
      has_quotes = true;
      read_quotes(document, field.value(), asset);
    } else {
      document.pass(field.value());
    }
  }
  if (keys.has_duplicate()) asset.defect = "a key twice";
  return has_quotes;
}

}  // namespace

AssetText read_asset(Document& document,
                     ondemand::value& value,
                     const catalog::Endpoint& endpoint) {
  AssetText asset;
  if (value.type() != ondemand::json_type::object) {
    asset.text = document.pass(value);
    asset.defect = "no object";
    return asset;
  }
  const bool needs_quotes = endpoint.quote_shape != catalog::QuoteShape::None;
  const std::string_view quote_field = needs_quotes ? endpoint.quote_field : std::string_view{};
  asset.text.begin = document.begin_of(value);
  const bool has_quotes = read_fields(document, value, quote_field, asset);
  asset.text.end = document.end_of_last();
  if (!asset.defect.empty()) return asset;
  if (!asset.id) {
    asset.defect = "no id";
  } else if (needs_quotes && !has_quotes) {
    asset.defect = "no quotes";
  }
  return asset;
}

std::string in_upper_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), to_upper);
  return result;
}

namespace {

bool is_for(const QuoteText& quote, std::string_view convert, bool convert_is_id) {
  if (quote.label.empty()) {
    return convert_is_id ? quote.id && quote.id == parse_id(convert)
                         : equal_ignoring_case(quote.symbol, convert);
  }
  return convert_is_id ? quote.label == convert : equal_ignoring_case(quote.label, convert);
}

// A quote keyed by one convert that says it is for another.
bool contradicts_itself(const QuoteText& quote) {
  if (quote.label.empty() || (quote.symbol.empty() && !quote.id)) return false;
  return !equal_ignoring_case(quote.label, quote.symbol) &&
         !(quote.id && parse_id(quote.label) == quote.id);
}

}  // namespace

const QuoteText* find_quote(const AssetText& asset, std::string_view convert, bool convert_is_id) {
  const QuoteText* found = nullptr;
  for (const QuoteText& quote : asset.quotes) {
    if (!is_for(quote, convert, convert_is_id)) continue;
    if (found != nullptr) return nullptr;
    found = &quote;
  }
  return found != nullptr && found->is_quote && !contradicts_itself(*found) ? found : nullptr;
}

}  // namespace quotecached::quote
