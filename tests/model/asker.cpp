#include "model/asker.hpp"

#include <algorithm>

namespace quotecached::model {

namespace {

const Asset& random_asset(const World& world, std::mt19937_64& random) {
  // The least of three draws: the first assets are asked for most.
  const auto all = world.assets().size();
  auto place = below(random, all);
  for (int draw = 0; draw < 2; ++draw) place = std::min(place, below(random, all));
  return world.assets()[place];
}

std::string name_of(const Asset& asset, By by) {
  if (by == By::Symbol) return asset.symbol;
  return by == By::Slug ? asset.slug : std::to_string(asset.id);
}

std::string unknown_name(By by, std::mt19937_64& random) {
  const std::string number = std::to_string(900'000 + below(random, 20));
  if (by == By::Symbol) return "X" + number;
  return by == By::Slug ? "no-coin-" + number : number;
}

std::vector<int> random_currencies(std::mt19937_64& random) {
  std::vector<int> currencies{static_cast<int>(below(random, kCurrencies))};
  if (!happens(random, 30)) return currencies;
  const auto step = 1 + static_cast<int>(below(random, kCurrencies - 1));
  currencies.push_back((currencies[0] + step) % kCurrencies);
  return currencies;
}

Kind random_kind(std::mt19937_64& random) {
  const auto draw = below(random, 100);
  if (draw < 20) return Kind::V1Quotes;
  if (draw < 55) return Kind::V2Quotes;
  if (draw < 70) return Kind::V3Quotes;
  return draw < 85 ? Kind::SimplePrice : Kind::Listings;
}

}  // namespace

Question random_question(const World& world, std::mt19937_64& random) {
  Question question;
  question.kind = random_kind(random);
  question.currencies = random_currencies(random);
  if (question.kind == Kind::Listings) {
    question.by = By::Page;
    // Mostly near the top, now and then anywhere, also behind the end.
    question.start = 1 + 10 * static_cast<int>(below(random, happens(random, 20) ? 14 : 4));
    question.limit = happens(random, 5) ? 100 : happens(random, 50) ? 10 : 20;
    question.is_backwards = happens(random, 15);
    question.is_narrowed = happens(random, 15);
    return question;
  }
  question.by = static_cast<By>(std::max<std::size_t>(2, below(random, 5)) - 2);  // mostly by id
  const auto count = happens(random, 60) ? 1 : 2 + below(random, 5);
  for (std::size_t i = 0; i < count; ++i) {
    auto name = happens(random, 3) ? unknown_name(question.by, random)
                                   : name_of(random_asset(world, random), question.by);
    const auto& names = question.names;
    if (std::find(names.begin(), names.end(), name) == names.end())
      question.names.push_back(std::move(name));
  }
  return question;
}

}  // namespace quotecached::model
