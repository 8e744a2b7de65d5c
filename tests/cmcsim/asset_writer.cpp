#include "asset_writer.hpp"

#include <algorithm>
#include <array>

namespace cmcsim {

namespace {

constexpr std::array<std::string_view, 17> kAuxNames{"num_market_pairs",
                                                     "cmc_rank",
                                                     "date_added",
                                                     "tags",
                                                     "platform",
                                                     "max_supply",
                                                     "circulating_supply",
                                                     "total_supply",
                                                     "market_cap_by_total_supply",
                                                     "volume_24h_reported",
                                                     "volume_7d",
                                                     "volume_7d_reported",
                                                     "volume_30d",
                                                     "volume_30d_reported",
                                                     "is_active",
                                                     "is_fiat",
                                                     "is_market_cap_included_in_calc"};

constexpr std::uint32_t bit(Aux aux) { return 1U << static_cast<unsigned>(aux); }
constexpr std::uint32_t kListingsDefault = 0xffU;
constexpr std::uint32_t kQuotesDefault = kListingsDefault | bit(Aux::IsActive) | bit(Aux::IsFiat);

// Reported volumes include venues that the plain ones leave out.
constexpr double kReported = 1.31;

}  // namespace

AuxSet::AuxSet(std::optional<std::string_view> asked, bool listings)
    : bits_(listings ? kListingsDefault : kQuotesDefault), is_default_(!asked) {
  if (!asked) return;
  bits_ = 0;
  for (const std::string& name : split_list(*asked)) {
    const auto* const known = std::ranges::find(kAuxNames, name);
    if (known != kAuxNames.end()) bits_ |= 1U << static_cast<unsigned>(known - kAuxNames.begin());
  }
}

bool AuxSet::keeps(std::string_view member) const {
  const auto* const known = std::ranges::find(kAuxNames, member);
  if (known == kAuxNames.end()) return true;
  return has(static_cast<Aux>(known - kAuxNames.begin()));
}

std::string last_updated_text(const Coin& coin, const Tick& tick) {
  if (coin.stopped_at) return *coin.stopped_at;
  return iso_text(coin.base_price ? tick.start : tick.now);
}

void write_price(JsonWriter& json, std::optional<double> price, std::optional<FaultKind> fault) {
  if (fault == FaultKind::NullPrice || !price) {
    json.null();
  } else if (fault == FaultKind::ZeroPrice) {
    json.raw("0");
  } else if (fault == FaultKind::StringPrice) {
    json.text(number_text(*price));
  } else {
    json.number(*price);
  }
}

AssetWriter::AssetWriter(const AnswerContext& context, const std::vector<Convert>& converts)
    : context_(context),
      converts_(converts),
      listings_(context.endpoint.call == Call::Listings),
      quote_array_(context.endpoint.version == 3),
      tag_objects_(!listings_ && context.endpoint.version >= 2),
      aux_(context.query.find("aux"), listings_) {
  for (const Convert& convert : converts) {
    rates_.push_back(context.market.units_per_usd(convert, context.tick));
  }
}

const RecordedObject& AssetWriter::recorded(const Coin& coin) const {
  return listings_ ? coin.recorded_listing : coin.recorded_quotes;
}

void AssetWriter::write(JsonWriter& json, const Coin& coin) const {
  if (recorded(coin).usd_quote.empty() || context_.effects.is_odd(coin.id)) {
    write_generated(json, coin);
  } else {
    write_recorded(json, coin);
  }
}

void AssetWriter::write_generated(JsonWriter& json, const Coin& coin) const {
  json.open('{').key("id").integer(coin.id).key("name").text(coin.name);
  json.key("symbol").text(coin.symbol).key("slug").text(coin.slug);
  if (aux_.has(Aux::NumMarketPairs)) json.key("num_market_pairs").integer(coin.market_pairs);
  if (aux_.has(Aux::DateAdded)) json.key("date_added").text(coin.date_added);
  if (aux_.has(Aux::Tags)) write_tags(json, coin);
  write_supply(json, coin);
  if (aux_.has(Aux::IsMarketCapIncludedInCalc)) {
    json.key("is_market_cap_included_in_calc").integer(coin.rank ? 1 : 0);
  }
  json.key("self_reported_circulating_supply").number(coin.self_reported_supply);
  std::optional<double> reported_cap = coin.self_reported_supply;
  const auto price = context_.market.usd_price(coin, context_.tick);
  if (reported_cap && price) reported_cap = *reported_cap * *price;
  json.key("self_reported_market_cap").number(price ? reported_cap : std::nullopt);
  json.key("tvl_ratio").null();
  json.key("last_updated").text(last_updated_text(coin, context_.tick));
  if (context_.stamps)
    json.key("written_at_ms").integer(context_.tick.now.time_since_epoch().count());
  write_quotes(json, coin);
  json.close('}');
}

void AssetWriter::write_supply(JsonWriter& json, const Coin& coin) const {
  if (aux_.has(Aux::MaxSupply)) json.key("max_supply").number(coin.max_supply);
  if (aux_.has(Aux::CirculatingSupply)) {
    json.key("circulating_supply").number(coin.circulating_supply);
  }
  if (aux_.has(Aux::TotalSupply)) json.key("total_supply").number(coin.total_supply);
  if (aux_.has(Aux::Platform)) {
    json.key("platform");
    if (const auto& platform = coin.platform) {
      json.open('{').key("id").integer(platform->id).key("name").text(platform->name);
      json.key("symbol").text(platform->symbol).key("slug").text(platform->slug);
      json.key("token_address").text(platform->token_address).close('}');
    } else {
      json.null();
    }
  }
  if (aux_.has(Aux::IsActive)) json.key("is_active").integer(coin.is_active() ? 1 : 0);
  json.key("infinite_supply").boolean(coin.infinite_supply);
  if (aux_.has(Aux::CmcRank)) {
    json.key("cmc_rank");
    if (coin.rank) {
      json.integer(*coin.rank);
    } else {
      json.null();
    }
  }
  if (aux_.has(Aux::IsFiat)) json.key("is_fiat").integer(0);
}

void AssetWriter::write_tags(JsonWriter& json, const Coin& coin) const {
  json.key("tags").open('[');
  for (const Tag& tag : coin.tags) {
    if (!tag_objects_) {
      json.text(tag.slug);
      continue;
    }
    json.open('{').key("slug").text(tag.slug).key("name").text(tag.name);
    json.key("category").text(tag.category).close('}');
  }
  json.close(']');
}

void AssetWriter::write_quotes(JsonWriter& json, const Coin& coin) const {
  const bool is_recorded = !recorded(coin).usd_quote.empty();
  if (context_.effects.is_odd(coin.id)) {
    json.key("quote").integer(5);
    return;
  }
  json.key("quote").open(quote_array_ ? '[' : '{');
  for (std::size_t i = 0; i < converts_.size(); ++i) {
    if (!quote_array_) json.key(converts_[i].key);
    if (is_recorded) {
      write_recorded_quote(json, coin, converts_[i]);
    } else {
      write_quote(json, coin, converts_[i], rates_[i]);
    }
  }
  json.close(quote_array_ ? ']' : '}');
}

void AssetWriter::write_quote(JsonWriter& json,
                              const Coin& coin,
                              const Convert& convert,
                              double rate) const {
  const Figures figures = context_.market.figures(coin, context_.tick, rate);
  json.open('{');
  if (quote_array_) json.key("id").integer(convert.id).key("symbol").text(convert.symbol);
  json.key("price");
  write_price(json, figures.price, context_.effects.price_fault(coin.id));
  json.key("volume_24h").number(figures.volume_24h);
  json.key("volume_change_24h").number(figures.volume_change_24h);
  json.key("percent_change_1h").number(figures.change_1h);
  json.key("percent_change_24h").number(figures.change_24h);
  json.key("percent_change_7d").number(figures.change_7d);
  json.key("percent_change_30d").number(figures.change_30d);
  json.key("percent_change_60d").number(figures.change_60d);
  json.key("percent_change_90d").number(figures.change_90d);
  json.key("market_cap").number(figures.market_cap);
  json.key("market_cap_dominance").number(figures.market_cap_dominance);
  json.key("fully_diluted_market_cap").number(figures.fully_diluted_market_cap);
  json.key("tvl").null();
  if (quote_array_ && listings_) {
    json.key("minted_market_cap").number(figures.market_cap_by_total_supply);
    json.key("cex_volume_24h").number(figures.volume_24h * 0.9);
    json.key("dex_volume_24h").number(figures.volume_24h * 0.1);
  }
  write_optional_figures(json, figures);
  json.key("last_updated").text(last_updated_text(coin, context_.tick)).close('}');
}

void AssetWriter::write_optional_figures(JsonWriter& json, const Figures& figures) const {
  const auto member = [&](Aux aux, double value) {
    if (aux_.has(aux)) json.key(kAuxNames[static_cast<std::size_t>(aux)]).number(value);
  };
  member(Aux::MarketCapByTotalSupply, figures.market_cap_by_total_supply);
  member(Aux::Volume24hReported, figures.volume_24h * kReported);
  member(Aux::Volume7d, figures.volume_7d);
  member(Aux::Volume7dReported, figures.volume_7d * kReported);
  member(Aux::Volume30d, figures.volume_30d);
  member(Aux::Volume30dReported, figures.volume_30d * kReported);
}

}  // namespace cmcsim
