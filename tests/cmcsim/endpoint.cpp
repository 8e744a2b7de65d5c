#include "endpoint.hpp"

#include <algorithm>
#include <array>

namespace cmcsim {

namespace {

constexpr std::string_view kQuotesAux =
    "num_market_pairs,cmc_rank,date_added,tags,platform,max_supply,circulating_supply,total_supply,"
    "market_cap_by_total_supply,volume_24h_reported,volume_7d,volume_7d_reported,volume_30d,"
    "volume_30d_reported,is_active,is_fiat";
constexpr std::string_view kListingsAux =
    "num_market_pairs,cmc_rank,date_added,tags,platform,max_supply,circulating_supply,total_supply,"
    "market_cap_by_total_supply,volume_24h_reported,volume_7d,volume_7d_reported,volume_30d,"
    "volume_30d_reported,is_market_cap_included_in_calc";
constexpr std::string_view kListingsSort =
    "market_cap,market_cap_strict,name,symbol,date_added,price,circulating_supply,total_supply,"
    "max_supply,num_market_pairs,market_cap_by_total_supply_strict,volume_24h,volume_7d,volume_30d,"
    "percent_change_1h,percent_change_24h,percent_change_7d";

using enum ParamKind;

constexpr ParamRule kId{"id", Ids}, kSlug{"slug", Slugs}, kSymbol{"symbol", Symbols};
constexpr ParamRule kConvert{"convert", Symbols}, kConvertId{"convert_id", Ids};
constexpr ParamRule kSkipInvalid{"skip_invalid", Flag};
constexpr ParamRule kStart{"start", Whole, {}, 1, 1e9}, kLimit{"limit", Whole, {}, 1, 5000};

constexpr std::array kQuotesRules{kId,
                                  kSlug,
                                  kSymbol,
                                  kConvert,
                                  kConvertId,
                                  kSkipInvalid,
                                  ParamRule{"aux", ChoiceList, kQuotesAux}};

constexpr std::array kSimplePriceRules{
    kId,
    kSlug,
    kSymbol,
    kConvert,
    kConvertId,
    kSkipInvalid,
    ParamRule{"include_market_cap", Flag},
    ParamRule{"include_24h_volume", Flag},
    ParamRule{"include_24h_change", Flag},
    ParamRule{"include_last_updated", Flag},
    ParamRule{"include_all", Flag},
    ParamRule{"precision", Choice, "full,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18"}};

constexpr std::array kListingsRules{kStart,
                                    kLimit,
                                    kConvert,
                                    kConvertId,
                                    ParamRule{"price_min", Number},
                                    ParamRule{"price_max", Number},
                                    ParamRule{"market_cap_min", Number},
                                    ParamRule{"market_cap_max", Number},
                                    ParamRule{"volume_24h_min", Number},
                                    ParamRule{"volume_24h_max", Number},
                                    ParamRule{"circulating_supply_min", Number},
                                    ParamRule{"circulating_supply_max", Number},
                                    ParamRule{"percent_change_24h_min", Number, {}, -100},
                                    ParamRule{"percent_change_24h_max", Number, {}, -100},
                                    ParamRule{"sort", Choice, kListingsSort},
                                    ParamRule{"sort_dir", Choice, "asc,desc"},
                                    ParamRule{"cryptocurrency_type", Choice, "all,coins,tokens"},
                                    ParamRule{"tag", Choice, "all,defi,filesharing"},
                                    ParamRule{"aux", ChoiceList, kListingsAux}};

constexpr std::array kMapRules{
    ParamRule{"listing_status", ChoiceList, "active,inactive,untracked"},
    kStart,
    kLimit,
    kSymbol,
    ParamRule{"sort", Choice, "id,cmc_rank"},
    ParamRule{
        "aux", ChoiceList, "platform,first_historical_data,last_historical_data,is_active,status"}};

constexpr std::array kInfoRules{
    kId,
    kSlug,
    kSymbol,
    kSkipInvalid,
    ParamRule{"address", ParamKind::Text},
    ParamRule{"aux", ChoiceList, "urls,logo,description,tags,platform,date_added,notice,status"}};

constexpr std::array kFiatRules{
    kStart, kLimit, ParamRule{"sort", Choice, "name,id"}, ParamRule{"include_metals", Flag}};
constexpr std::array kGlobalRules{kConvert, kConvertId};
constexpr std::array kConversionRules{
    ParamRule{"amount", Number, {}, 1e-8, 1e12}, kId, kSymbol, kConvert, kConvertId};
constexpr std::array kExchangeRules{
    ParamRule{"listing_status", ChoiceList, "active,inactive,untracked"},
    kSlug,
    kStart,
    kLimit,
    ParamRule{"sort", Choice, "volume_24h,id"},
    ParamRule{"aux", ChoiceList, "first_historical_data,last_historical_data,is_active,status"},
    ParamRule{"crypto_id", Ids}};
constexpr std::array kCategoriesRules{kStart, kLimit, kId, kSlug, kSymbol};

constexpr std::size_t kPerCall = 0;

constexpr std::array<Endpoint, 18> kEndpoints{{
    {"/v1/cryptocurrency/quotes/latest", Call::Quotes, 1, 100, kQuotesRules},
    {"/v2/cryptocurrency/quotes/latest", Call::Quotes, 2, 100, kQuotesRules},
    {"/v3/cryptocurrency/quotes/latest", Call::Quotes, 3, 100, kQuotesRules},
    {"/v1/simple/price", Call::SimplePrice, 1, kPerCall, kSimplePriceRules},
    {"/v2/simple/price", Call::SimplePrice, 2, 250, kSimplePriceRules, StatusForm::Text},
    {"/v1/cryptocurrency/listings/latest", Call::Listings, 1, 200, kListingsRules},
    {"/v3/cryptocurrency/listings/latest", Call::Listings, 3, 200, kListingsRules},
    {"/v1/cryptocurrency/map", Call::Map, 1, kPerCall, kMapRules},
    {"/v1/cryptocurrency/info", Call::Info, 1, 100, kInfoRules, StatusForm::Number, false},
    {"/v2/cryptocurrency/info", Call::Info, 2, 100, kInfoRules, StatusForm::Number, false},
    {"/v1/fiat/map", Call::FiatMap, 1, kPerCall, kFiatRules},
    {"/v1/global-metrics/quotes/latest", Call::GlobalMetrics, 1, kPerCall, kGlobalRules},
    {"/v1/tools/price-conversion", Call::PriceConversion, 1, kPerCall, kConversionRules},
    {"/v2/tools/price-conversion", Call::PriceConversion, 2, kPerCall, kConversionRules},
    {"/v1/key/info", Call::KeyInfo, 1, kPerCall, {}},
    {"/v1/exchange/map", Call::ExchangeMap, 1, kPerCall, kExchangeRules},
    {"/v1/cryptocurrency/categories", Call::Categories, 1, kPerCall, kCategoriesRules},
    {"/v3/fear-and-greed/latest", Call::FearGreed, 3, kPerCall, {}, StatusForm::Text},
}};

}  // namespace

std::span<const Endpoint> endpoints() { return kEndpoints; }

const Endpoint* find_endpoint(std::string_view path) {
  const auto* const found = std::ranges::find(kEndpoints, path, &Endpoint::path);
  return found == kEndpoints.end() ? nullptr : found;
}

}  // namespace cmcsim
