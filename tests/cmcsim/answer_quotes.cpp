#include <cmath>

#include "answer.hpp"
#include "asset_writer.hpp"
#include "json_writer.hpp"
#include "resolve.hpp"

namespace cmcsim {

namespace {

// v1: one coin under each key. v2: symbols hold arrays of all namesakes.
void write_keyed(JsonWriter& json,
                 const AskedAssets& assets,
                 const AssetWriter& writer,
                 bool arrays) {
  json.open('{');
  for (const AssetGroup& group : assets.groups) {
    if (group.coins.empty() && !arrays) continue;
    json.key(group.key);
    if (arrays) json.open('[');
    for (const Coin* coin : group.coins) writer.write(json, *coin);
    if (arrays) json.close(']');
  }
  json.close('}');
}

// v3: all coins in one array, or keyed by id as some texts say.
void write_v3(JsonWriter& json,
              const AskedAssets& assets,
              const AssetWriter& writer,
              V3Shape shape) {
  const bool keyed = shape == V3Shape::Object;
  json.open(keyed ? '{' : '[');
  for (const AssetGroup& group : assets.groups) {
    for (const Coin* coin : group.coins) {
      if (keyed) json.key(std::to_string(coin->id));
      writer.write(json, *coin);
    }
  }
  json.close(keyed ? '}' : ']');
}

constexpr int kFullPrecision = -1;

std::optional<double> rounded(std::optional<double> price, int precision) {
  if (!price || precision == kFullPrecision) return price;
  const double scale = std::pow(10.0, precision);
  const double scaled = *price * scale;
  return std::isfinite(scaled) ? std::round(scaled) / scale : *price;
}

// Which figures besides the price a simple/price call wants.
struct SimpleFields {
  bool market_cap, volume, change, last_updated;
  int precision;

  explicit SimpleFields(const Query& query) {
    const bool all = query.flag_or("include_all", false);
    market_cap = all || query.flag_or("include_market_cap", false);
    volume = all || query.flag_or("include_24h_volume", false);
    change = all || query.flag_or("include_24h_change", false);
    last_updated = all || query.flag_or("include_last_updated", false);
    precision = static_cast<int>(query.number_or("precision", kFullPrecision));
  }
};

void write_simple_quote(JsonWriter& json,
                        const AnswerContext& context,
                        const Coin& coin,
                        const Convert& convert,
                        const SimpleFields& fields) {
  const double rate = context.market.units_per_usd(convert, context.tick);
  const Figures figures = context.market.figures(coin, context.tick, rate);
  json.open('{').key("symbol").text(convert.symbol).key("price");
  write_price(json, rounded(figures.price, fields.precision), context.effects.price_fault(coin.id));
  if (fields.market_cap) json.key("market_cap").number(figures.market_cap);
  if (fields.volume) json.key("volume_24h").number(figures.volume_24h);
  if (fields.change) json.key("percent_change_24h").number(figures.change_24h);
  if (fields.last_updated) json.key("last_updated").text(last_updated_text(coin, context.tick));
  json.close('}');
}

void write_simple_asset(JsonWriter& json,
                        const AnswerContext& context,
                        const Coin& coin,
                        const std::vector<Convert>& converts) {
  const SimpleFields fields(context.query);
  json.open('{').key("id").integer(coin.id).key("name").text(coin.name);
  json.key("symbol").text(coin.symbol).key("slug").text(coin.slug);
  json.key("quotes").open('[');
  for (const Convert& convert : converts) {
    write_simple_quote(json, context, coin, convert, fields);
  }
  json.close(']').close('}');
}

}  // namespace

Answer answer_quotes(const AnswerContext& context) {
  const auto assets = resolve_assets(context);
  const auto converts = resolve_converts(context);
  const AssetWriter writer(context, converts);
  Answer answer;
  JsonWriter json(answer.data);
  if (context.endpoint.version == 3) {
    write_v3(json, assets, writer, context.v3_shape);
  } else {
    const bool arrays = context.endpoint.version == 2 && assets.by == AskedBy::Symbol;
    write_keyed(json, assets, writer, arrays);
  }
  answer.items = assets.coin_count();
  answer.converts = converts.size();
  return answer;
}

Answer answer_simple_price(const AnswerContext& context) {
  const auto assets = resolve_assets(context);
  const auto converts = resolve_converts(context);
  Answer answer;
  JsonWriter json(answer.data);
  json.open('[');
  for (const AssetGroup& group : assets.groups) {
    for (const Coin* coin : group.coins) {
      write_simple_asset(json, context, *coin, converts);
    }
  }
  json.close(']');
  answer.items = assets.coin_count();
  answer.converts = converts.size();
  return answer;
}

}  // namespace cmcsim
