#include "model/world.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace quotecached::model {

namespace {

constexpr std::array<Currency, kCurrencies> kAllCurrencies{
    {{2781, "USD"}, {2790, "EUR"}, {2791, "GBP"}, {2797, "JPY"}}};

constexpr std::array<std::string_view, kKinds> kPaths{"/v1/cryptocurrency/quotes/latest",
                                                      "/v2/cryptocurrency/quotes/latest",
                                                      "/v3/cryptocurrency/quotes/latest",
                                                      "/v2/simple/price",
                                                      "/v1/cryptocurrency/listings/latest"};

constexpr std::array<std::string_view, 3> kNameParameters{"id", "symbol", "slug"};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string converts_of(const std::vector<int>& currencies) {
  std::vector<std::string> symbols;
  for (const int index : currencies) symbols.emplace_back(currency(index).symbol);
  return joined(symbols);
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> words;
  while (true) {
    const auto end = text.find(by);
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + 1);
  }
}

std::string without_escaped_commas(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_comma = text.substr(i, 3) == "%2C" || text.substr(i, 3) == "%2c";
    plain += is_comma ? ',' : text[i];
    if (is_comma) i += 2;
  }
  return plain;
}

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Takes over what one parameter says; false for a currency that is not of this market.
bool take(Question& question, std::string_view name, std::string_view value) {
  const auto* const names = std::find(kNameParameters.begin(), kNameParameters.end(), name);
  if (names != kNameParameters.end()) {
    question.by = static_cast<By>(names - kNameParameters.begin());
    question.names = split(value, ',');
  } else if (name == "convert") {
    question.currencies.clear();
    for (const auto& symbol : split(value, ','))
      question.currencies.push_back(currency_named(symbol));
  } else if (name == "start") {
    question.start = number_in(value);
  } else if (name == "limit") {
    question.limit = number_in(value);
  } else if (name == "sort") {
    question.is_backwards = value == "price";
  } else if (name == "cryptocurrency_type") {
    question.is_narrowed = value == "tokens";
  }
  return std::find(question.currencies.begin(), question.currencies.end(), -1) ==
         question.currencies.end();
}

std::int64_t steps(std::int64_t items, const Question& question) {
  std::int64_t step = 100;
  if (question.kind == Kind::SimplePrice) step = 250;
  if (question.kind == Kind::Listings) step = 200;
  const auto beyond_first = static_cast<std::int64_t>(question.currencies.size()) - 1;
  return std::max<std::int64_t>(1, (items + step - 1) / step) + beyond_first;
}

std::string page_thing(const Question& question) {
  return std::to_string(static_cast<int>(question.kind)) + " page " +
         std::to_string(question.start) + "+" + std::to_string(question.limit) +
         (question.is_backwards ? " backwards " : " ") + (question.is_narrowed ? "narrowed " : "") +
         converts_of(question.currencies);
}

std::string named_thing(const Question& question, const std::string& name, int index) {
  return std::to_string(static_cast<int>(question.kind)) + " " +
         std::string(kNameParameters.at(static_cast<std::size_t>(question.by))) + " " + name + " " +
         std::string(currency(index).symbol);
}

}  // namespace

World::World(int assets) {
  for (int id = 1; id <= assets; ++id) {
    const int ticker = id % 10 == 0 ? id - 1 : id;
    assets_.push_back({id, "T" + std::to_string(ticker), "coin-" + std::to_string(id)});
  }
}

std::vector<const Asset*> World::named(By by, std::string_view name) const {
  std::vector<const Asset*> found;
  for (const Asset& asset : assets_) {
    const bool is_it = by == By::Symbol ? asset.symbol == name
                       : by == By::Slug ? asset.slug == name
                                        : std::to_string(asset.id) == name;
    if (is_it) found.push_back(&asset);
  }
  return found;
}

std::vector<const Asset*> World::page(const Question& question) const {
  std::vector<const Asset*> list;
  for (const Asset& asset : assets_) {
    if (!question.is_narrowed || asset.id % 2 == 0) list.push_back(&asset);
  }
  if (question.is_backwards) std::reverse(list.begin(), list.end());
  std::vector<const Asset*> rows;
  for (int rank = question.start; rank < question.start + question.limit; ++rank) {
    if (rank >= 1 && rank <= static_cast<int>(list.size()))
      rows.push_back(list[static_cast<std::size_t>(rank) - 1]);
  }
  return rows;
}

Currency currency(int index) { return kAllCurrencies.at(static_cast<std::size_t>(index)); }

int currency_named(std::string_view symbol) {
  for (int index = 0; index < kCurrencies; ++index) {
    if (currency(index).symbol == symbol) return index;
  }
  return -1;
}

std::string target_of(const Question& question) {
  std::string target(kPaths.at(static_cast<std::size_t>(question.kind)));
  if (question.by == By::Page) {
    target +=
        "?start=" + std::to_string(question.start) + "&limit=" + std::to_string(question.limit);
    if (question.is_backwards) target += "&sort=price";
    if (question.is_narrowed) target += "&cryptocurrency_type=tokens";
  } else {
    target += "?" + std::string(kNameParameters.at(static_cast<std::size_t>(question.by))) + "=" +
              joined(question.names);
  }
  return target + "&convert=" + converts_of(question.currencies);
}

std::optional<Question> question_in(std::string_view target) {
  const auto mark = target.find('?');
  const auto* const path = std::find(kPaths.begin(), kPaths.end(), target.substr(0, mark));
  if (path == kPaths.end()) return std::nullopt;
  Question question;
  question.kind = static_cast<Kind>(path - kPaths.begin());
  if (question.kind == Kind::Listings) {
    question.by = By::Page;
    question.limit = 100;
  }
  if (mark == std::string_view::npos) return question;
  for (const auto& pair : split(target.substr(mark + 1), '&')) {
    const auto equals = std::min(pair.find('='), pair.size() - 1);
    if (!take(question, pair.substr(0, equals), without_escaped_commas(pair.substr(equals + 1))))
      return std::nullopt;
  }
  return question;
}

std::vector<std::string> things_in(const Question& question) {
  if (question.by == By::Page) return {page_thing(question)};
  std::vector<std::string> things;
  for (const auto& name : question.names) {
    for (const int index : question.currencies)
      things.push_back(named_thing(question, name, index));
  }
  return things;
}

std::string thing_of(const Question& question, const Asset& asset, int currency) {
  switch (question.by) {
    case By::Id: return named_thing(question, std::to_string(asset.id), currency);
    case By::Symbol: return named_thing(question, asset.symbol, currency);
    case By::Slug: return named_thing(question, asset.slug, currency);
    case By::Page: break;
  }
  return page_thing(question);
}

Question around(const Question& page) {
  constexpr int step = 200;
  Question larger = page;
  larger.start = (page.start - 1) / step * step + 1;
  larger.limit = step;
  return larger;
}

std::vector<const Asset*> assets_asked(const World& world, const Question& question) {
  if (question.by == By::Page) return world.page(question);
  std::vector<const Asset*> all;
  for (const auto& name : question.names) {
    auto found = world.named(question.by, name);
    const bool only_one = question.kind == Kind::V1Quotes && found.size() > 1;
    if (only_one) found.resize(1);
    for (const Asset* asset : found) {
      if (std::find(all.begin(), all.end(), asset) == all.end()) all.push_back(asset);
    }
  }
  return all;
}

std::int64_t charge_for(const World& world, const Question& question) {
  return steps(static_cast<std::int64_t>(assets_asked(world, question).size()), question);
}

std::int64_t worst_charge_for(const Question& question) {
  constexpr std::int64_t most_namesakes = 25;
  if (question.by == By::Page) return steps(question.limit, question);
  const auto names = static_cast<std::int64_t>(question.names.size());
  return steps(question.by == By::Symbol ? names * most_namesakes : names, question);
}

}  // namespace quotecached::model
