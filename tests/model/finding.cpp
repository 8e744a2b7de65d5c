#include "model/finding.hpp"

namespace quotecached::model {

std::string_view to_text(Rule rule) {
  switch (rule) {
    case Rule::OtherAsset: return "another asset's price";
    case Rule::OtherCurrency: return "another currency's price";
    case Rule::OtherKind: return "a price of another kind of answer";
    case Rule::FlawShown: return "a flaw instead of a good copy";
    case Rule::AssetMissing: return "an asset is missing";
    case Rule::CurrencyMissing: return "a currency is missing";
    case Rule::WrongPage: return "a page that is not the one asked for";
    case Rule::NoAge: return "no Age";
    case Rule::TooYoung: return "Age is younger than the price";
    case Rule::NotSaidStale: return "stale, and does not say so";
    case Rule::LifeTooLong: return "promises more life than freshness leaves";
    case Rule::StaleWithLife: return "stale, and promises life";
    case Rule::DoubledCall: return "two calls for one thing at once";
    case Rule::BoughtAgain: return "bought again";
    case Rule::CallsUnbooked: return "calls that are not in the ledger";
    case Rule::CreditsUnbooked: return "credits that are not in the ledger";
    case Rule::CreditsOverbooked: return "credits in the ledger that nobody charged";
    case Rule::BudgetPassed: return "a budget's cap is passed";
    case Rule::AnswersOff: return "the answers' credits do not add up";
    case Rule::Refused: return "refused without a reason";
  }
  return "?";
}

}  // namespace quotecached::model
