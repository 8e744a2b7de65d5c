#include <algorithm>

#include "answer.hpp"
#include "api_error.hpp"
#include "json_writer.hpp"
#include "resolve.hpp"

namespace cmcsim {

namespace {

constexpr std::size_t kNoLimit = 1000000000;

bool lists(std::string_view list, std::string_view item) {
  return std::ranges::count(split_list(list), item) > 0;
}

// The symbol parameter overrides all others.
std::vector<const Coin*> mapped_coins(const AnswerContext& context) {
  std::vector<const Coin*> coins;
  if (const auto symbols = context.query.find("symbol")) {
    std::vector<std::string> unknown;
    for (const std::string& symbol : split_list(*symbols)) {
      const auto& sharing = context.universe.by_symbol(symbol);
      coins.insert(coins.end(), sharing.begin(), sharing.end());
      if (sharing.empty()) unknown.push_back(symbol);
    }
    if (!unknown.empty()) throw invalid_values("symbol", unknown);
    std::ranges::sort(coins, {}, &Coin::id);
    return coins;
  }
  const auto wanted = context.query.text_or("listing_status", "active");
  for (const Coin& coin : context.universe.coins) {
    if (lists(wanted, to_text(coin.status))) coins.push_back(&coin);
  }
  if (context.query.text_or("sort", "id") == "cmc_rank") {
    std::ranges::stable_sort(coins, {}, [](const Coin* coin) {
      return coin->rank.value_or(static_cast<std::int64_t>(kNoLimit));
    });
  }
  return page_of(coins, context.query, kNoLimit);
}

void write_platform(JsonWriter& json, const Coin& coin) {
  json.key("platform");
  if (!coin.platform) {
    json.null();
    return;
  }
  json.open('{').key("id").integer(coin.platform->id).key("name").text(coin.platform->name);
  json.key("symbol").text(coin.platform->symbol).key("slug").text(coin.platform->slug);
  json.key("token_address").text(coin.platform->token_address).close('}');
}

void write_map_entry(JsonWriter& json,
                     const AnswerContext& context,
                     const Coin& coin,
                     std::string_view aux) {
  json.open('{').key("id").integer(coin.id).key("rank");
  if (coin.rank) {
    json.integer(*coin.rank);
  } else {
    json.null();
  }
  json.key("name").text(coin.name).key("symbol").text(coin.symbol).key("slug").text(coin.slug);
  if (lists(aux, "is_active")) json.key("is_active").integer(coin.is_active() ? 1 : 0);
  if (lists(aux, "status")) json.key("status").text(to_text(coin.status));
  if (lists(aux, "first_historical_data")) json.key("first_historical_data").text(coin.date_added);
  if (lists(aux, "last_historical_data")) {
    json.key("last_historical_data")
        .text(coin.stopped_at ? *coin.stopped_at : iso_text(context.tick.start));
  }
  if (lists(aux, "platform")) write_platform(json, coin);
  json.close('}');
}

std::vector<Exchange> mapped_exchanges(const AnswerContext& context) {
  const auto slugs = split_list(context.query.text_or("slug", ""));
  const auto wanted = context.query.text_or("listing_status", "active");
  std::vector<Exchange> exchanges;
  for (const Exchange& exchange : context.universe.exchanges) {
    const bool named = slugs.empty() || std::ranges::count(slugs, exchange.slug) > 0;
    if (named && lists(wanted, exchange.active ? "active" : "inactive"))
      exchanges.push_back(exchange);
  }
  return page_of(exchanges, context.query, kNoLimit);
}

}  // namespace

Answer answer_map(const AnswerContext& context) {
  const auto aux =
      context.query.text_or("aux", "platform,first_historical_data,last_historical_data,is_active");
  Answer answer;
  JsonWriter json(answer.data);
  json.open('[');
  for (const Coin* coin : mapped_coins(context)) {
    if (context.effects.drops(coin->id)) continue;
    write_map_entry(json, context, *coin, aux);
    ++answer.items;
  }
  json.close(']');
  return answer;
}

Answer answer_fiat_map(const AnswerContext& context) {
  auto fiats = context.universe.fiats;
  if (!context.query.flag_or("include_metals", false)) {
    std::erase_if(fiats, [](const Fiat& fiat) { return !fiat.metal_code.empty(); });
  }
  if (context.query.text_or("sort", "id") == "name") std::ranges::sort(fiats, {}, &Fiat::name);
  Answer answer;
  JsonWriter json(answer.data);
  json.open('[');
  for (const Fiat& fiat : page_of(fiats, context.query, kNoLimit)) {
    json.open('{').key("id").integer(fiat.id).key("name").text(fiat.name);
    json.key("sign").text(fiat.sign).key("symbol").text(fiat.symbol);
    if (!fiat.metal_code.empty()) json.key("code").text(fiat.metal_code);
    json.close('}');
    ++answer.items;
  }
  json.close(']');
  return answer;
}

Answer answer_exchange_map(const AnswerContext& context) {
  Answer answer;
  JsonWriter json(answer.data);
  json.open('[');
  for (const Exchange& exchange : mapped_exchanges(context)) {
    ++answer.items;
    if (!exchange.recorded.empty()) {
      json.raw(exchange.recorded);
      continue;
    }
    json.open('{').key("id").integer(exchange.id).key("name").text(exchange.name);
    json.key("slug").text(exchange.slug).key("is_active").integer(exchange.active ? 1 : 0);
    json.key("is_listed").integer(0).key("is_redistributable").integer(1);
    json.key("first_historical_data").text("2018-04-26T00:45:00.000Z");
    json.key("last_historical_data").text(iso_text(context.tick.start)).close('}');
  }
  json.close(']');
  return answer;
}

Answer answer_categories(const AnswerContext& context) {
  Answer answer;
  JsonWriter json(answer.data);
  json.open('[');
  for (const std::string& category :
       page_of(context.universe.categories, context.query, kNoLimit)) {
    json.raw(category);
    ++answer.items;
  }
  json.close(']');
  return answer;
}

}  // namespace cmcsim
