// Random asks by id, slug and symbol of a market whose names change hands: no answer holds another
// asset than the provider meant by that name when the copy was fetched, or within
// `freshness.names`, and nothing is bought that is held fresh under another name.
//
// QUOTECACHED_NAMING_ASKS asks so many times, QUOTECACHED_NAMING_SEED takes another seed than 1.
#include <cstdlib>
#include <map>

#include <doctest/doctest.h>

#include "e2e/json_text.hpp"
#include "naming_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using test::Meaning;
using test::NamedPrice;
using test::NamingAsk;
using test::NamingBed;

namespace {

constexpr int kCoins = 40;
constexpr milliseconds kNames = 1h;
constexpr milliseconds kFresh = 60s;
constexpr milliseconds kNegative = 60s;
constexpr milliseconds kUnrest = 15min;  // after a change

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// One object of an answer, with its prices.
struct SeenAsset {
  int id = 0;
  std::string name;  // by the kind of the ask
  std::vector<NamedPrice> prices;
};

SeenAsset read_asset(const NamingAsk& ask, std::string_view object) {
  SeenAsset asset;
  asset.id = std::stoi(test::json_text(object, "id"));
  asset.name = test::json_text(object, to_string(ask.kind));
  for (const auto& quote : test::json_members(test::json_value(object, "quote")))
    asset.prices.push_back(test::read_price(test::json_value(quote.value, "price")));
  return asset;
}

std::vector<SeenAsset> read_answer(const NamingAsk& ask, const std::string& body) {
  std::vector<SeenAsset> assets;
  for (const auto& member : test::json_members(test::json_value(body, "data"))) {
    if (member.value.front() != '[') {
      assets.push_back(read_asset(ask, member.value));
      continue;
    }
    for (const auto& namesake : test::json_members(member.value))
      assets.push_back(read_asset(ask, namesake.value));
  }
  return assets;
}

struct Counts {
  std::size_t asks = 0, hits = 0, stale = 0, refused = 0, left_out = 0, prices = 0, changes = 0;
};

class Run {
 public:
  // `rides`: calls carry more than they are made for.
  explicit Run(std::uint64_t seed, bool rides = false)
      : random_(seed), bed_(kCoins, kNames, rides), rides_(rides) {}

  Counts take(std::size_t asks) {
    while (counts_.asks < asks) {
      something_happens();
      ask(random_ask());
      if (!rides_) judge_calls();
    }
    return counts_;
  }
  [[nodiscard]] std::size_t calls() const { return bed_.calls(); }
  [[nodiscard]] std::size_t calls_by_name() const { return calls_by_name_; }

 private:
  bool happens(std::size_t in) { return random_() % in == 0; }

  void something_happens() {
    if (happens(60)) {
      const milliseconds most = happens(10) ? 7200s : happens(4) ? 600s : 40s;
      bed_.clock.at =
          bed_.clock.now() + milliseconds(random_() % static_cast<std::size_t>(most.count()));
    }
    if (happens(500)) {
      bed_.settle();  // what was fetched was fetched before
      bed_.clock.at = bed_.clock.now() + 1ms;
      bed_.world.change(bed_.clock.since_start(), random_);
      bed_.clock.at = bed_.clock.now() + 1ms;
      ++counts_.changes;
    }
    if (happens(700)) {
      bed_.settle();
      bed_.memory.clear();
    }
  }

  std::string name_of(const NamingAsk& ask) {
    if (happens(100))
      return ask.kind == catalog::KeyKind::Id     ? "999999"
             : ask.kind == catalog::KeyKind::Slug ? "none"
                                                  : "NONE";
    // The least of two: the first coins are asked for most.
    const auto& coins = bed_.world.coins();
    const auto& coin = coins[std::min(random_() % coins.size(), random_() % coins.size())];
    if (ask.kind == catalog::KeyKind::Id) return std::to_string(coin.id);
    // Often by a name that it does not have any more.
    if (happens(8))
      return ask.kind == catalog::KeyKind::Slug ? fmt::format("coin-{}", coin.id)
                                                : fmt::format("T{}", coin.id);
    return ask.kind == catalog::KeyKind::Slug ? coin.slug : coin.symbol;
  }

  NamingAsk random_ask() {
    NamingAsk ask;
    ask.generation = 1 + static_cast<int>(random_() % 3);
    ask.kind = std::array{
        catalog::KeyKind::Id, catalog::KeyKind::Slug, catalog::KeyKind::Symbol}[random_() % 3];
    const auto names = happens(2) ? 1 : 1 + random_() % 4;
    while (ask.names.size() < names) {
      auto name = name_of(ask);
      if (std::ranges::find(ask.names, name) == ask.names.end())
        ask.names.push_back(std::move(name));
      else if (happens(3))
        break;
    }
    ask.currencies = {static_cast<int>(random_() % 8 / 7)};
    if (happens(6)) ask.currencies.push_back(1 - ask.currencies.front());
    return ask;
  }

  void ask(const NamingAsk& ask) {
    std::string body;
    const auto answer = bed_.ask(ask.target(), body);
    ++counts_.asks;
    if (answer.outcome == proxy::Outcome::Hit) ++counts_.hits;
    const bool is_stale = answer.outcome == proxy::Outcome::Stale;
    if (is_stale) ++counts_.stale;
    if (answer.http_status != 200) {
      ++counts_.refused;
      return;
    }
    CAPTURE(ask.target());
    CAPTURE(bed_.clock.since_start().count());
    CAPTURE(body);
    judge(ask, read_answer(ask, body), answer, is_stale);
    if (is_stale) bed_.settle();
  }

  void judge(const NamingAsk& ask,
             const std::vector<SeenAsset>& assets,
             const proxy::Answer& answer,
             bool is_stale) {
    const auto now = bed_.clock.since_start();
    std::map<std::string, std::vector<const SeenAsset*>> by_name;
    for (const auto& asset : assets) {
      REQUIRE(std::ranges::find(ask.names, asset.name) != ask.names.end());
      by_name[asset.name].push_back(&asset);
      REQUIRE(asset.prices.size() == ask.currencies.size());
      for (std::size_t i = 0; i < asset.prices.size(); ++i) {
        const auto& price = asset.prices[i];
        ++counts_.prices;
        REQUIRE(price.id == asset.id);
        REQUIRE(price.generation == ask.generation);
        REQUIRE(price.currency == ask.currencies[i]);
        REQUIRE(std::chrono::floor<std::chrono::seconds>(now - price.made) <= answer.age);
        if (!is_stale) REQUIRE(now - price.made < kFresh);
      }
    }
    const auto left_out = test::split_words(answer.left_out, ",");
    for (const auto& name : ask.names) {
      const bool is_left_out = std::ranges::find(left_out, name) != left_out.end();
      counts_.left_out += is_left_out ? 1 : 0;
      if (!is_left_out) judge_name(ask, name, by_name[name]);
    }
  }

  // What was meant while the copies were fetched, or within `names` of that.
  void judge_name(const NamingAsk& ask,
                  const std::string& name,
                  const std::vector<const SeenAsset*>& shown) {
    const auto now = bed_.clock.since_start();
    Meaning meaning;
    auto oldest = now;
    for (const auto* asset : shown) {
      meaning.push_back(asset->id);
      for (const auto& price : asset->prices) oldest = std::min(oldest, price.made);
    }
    if (ask.kind == catalog::KeyKind::Id) {
      const auto since = shown.empty() ? now - kNegative : oldest;
      REQUIRE(bed_.world.meant(ask.kind, false, name, meaning, since, now));
      return;
    }
    const auto since = shown.empty() ? now - kNames : oldest - kNames;
    CAPTURE(name);
    REQUIRE(bed_.world.meant(ask.kind, ask.is_list(), name, meaning, since, now));
  }

  // Of what is held fresh nothing is bought by id, and no names are asked for of which none needs
  // it. For a while after a change what is held may be doubted.
  void judge_calls() {
    bool is_by_name = false;
    bool is_any_needed = false;  // of the names that one ask had the provider asked for
    for (; judged_ < bed_.calls(); ++judged_) {
      const auto call = bed_.call(judged_);
      const auto now = bed_.called_at(judged_);
      CAPTURE(call.target());
      CAPTURE(now.count());
      const bool is_by_id = call.kind == catalog::KeyKind::Id;
      if (!is_by_id) ++calls_by_name_;
      is_by_name = is_by_name || !is_by_id;
      for (const auto& name : call.names) {
        if (!is_by_id) is_any_needed = is_needed(call, name, now) || is_any_needed;
        for (const int id : bed_.world.meaning(call.kind, call.is_list(), name))
          judge_purchase(call, id, now);
      }
    }
    REQUIRE(is_any_needed == is_by_name);
  }

  // Must the provider be asked what the name means? It is when half of the time is over for which
  // that is believed, in a call that is made anyway.
  bool is_needed(const NamingAsk& call, const std::string& name, milliseconds now) {
    auto& asked = asked_[fmt::format("{} {} {}", call.generation, to_string(call.kind), name)];
    const bool is_known = !bed_.world.meaning(call.kind, call.is_list(), name).empty();
    // Of a list that lost a coin it takes several answers until that is believed.
    const bool is_settled = !bed_.world.changed_since(now - kUnrest) &&
                            !bed_.world.changed_meaning(
                                call.kind, call.is_list(), name, now - (call.is_list() ? 48h : 2h));
    // Copies in several currencies that do not fit together are all asked for anew.
    const bool is_one = call.currencies.size() == 1;
    const bool is_needed =
        !asked || !is_known || !is_settled || !is_one || now - *asked >= kNames / 2;
    asked = now;
    return is_needed;
  }

  void judge_purchase(const NamingAsk& call, int id, milliseconds now) {
    for (const int currency : call.currencies) {
      auto& bought = bought_[{call.generation, id, currency}];
      const bool is_by_id = call.kind == catalog::KeyKind::Id;
      if (bought && is_by_id && !bed_.world.changed_since(now - kUnrest))
        REQUIRE(now - *bought >= kFresh);
      bought = now;
    }
  }

  std::mt19937_64 random_;
  NamingBed bed_;
  const bool rides_;
  Counts counts_;
  std::size_t judged_ = 0;
  std::map<std::string, std::optional<milliseconds>> asked_;  // names, when
  std::map<std::array<int, 3>, std::optional<milliseconds>> bought_;
  std::size_t calls_by_name_ = 0;
};

}  // namespace

TEST_SUITE("integration::naming model") {
  TEST_CASE("no name ever answers with another asset") {
    const auto seed = number_from("QUOTECACHED_NAMING_SEED", 1);
    const auto asks = number_from("QUOTECACHED_NAMING_ASKS", 6000);
    Run run(seed);
    const auto counts = run.take(asks);
    MESSAGE("seed " << seed << ": " << counts.asks << " asks, " << counts.hits << " hits, "
                    << counts.stale << " stale, " << counts.refused << " refused, "
                    << counts.left_out << " left out, " << counts.prices << " prices, "
                    << counts.changes << " changes; " << run.calls() << " calls, "
                    << run.calls_by_name() << " by name");
    CHECK(counts.prices > asks);
    CHECK((counts.refused + counts.left_out) * 200 < asks);
  }

  TEST_CASE("nor does one that rode along") {
    const auto seed = number_from("QUOTECACHED_NAMING_SEED", 1);
    const auto asks = number_from("QUOTECACHED_NAMING_ASKS", 6000) / 2;
    Run run(seed, true);
    const auto counts = run.take(asks);
    CHECK(counts.prices > asks);
    CHECK((counts.refused + counts.left_out) * 200 < asks);
  }
}
