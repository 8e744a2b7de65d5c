#include "model/answer_rules.hpp"

#include <algorithm>

namespace quotecached::model {

namespace {

using std::chrono::seconds;

// A clock that is read in whole milliseconds, here and there.
constexpr milliseconds kRounding{5};

long whole_seconds(milliseconds time) {
  return static_cast<long>(std::chrono::floor<seconds>(time).count());
}

std::string about(const Seen& seen, const SeenPrice& price) {
  return "asset " + std::to_string(price.asset) + " in " + price.currency + " at " + price.text +
         " in the answer to " + target_of(seen.question) + " (" + seen.headers + ")";
}

class IdentityCheck {
 public:
  IdentityCheck(const World& world, const Told& told, milliseconds clock, const Seen& seen)
      : told_(told), clock_(clock), seen_(seen), asked_(assets_asked(world, seen.question)) {}

  Findings run() {
    for (const SeenPrice& price : seen_.prices) check(price);
    for (const Asset* asset : asked_) {
      for (const int index : seen_.question.currencies) check_is_there(*asset, index);
    }
    return std::move(findings_);
  }

 private:
  void add(Rule rule, const SeenPrice& price) {
    const bool is_page = seen_.question.by == By::Page && rule != Rule::FlawShown;
    findings_.push_back({is_page ? Rule::WrongPage : rule, about(seen_, price)});
  }

  void check(const SeenPrice& price) {
    const auto asked = std::ranges::find_if(asked_, [&](const Asset* asset) {
      return asset->id == price.asset && asset->symbol == price.symbol && asset->slug == price.slug;
    });
    if (asked == asked_.end()) return add(Rule::OtherAsset, price);
    const auto& currencies = seen_.question.currencies;
    const int index = currency_named(price.currency);
    if (std::ranges::find(currencies, index) == currencies.end()) add(Rule::OtherCurrency, price);
    const auto tag = read_price(price.text);
    if (!tag) return check_flaw(price, **asked, index);
    if (tag->asset != price.asset) add(Rule::OtherAsset, price);
    if (tag->currency != index) add(Rule::OtherCurrency, price);
    if (tag->kind != seen_.question.kind) add(Rule::OtherKind, price);
  }

  void check_flaw(const SeenPrice& price, const Asset& asset, int index) {
    if (index >= 0 && !may_be_flawed(asset, index)) add(Rule::FlawShown, price);
  }

  bool may_be_flawed(const Asset& asset, int index) const {
    const auto may_be = [&](const Question& question) {
      return told_.may_be_flawed(thing_of(question, asset, index), clock_);
    };
    if (seen_.question.by == By::Page && !may_be(around(seen_.question))) return false;
    return may_be(seen_.question);
  }

  bool is_said_left_out(const Asset& asset) const {
    const std::string names = "," + seen_.left_out + ",";
    const auto is_named = [&](const std::string& name) {
      return names.find("," + name + ",") != std::string::npos;
    };
    return is_named(std::to_string(asset.id)) || is_named(asset.symbol) || is_named(asset.slug);
  }

  // An asset that is left out in one currency cannot be shown in the others.
  bool may_be_missing(const Asset& asset) const {
    if (seen_.question.by == By::Page) return false;
    return std::ranges::any_of(seen_.question.currencies, [&](int index) {
      return told_.may_be_missing(thing_of(seen_.question, asset, index), clock_);
    });
  }

  void check_is_there(const Asset& asset, int index) {
    const auto is_of_asset = [&](const SeenPrice& price) { return price.asset == asset.id; };
    const bool is_there = std::ranges::any_of(seen_.prices, [&](const SeenPrice& price) {
      return is_of_asset(price) && price.currency == currency(index).symbol;
    });
    const bool has_any = std::ranges::any_of(seen_.prices, is_of_asset);
    if (is_there || is_said_left_out(asset) || (!has_any && may_be_missing(asset))) return;
    const SeenPrice missing{
        asset.id, asset.symbol, asset.slug, std::string(currency(index).symbol), "nothing"};
    add(has_any ? Rule::CurrencyMissing : Rule::AssetMissing, missing);
  }

  const Told& told_;
  const milliseconds clock_;
  const Seen& seen_;
  const std::vector<const Asset*> asked_;
  Findings findings_;
};

}  // namespace

void Told::add(const Call& call, milliseconds clock) {
  add_lapses(call, clock);
  if (call.fate != Fate::Good) return;
  for (const auto& thing : things_in(call.question)) facts_[thing] = {.good = clock};
}

void Told::add_lapses(const Call& call, milliseconds clock) {
  const auto add = [clock](Lapses& lapses) {
    if (lapses.count++ == 0) lapses.first = clock;
  };
  if (call.fate == Fate::FlawedPrice) {
    for (const auto& thing : things_in(call.question)) add(facts_[thing].flawed);
  }
  Question left_out = call.question;
  std::erase_if(left_out.names, [&](const auto& name) { return !leaves_out(call, name); });
  if (left_out.by == By::Page) return;
  for (const auto& thing : things_in(left_out)) add(facts_[thing].left_out);
}

bool Told::has_good(const Facts& facts, milliseconds clock) {
  constexpr std::chrono::hours stale_if_error(24);
  return facts.good && clock - *facts.good <= stale_if_error;
}

bool Told::may_be_flawed(const std::string& thing, milliseconds clock) const {
  const auto found = facts_.find(thing);
  if (found == facts_.end() || !has_good(found->second, clock)) return true;
  const Lapses& flawed = found->second.flawed;
  return flawed.count >= 3 && clock - flawed.first >= std::chrono::minutes(5);
}

bool Told::may_be_missing(const std::string& thing, milliseconds clock) const {
  const auto found = facts_.find(thing);
  if (found == facts_.end() || found->second.left_out.count == 0) return false;
  if (!has_good(found->second, clock)) return true;
  const Lapses& left_out = found->second.left_out;
  return left_out.count >= 3 && clock - left_out.first >= std::chrono::minutes(2);
}

Findings check_identity(const World& world,
                        const Told& told,
                        milliseconds clock,
                        const Seen& seen) {
  if (seen.status != 200) return {};
  return IdentityCheck(world, told, clock, seen).run();
}

Findings check_age(const Timeline& timeline, const AgeRules& rules, const Seen& seen) {
  Findings findings;
  if (seen.status != 200 || seen.prices.empty()) return findings;
  const auto add = [&](Rule rule, const SeenPrice& price, milliseconds age) {
    findings.push_back({rule, about(seen, price) + ", " + std::to_string(age.count()) + " ms old"});
  };
  const long most_life = whole_seconds(rules.fresh + rules.clock_tolerance);
  const SeenPrice& first = seen.prices.front();
  if (!seen.age) add(Rule::NoAge, first, milliseconds(0));
  if (seen.says_stale && (seen.max_age.value_or(0) > 0 || seen.ttl.value_or(0) > 0))
    add(Rule::StaleWithLife, first, milliseconds(0));
  if (seen.max_age.value_or(0) > most_life || seen.ttl.value_or(0) > most_life)
    add(Rule::LifeTooLong, first, milliseconds(0));
  for (const SeenPrice& price : seen.prices) {
    const auto tag = read_price(price.text);
    if (!tag) continue;
    const auto asked = timeline.clock_when_asked(tag->generation);
    const milliseconds age = timeline.clock_at(seen.sent) - asked.latest - kRounding;
    const milliseconds ahead = asked.earliest - timeline.clock_at(seen.received) - kRounding;
    if (seen.age && *seen.age < whole_seconds(age)) add(Rule::TooYoung, price, age);
    if (seen.says_stale) continue;
    if (age > rules.fresh || ahead > rules.clock_tolerance) add(Rule::NotSaidStale, price, age);
    const milliseconds left = rules.fresh - std::max(age, -rules.clock_tolerance);
    if (seen.ttl.value_or(0) > whole_seconds(left)) add(Rule::LifeTooLong, price, age);
  }
  return findings;
}

}  // namespace quotecached::model
