#include <algorithm>
#include <array>
#include <charconv>

#include "asset_writer.hpp"

namespace cmcsim {

namespace {

constexpr std::array<std::string_view, 4> kMoneyMembers{
    "price", "volume_24h", "market_cap", "fully_diluted_market_cap"};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

struct Span {
  std::size_t begin = 0, end = 0;
};

// Where the value of a member with a scalar value stands in a flat object; empty when absent.
Span value_of(std::string_view object, std::string_view member) {
  const std::string quoted = "\"" + std::string(member) + "\"";
  const auto at = object.find(quoted);
  if (at == std::string_view::npos) return {};
  auto begin = object.find(':', at + quoted.size()) + 1;
  while (begin < object.size() && is_space(object[begin])) ++begin;
  auto end = begin;
  while (end < object.size() && object[end] != ',' && object[end] != '}') ++end;
  while (end > begin && is_space(object[end - 1])) --end;
  return {begin, end};
}

std::string multiplied(std::string_view number, double rate) {
  double value = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  return parsed.ec == std::errc() ? number_text(value * rate) : std::string(number);
}

std::string spoilt(const std::string& price, FaultKind fault) {
  if (fault == FaultKind::NullPrice) return "null";
  if (fault == FaultKind::ZeroPrice) return "0";
  return "\"" + price + "\"";
}

}  // namespace

std::string converted_quote(std::string_view quote, double rate, std::optional<FaultKind> fault) {
  std::string text(quote);
  for (const auto member : kMoneyMembers) {
    const auto [begin, end] = value_of(text, member);
    if (begin == end) continue;
    std::string value = text.substr(begin, end - begin);
    if (rate != 1) value = multiplied(value, rate);
    if (member == "price" && fault) value = spoilt(value, *fault);
    text.replace(begin, end - begin, value);
  }
  return text;
}

void AssetWriter::write_recorded(JsonWriter& json, const Coin& coin) const {
  const RecordedObject& object = recorded(coin);
  const bool as_recorded = aux_.is_default() && !quote_array_ && converts_.size() == 1 &&
                           converts_.front().key == "USD" && !context_.effects.price_fault(coin.id);
  if (as_recorded) {
    json.raw(object.whole);
    return;
  }
  json.open('{');
  for (const auto& member : object.members) {
    if (member.key == "quote") {
      write_quotes(json, coin);
    } else if (aux_.is_default() || aux_.keeps(member.key)) {
      json.raw(member.text);
    }
  }
  json.close('}');
}

void AssetWriter::write_recorded_quote(JsonWriter& json,
                                       const Coin& coin,
                                       const Convert& convert) const {
  const auto place = std::ranges::find(converts_, convert.id, &Convert::id) - converts_.begin();
  const double rate = convert.is_usd() ? 1 : rates_[static_cast<std::size_t>(place)];
  std::string quote =
      converted_quote(recorded(coin).usd_quote, rate, context_.effects.price_fault(coin.id));
  if (quote_array_) {
    std::string head = "{";
    JsonWriter(head).key("id").integer(convert.id).key("symbol").text(convert.symbol);
    quote.replace(0, 1, head + ",");
  }
  if (!aux_.is_default()) {
    std::string extra;
    JsonWriter writer(extra);
    write_optional_figures(writer, context_.market.figures(coin, context_.tick, rate));
    if (!extra.empty()) quote.insert(quote.rfind('}'), "," + extra);
  }
  json.raw(quote);
}

}  // namespace cmcsim
