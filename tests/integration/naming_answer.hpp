// Questions for a NamingWorld as targets, and the answers to them as the provider spells them.
// Pure.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "naming_world.hpp"

namespace quotecached::test {

inline constexpr std::array<std::string_view, 2> kNamingCurrencies{"USD", "EUR"};

// A question by generation, kind of name and names.
struct NamingAsk {
  int generation = 2;
  KeyKind kind = KeyKind::Id;
  std::vector<std::string> names;
  std::vector<int> currencies{0};

  [[nodiscard]] bool is_list() const { return generation > 1 && kind == KeyKind::Symbol; }
  [[nodiscard]] std::string target() const {
    std::vector<std::string_view> converts;
    for (const int currency : currencies)
      converts.push_back(kNamingCurrencies.at(static_cast<std::size_t>(currency)));
    return fmt::format("/v{}/cryptocurrency/quotes/latest?{}={}&convert={}",
                       generation,
                       to_string(kind),
                       fmt::join(names, ","),
                       fmt::join(converts, ","));
  }
};

inline std::vector<std::string> split_words(std::string_view text, std::string_view by) {
  std::vector<std::string> words;
  while (true) {
    const auto end = text.find(by);
    words.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end + by.size());
  }
}

inline std::vector<std::string> listed_words(std::string_view text) {
  return split_words(text, text.find("%2C") == std::string_view::npos ? "," : "%2C");
}

// What a call of the daemon asks.
inline NamingAsk read_naming_ask(std::string_view target) {
  NamingAsk ask;
  ask.generation = target[2] - '0';
  for (const auto& pair : split_words(target.substr(target.find('?') + 1), "&")) {
    const auto at = pair.find('=');
    const auto name = std::string_view(pair).substr(0, at);
    const auto values = listed_words(std::string_view(pair).substr(at + 1));
    for (const auto kind : {KeyKind::Id, KeyKind::Symbol, KeyKind::Slug}) {
      if (name != to_string(kind)) continue;
      ask.kind = kind;
      ask.names = values;
    }
    if (name != "convert") continue;
    ask.currencies.clear();
    for (const auto& symbol : values)
      ask.currencies.push_back(symbol == kNamingCurrencies.front() ? 0 : 1);
  }
  return ask;
}

// The third generation of this market does not tell who is active.
inline std::string naming_object(const NamingAsk& ask, const MarketCoin& coin, milliseconds now) {
  const bool has_array = ask.generation == 3;
  std::string quotes;
  for (const int currency : ask.currencies) {
    const auto symbol = kNamingCurrencies.at(static_cast<std::size_t>(currency));
    const auto price = price_text({coin.id, ask.generation, currency, now});
    if (!quotes.empty()) quotes += ',';
    quotes += has_array ? fmt::format(R"({{"symbol":"{}","price":{}}})", symbol, price)
                        : fmt::format(R"("{}":{{"price":{}}})", symbol, price);
  }
  return fmt::format(R"({{"id":{},"symbol":"{}","slug":"{}",{}"quote":{}{}{}}})",
                     coin.id,
                     coin.symbol,
                     coin.slug,
                     has_array ? "" : fmt::format(R"("is_active":{:d},)", coin.is_active),
                     has_array ? '[' : '{',
                     quotes,
                     has_array ? ']' : '}');
}

// The member, elements or nothing that stand in `data` for a name.
inline std::string naming_part(const NamingAsk& ask,
                               const std::string& name,
                               const Meaning& meaning,
                               const std::string& objects) {
  if (ask.generation == 3) return objects;
  if (ask.is_list()) return fmt::format("\"{}\":[{}]", name, objects);
  if (meaning.empty()) return {};
  const auto label = ask.kind == KeyKind::Symbol ? name : std::to_string(meaning.front());
  return fmt::format("\"{}\":{}", label, objects);
}

// The body of the answer at `now`, in which every price tells of that moment.
inline std::string naming_answer(const NamingWorld& world, const NamingAsk& ask, milliseconds now) {
  std::string data;
  std::size_t coins = 0;
  for (const auto& name : ask.names) {
    const auto meaning = world.meaning(ask.kind, ask.is_list(), name);
    std::string objects;
    for (const int id : meaning) {
      if (!objects.empty()) objects += ',';
      objects += naming_object(ask, world.coins()[static_cast<std::size_t>(id) - 1], now);
    }
    coins += meaning.size();
    const auto part = naming_part(ask, name, meaning, objects);
    if (!data.empty() && !part.empty()) data += ',';
    data += part;
  }
  const bool is_array = ask.generation == 3;
  const auto credits = std::max<std::size_t>(1, (coins + 99) / 100) + ask.currencies.size() - 1;
  return fmt::format(
      R"({{"status":{{"error_code":0,"error_message":null,"credit_count":{}}},"data":{}{}{}}})",
      credits,
      is_array ? '[' : '{',
      data,
      is_array ? ']' : '}');
}

}  // namespace quotecached::test
