#include "answer.hpp"

namespace cmcsim {

Answer answer(const AnswerContext& context) {
  switch (context.endpoint.call) {
    case Call::Quotes: return answer_quotes(context);
    case Call::SimplePrice: return answer_simple_price(context);
    case Call::Listings: return answer_listings(context);
    case Call::Map: return answer_map(context);
    case Call::Info: return answer_info(context);
    case Call::FiatMap: return answer_fiat_map(context);
    case Call::GlobalMetrics: return answer_global_metrics(context);
    case Call::PriceConversion: return answer_price_conversion(context);
    case Call::KeyInfo: return answer_key_info(context);
    case Call::ExchangeMap: return answer_exchange_map(context);
    case Call::Categories: return answer_categories(context);
    case Call::FearGreed: return answer_fear_greed(context);
  }
  return {};
}

}  // namespace cmcsim
