#include "quote/lost_price.hpp"

#include <algorithm>
#include <string>

#include "quote/asset_text.hpp"

namespace quotecached::quote {
namespace {

// The quotes of a slot stand there without the braces or brackets of their container.
bool has_price(const Fragment& fragment, const Slot& slot) try {
  if (slot.end < slot.begin || slot.end > fragment.text.size()) return false;
  const auto quotes = std::string_view(fragment.text).substr(slot.begin, slot.end - slot.begin);
  const auto first = quotes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  const bool is_keyed = quotes[first] == '"';
  std::string text = R"({"quote":)";
  text.append(1, is_keyed ? '{' : '[').append(quotes).append(1, is_keyed ? '}' : ']').append("}");
  Document document(text);
  AssetText asset;
  for (ondemand::field field : document.root()) {
    field.unescaped_key().value();
    read_quotes(document, field.value(), asset);
  }
  return !asset.quotes.empty() && std::ranges::all_of(asset.quotes, [](const QuoteText& quote) {
    return quote.flaw == PriceFlaw::None;
  });
} catch (const simdjson::simdjson_error&) {
  return false;
}

}  // namespace

bool lost_price(const Fragment& held, const Fragment& brought, bool is_flawed) {
  const bool has_fewer = brought.slots.size() < held.slots.size();
  return std::ranges::any_of(held.slots, [&](const Slot& slot) {
    const auto other = std::ranges::find(brought.slots, slot.asset_id, &Slot::asset_id);
    const bool is_gone = other == brought.slots.end();
    const bool is_lost = is_gone ? has_fewer : is_flawed && !has_price(brought, *other);
    return is_lost && has_price(held, slot);
  });
}

}  // namespace quotecached::quote
