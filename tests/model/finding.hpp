// What the model found wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quotecached::model {

enum class Rule : std::uint8_t {
  // identity
  OtherAsset,       // a price that is not of the asset it stands under, or was asked for
  OtherCurrency,    // a price that is not in the currency it stands under, or was asked for
  OtherKind,        // a price that was bought for another kind of answer
  FlawShown,        // no price where a good copy was there to answer
  AssetMissing,     // an asset that exists is left out
  CurrencyMissing,  // a currency that was asked for is left out
  WrongPage,        // any of these, flaws aside, in a page of listings
  // age
  NoAge,
  TooYoung,      // Age is less than the price's
  NotSaidStale,  // a price older than its family's freshness in an answer that says it is fresh
  LifeTooLong,   // max-age or ttl beyond what freshness leaves
  StaleWithLife,
  // calls
  DoubledCall,  // a call for what another call was fetching
  BoughtAgain,  // a call for what an earlier call brought and what must still be there
  // accounts
  CallsUnbooked,
  CreditsUnbooked,
  CreditsOverbooked,
  BudgetPassed,
  AnswersOff,  // the credit_count of all answers does not add up to what clients caused
  // service
  Refused,
};

[[nodiscard]] std::string_view to_text(Rule rule);

struct Finding {
  Rule rule;
  std::string text;
};

using Findings = std::vector<Finding>;

}  // namespace quotecached::model
