#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "answer.hpp"
#include "asset_writer.hpp"
#include "json_writer.hpp"
#include "resolve.hpp"

namespace cmcsim {

namespace {

struct Totals {
  double market_cap = 0, volume = 0, btc = 0, eth = 0;
  std::size_t active = 0;
};

Totals totals_in_usd(const AnswerContext& context) {
  Totals totals;
  for (const Coin* coin : context.universe.ranked()) {
    const Figures figures = context.market.figures(*coin, context.tick, 1);
    totals.market_cap += figures.market_cap;
    totals.volume += figures.volume_24h;
    if (coin->id == 1) totals.btc = figures.market_cap;
    if (coin->id == 1027) totals.eth = figures.market_cap;
    ++totals.active;
  }
  return totals;
}

void write_total_quote(JsonWriter& json,
                       const Totals& totals,
                       double rate,
                       const std::string& updated) {
  json.open('{').key("total_market_cap").number(totals.market_cap * rate);
  json.key("total_volume_24h").number(totals.volume * rate);
  json.key("total_volume_24h_reported").number(totals.volume * rate * 3.1);
  json.key("altcoin_volume_24h").number(totals.volume * rate * 0.47);
  json.key("altcoin_market_cap").number((totals.market_cap - totals.btc) * rate);
  json.key("total_market_cap_yesterday").number(totals.market_cap * rate * 0.985);
  json.key("total_volume_24h_yesterday").number(totals.volume * rate * 0.81);
  json.key("last_updated").text(updated).close('}');
}

void write_generated_metrics(JsonWriter& json,
                             const AnswerContext& context,
                             const std::vector<Convert>& converts) {
  const Totals totals = totals_in_usd(context);
  const std::string updated = iso_text(context.tick.start);
  const double share = totals.market_cap > 0 ? 100 / totals.market_cap : 0;
  json.open('{').key("active_cryptocurrencies").integer(static_cast<std::int64_t>(totals.active));
  json.key("total_cryptocurrencies")
      .integer(static_cast<std::int64_t>(context.universe.coins.size()));
  json.key("active_market_pairs").integer(63511);
  json.key("active_exchanges")
      .integer(static_cast<std::int64_t>(context.universe.exchanges.size()));
  json.key("eth_dominance").number(totals.eth * share);
  json.key("btc_dominance").number(totals.btc * share);
  json.key("quote").open('{');
  for (const Convert& convert : converts) {
    json.key(convert.key);
    write_total_quote(json, totals, context.market.units_per_usd(convert, context.tick), updated);
  }
  json.close('}').key("last_updated").text(updated).close('}');
}

// Only the key and the two totals that converted_quote knows change; the rest is as recorded.
void write_recorded_metrics(JsonWriter& json,
                            const AnswerContext& context,
                            const std::vector<Convert>& converts) {
  const RecordedObject& recorded = context.universe.global_metrics;
  if (converts.size() == 1 && converts.front().key == "USD") {
    json.raw(recorded.whole);
    return;
  }
  json.open('{');
  for (const auto& member : recorded.members) {
    if (member.key != "quote") {
      json.raw(member.text);
      continue;
    }
    json.key("quote").open('{');
    for (const Convert& convert : converts) {
      const double rate = context.market.units_per_usd(convert, context.tick);
      json.key(convert.key).raw(converted_quote(recorded.usd_quote, rate, std::nullopt));
    }
    json.close('}');
  }
  json.close('}');
}

void write_conversion(JsonWriter& json,
                      const AnswerContext& context,
                      const Coin& coin,
                      const std::vector<Convert>& converts) {
  const double amount = context.query.number_or("amount", 0);
  const auto usd = context.market.usd_price(coin, context.tick);
  const std::string updated = last_updated_text(coin, context.tick);
  json.open('{').key("id").integer(coin.id).key("symbol").text(coin.symbol);
  json.key("name").text(coin.name).key("amount").number(amount);
  json.key("last_updated").text(updated).key("quote").open('{');
  for (const Convert& convert : converts) {
    std::optional<double> price = usd;
    if (price) *price *= amount * context.market.units_per_usd(convert, context.tick);
    json.key(convert.key).open('{').key("price");
    write_price(json, price, context.effects.price_fault(coin.id));
    json.key("last_updated").text(updated).close('}');
  }
  json.close('}').close('}');
}

std::string time_until(TimePoint from, TimePoint to) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(to - from).count();
  return fmt::format(
      "In {} days, {} hours, {} minutes", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

// What an account without limits reports.
constexpr std::int64_t kAmple = 1000000000;

}  // namespace

Answer answer_global_metrics(const AnswerContext& context) {
  const auto converts = resolve_converts(context);
  Answer answer;
  JsonWriter json(answer.data);
  if (context.universe.global_metrics.usd_quote.empty()) {
    write_generated_metrics(json, context, converts);
  } else {
    write_recorded_metrics(json, context, converts);
  }
  answer.items = 1;
  answer.converts = converts.size();
  return answer;
}

Answer answer_price_conversion(const AnswerContext& context) {
  const AskedAssets assets = resolve_assets(context);
  const auto converts = resolve_converts(context);
  const bool as_array = context.endpoint.version == 2 && assets.by == AskedBy::Symbol;
  Answer answer;
  JsonWriter json(answer.data);
  if (as_array) json.open('[');
  for (const AssetGroup& group : assets.groups) {
    for (const Coin* coin : group.coins) {
      if (!as_array && answer.items > 0) break;
      write_conversion(json, context, *coin, converts);
      ++answer.items;
    }
  }
  if (as_array) json.close(']');
  if (answer.data.empty()) json.null();
  answer.converts = converts.size();
  return answer;
}

Answer answer_key_info(const AnswerContext& context) {
  const auto ample = [](std::int64_t limit) { return limit > 0 ? limit : kAmple; };
  const std::int64_t monthly = ample(context.limits.credits_per_month);
  const std::int64_t per_minute = ample(context.limits.calls_per_minute);
  const Usage& usage = context.usage;
  const TimePoint reset = next_month(context.tick.now);
  Answer answer;
  JsonWriter json(answer.data);
  json.open('{').key("plan").open('{');
  if (context.limits.credits_per_day > 0) {
    const TimePoint midnight =
        std::chrono::floor<std::chrono::days>(context.tick.now) + std::chrono::days(1);
    json.key("credit_limit_daily").integer(context.limits.credits_per_day);
    json.key("credit_limit_daily_reset").text(time_until(context.tick.now, midnight));
    json.key("credit_limit_daily_reset_timestamp").text(iso_text(midnight));
  }
  json.key("credit_limit_monthly").integer(monthly);
  json.key("credit_limit_monthly_reset").text(time_until(context.tick.now, reset));
  json.key("credit_limit_monthly_reset_timestamp").text(iso_text(reset));
  json.key("rate_limit_minute").integer(per_minute).close('}');
  json.key("usage").open('{').key("current_minute").open('{');
  json.key("requests_made").integer(usage.calls_this_minute);
  json.key("requests_left")
      .integer(std::max<std::int64_t>(0, per_minute - usage.calls_this_minute));
  json.close('}').key("current_day").open('{').key("credits_used").integer(usage.credits_today);
  if (context.limits.credits_per_day > 0) {
    json.key("credits_left").integer(context.limits.credits_per_day - usage.credits_today);
  }
  json.close('}').key("current_month").open('{');
  json.key("credits_used").integer(usage.credits_this_month);
  json.key("credits_left").integer(monthly - usage.credits_this_month);
  json.close('}').close('}').close('}');
  return answer;
}

Answer answer_fear_greed(const AnswerContext& context) {
  constexpr std::array<std::string_view, 5> names{
      "Extreme fear", "Fear", "Neutral", "Greed", "Extreme greed"};
  const std::uint64_t value = mix(context.tick.index, 5) % 100;
  Answer answer;
  JsonWriter json(answer.data);
  json.open('{').key("value").integer(static_cast<std::int64_t>(value));
  json.key("value_classification").text(names[value / 20]);
  json.key("update_time").text(iso_text(context.tick.start)).close('}');
  answer.items = 1;
  return answer;
}

}  // namespace cmcsim
