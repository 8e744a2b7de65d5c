#include "model/upstream_answer.hpp"

#include <algorithm>
#include <array>

namespace quotecached::model {

namespace {

const std::string kStamp = "\"2026-01-01T00:00:00.000Z\"";

// An asset's object, and the name it stands under in `data`.
struct Row {
  const Asset* asset;  // what the object says it is
  std::string name;
};

std::string status_object(const World& world, const Call& call) {
  const Kind kind = call.question.kind;
  const bool is_text = kind == Kind::V3Quotes || kind == Kind::SimplePrice;
  const std::string quote = is_text ? "\"" : "";
  const bool is_error = call.fate == Fate::ServerError;
  const std::string total =
      kind == Kind::Listings ? ",\"total_count\":" + std::to_string(world.assets().size()) : "";
  return "{\"timestamp\":" + kStamp + ",\"error_code\":" + quote + (is_error ? "500" : "0") +
         quote +
         ",\"error_message\":" + (is_error ? "\"An internal server error occurred\"" : "null") +
         ",\"elapsed\":1,\"credit_count\":" + std::to_string(call.charged) + total + "}";
}

std::string price_of(const Call& call, const Asset& asset, int currency) {
  constexpr std::array<std::string_view, 4> flaws{"0", "null", "\"17.5\"", "-3.5"};
  if (call.fate == Fate::FlawedPrice) return std::string(flaws.at(call.number % flaws.size()));
  return price_text({asset.id, call.question.kind, currency, call.arrived, call.number});
}

std::string quotes_of_asset(const Call& call, const Asset& asset) {
  const Kind kind = call.question.kind;
  const bool is_array = kind == Kind::V3Quotes || kind == Kind::SimplePrice;
  std::string text;
  for (int index : call.question.currencies) {
    if (call.fate == Fate::OtherCurrency) index = (index + 1) % kCurrencies;
    const auto [id, symbol] = currency(index);
    if (!text.empty()) text += ",";
    if (!is_array) text += "\"" + std::string(symbol) + "\":";
    text += "{";
    if (kind == Kind::V3Quotes) text += "\"id\":" + std::to_string(id) + ",";
    if (is_array) text += "\"symbol\":\"" + std::string(symbol) + "\",";
    text += "\"price\":" + price_of(call, asset, index) + "}";
  }
  return is_array ? "[" + text + "]" : "{" + text + "}";
}

std::string asset_object(const Call& call, const Asset& asset) {
  const std::string field = call.question.kind == Kind::SimplePrice ? "quotes" : "quote";
  const std::string updated =
      call.updated.empty() ? std::string() : R"("last_updated":")" + call.updated + "\",";
  return "{\"id\":" + std::to_string(asset.id) + ",\"name\":\"Coin " + std::to_string(asset.id) +
         "\",\"symbol\":\"" + asset.symbol + "\",\"slug\":\"" + asset.slug + "\"," + updated +
         "\"" + field + "\":" + quotes_of_asset(call, asset) + "}";
}

// Another asset of the market, with a ticker of its own: a namesake would be no lie.
const Asset* neighbour_of(const World& world, const Asset* asset) {
  const auto& all = world.assets();
  const Asset* other = asset;
  do {
    other = &all[static_cast<std::size_t>(other->id + 2) % all.size()];
  } while (world.named(By::Symbol, other->symbol).size() > 1);
  return other;
}

std::string name_in_data(const Question& question, const Asset& asset) {
  return question.by == By::Symbol ? asset.symbol : std::to_string(asset.id);
}

std::vector<Row> rows_of(const World& world, const Call& call) {
  std::vector<Row> rows;
  for (const Asset* asset : assets_asked(world, call.question)) {
    const Asset* shown = asset;
    if (call.fate == Fate::Swapped || call.fate == Fate::Misfiled)
      shown = neighbour_of(world, asset);
    const Asset* named = call.fate == Fate::Misfiled ? asset : shown;
    rows.push_back({shown, name_in_data(call.question, *named)});
  }
  std::erase_if(rows, [&](const Row& row) { return leaves_out(call, row.name); });
  return rows;
}

// v2 by symbol: a list of namesakes under each.
std::string lists_by_symbol(const Call& call, const std::vector<Row>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size();) {
    const std::string& name = rows[i].name;
    text += (text.empty() ? "\"" : ",\"") + name + "\":[";
    std::string list;
    for (; i < rows.size() && rows[i].name == name; ++i)
      list += (list.empty() ? "" : ",") + asset_object(call, *rows[i].asset);
    text += list + "]";
  }
  return "{" + text + "}";
}

std::string data_of_call(const World& world, const Call& call) {
  const Question& question = call.question;
  if (call.fate == Fate::NoData) return "null";
  const auto rows = rows_of(world, call);
  if (question.kind == Kind::V2Quotes && question.by == By::Symbol)
    return lists_by_symbol(call, rows);
  const bool is_keyed = question.kind == Kind::V1Quotes || question.kind == Kind::V2Quotes;
  std::string text;
  for (const Row& row : rows) {
    if (!text.empty()) text += ",";
    if (is_keyed) text += "\"" + row.name + "\":";
    text += asset_object(call, *row.asset);
  }
  return is_keyed ? "{" + text + "}" : "[" + text + "]";
}

}  // namespace

std::string upstream_body(const World& world, const Call& call) {
  if (call.fate == Fate::HtmlPage) return "<html><body>502 Bad Gateway</body></html>";
  const std::string status = status_object(world, call);
  if (call.fate == Fate::ServerError) return "{\"status\":" + status + "}";
  return "{\"status\":" + status + ",\"data\":" + data_of_call(world, call) + "}";
}

}  // namespace quotecached::model
