// What is bought under some names answers under the others, byte for byte as the provider would:
// the answers to every kind of ask are made of recorded assets, cut, spelled anew in random mixes
// and held against what was cut from the answer to that ask itself.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include <doctest/doctest.h>

#include "answers.hpp"
#include "quote/alias.hpp"
#include "scanner.hpp"

TEST_SUITE("quote fidelity") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  namespace {

  // One recorded asset.
  struct Coin {
    std::string id, symbol, slug, text;
  };

  // How an endpoint answers.
  struct Generation {
    std::string_view name;
    QuoteShape shape;
    bool is_array;   // `data` is
    bool has_lists;  // by symbol
  };
  constexpr std::array kGenerations{Generation{"v1 quotes", QuoteShape::Object, false, false},
                                    Generation{"v2 quotes", QuoteShape::Object, false, true},
                                    Generation{"v3 quotes", QuoteShape::Array, true, true},
                                    Generation{"v2 info", QuoteShape::None, false, true}};

  std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  std::string upper(std::string text) {
    std::ranges::transform(
        text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }

  std::vector<Coin> coins_in(const std::string& body) {
    std::vector<Coin> coins;
    for (const ScannedItem& item : items(value_at(body, "data"))) {
      const auto text_at = [&](const char* field) {
        return std::string(unquoted(value_at(item.value, field)));
      };
      coins.push_back({text_at("id"), text_at("symbol"), text_at("slug"), std::string(item.value)});
    }
    return coins;
  }

  // As the third generation has its quotes: in a list, each with its symbol.
  std::string with_quote_list(std::string text) {
    const auto label = text.find("\"USD\"");
    const auto open = text.rfind('{', label);
    const auto inner = text.find('{', label);
    const auto close = text.find('}', inner);
    const auto outer = text.find('}', close + 1);
    text[outer] = ']';
    text.replace(open, inner + 1 - open, "[{\"symbol\":\"USD\",");
    return text;
  }

  std::string joined_by(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
    return text;
  }

  // The answer to an ask for `names`; each of its coins stands in `named`.
  std::string answer_to(const Generation& generation,
                        KeyKind kind,
                        const std::vector<std::string>& names,
                        const std::map<std::string, std::vector<const Coin*>>& named) {
    std::vector<std::string> parts;
    for (const auto& name : names) {
      std::vector<std::string> objects;
      for (const Coin* coin : named.at(name)) {
        objects.push_back(coin->text);
        if (kind == KeyKind::Symbol && !generation.has_lists) break;
      }
      const auto& first = *named.at(name).front();
      const auto& label = kind == KeyKind::Symbol ? first.symbol : first.id;
      auto value = joined_by(objects);
      if (kind == KeyKind::Symbol && generation.has_lists && !generation.is_array)
        value = "[" + value + "]";
      parts.push_back(generation.is_array ? value : "\"" + label + "\":" + value);
    }
    const auto data = joined_by(parts);
    return answer(generation.is_array ? "[" + data + "]" : "{" + data + "}");
  }

  // A market in which coins are named.
  struct Market {
    std::vector<Coin> coins;
    std::map<KeyKind, std::map<std::string, std::vector<const Coin*>>> named;
    std::map<KeyKind, std::vector<std::string>> names;

    explicit Market(std::vector<Coin> all) : coins(std::move(all)) {
      for (const auto& coin : coins) {
        named[KeyKind::Id][coin.id].push_back(&coin);
        named[KeyKind::Symbol][upper(coin.symbol)].push_back(&coin);
        named[KeyKind::Slug][coin.slug].push_back(&coin);
      }
      for (const auto& [kind, by_name] : named) {
        for (const auto& [name, those] : by_name) names[kind].push_back(name);
      }
    }
  };

  // What an ask brings, by name.
  std::map<std::string, Fragment> buy(const Generation& generation,
                                      const Market& market,
                                      KeyKind kind,
                                      std::mt19937_64& random) {
    auto names = market.names.at(kind);
    std::ranges::shuffle(names, random);
    names.resize(std::min<std::size_t>(names.size(), 1 + random() % 40));
    Want want{kind, names, {generation.shape == QuoteShape::None ? "-" : "USD"}};
    const auto cut_out = cut(endpoint(generation.shape),
                             want.view(),
                             answer_to(generation, kind, names, market.named.at(kind)));
    REQUIRE(cut_out);
    REQUIRE(cut_out->refused == std::vector<std::string>{});
    REQUIRE(cut_out->fragments.size() == names.size());
    std::map<std::string, Fragment> bought;
    for (const auto& one : cut_out->fragments) bought[names[one.asset]] = one.fragment;
    return bought;
  }

  std::vector<const Fragment*> parts_of(const std::vector<std::uint64_t>& ids,
                                        const std::map<std::string, Fragment>& by_id) {
    std::vector<const Fragment*> parts;
    for (const auto id : ids) {
      const auto found = by_id.find(std::to_string(id));
      if (found != by_id.end()) parts.push_back(&found->second);
    }
    return parts;
  }

  std::size_t check_mix(const Generation& generation,
                        const Market& market,
                        std::mt19937_64& random) {
    const auto kind = random() % 2 == 0 ? KeyKind::Symbol : KeyKind::Slug;
    const auto by_name = buy(generation, market, kind, random);
    const auto straight = buy(generation, market, KeyKind::Id, random);
    // By id: bought as such, or under some other name.
    auto by_id = straight;
    for (const auto& [name, fragment] : buy(generation, market, KeyKind::Symbol, random)) {
      for (auto& [id, part] : spell_by_id(fragment)) by_id.try_emplace(std::to_string(id), part);
    }
    for (const auto& [name, fragment] : by_name) {
      for (auto& [id, part] : spell_by_id(fragment)) {
        const auto bought = straight.find(std::to_string(id));
        if (bought != straight.end()) CHECK(part == bought->second);
        by_id.try_emplace(std::to_string(id), part);
      }
    }
    std::size_t spelled = 0;
    for (const auto& [name, fragment] : by_name) {
      const auto alias = alias_of(fragment, kind);
      const auto ids = ids_in(alias);
      REQUIRE(ids);
      const auto parts = parts_of(*ids, by_id);
      REQUIRE(parts.size() == ids->size());
      const auto made = spell_by_name(alias, kind, name, parts);
      REQUIRE_MESSAGE(made, name << " as " << alias);
      CHECK(*made == fragment);
      ++spelled;
    }
    return spelled;
  }

  void check_generation(const Generation& generation, const std::vector<Coin>& recorded) {
    CAPTURE(generation.name);
    std::mt19937_64 random(11);
    std::size_t spelled = 0;
    for (int round = 0; round < 30; ++round) {
      auto coins = recorded;
      std::ranges::shuffle(coins, random);
      coins.resize(std::min<std::size_t>(coins.size(), 60));
      // Some tickers are shared.
      for (std::size_t i = 1; i < coins.size(); ++i) {
        if (random() % 3 != 0) continue;
        auto& coin = coins[i];
        const auto ticker = "\"" + coins[i - 1].symbol + "\"";
        const auto at = coin.text.find("\"" + coin.symbol + "\"", coin.text.find("\"symbol\""));
        coin.text.replace(at, coin.symbol.size() + 2, ticker);
        coin.symbol = coins[i - 1].symbol;
      }
      const Market market(std::move(coins));
      for (int mix = 0; mix < 10; ++mix) spelled += check_mix(generation, market, random);
    }
    CHECK(spelled > 300);
    MESSAGE(generation.name << ": " << spelled
                            << " names spelled from what was bought by id and otherwise");
  }

  }  // namespace

  TEST_CASE("what recorded assets are bought as, they answer as under every name") {
    const std::filesystem::path folder = QUOTECACHED_RECORDINGS;
    if (!std::filesystem::exists(folder)) {
      MESSAGE("SKIPPED: no recordings in " << folder);
      return;
    }
    auto quotes = coins_in(
        read(folder /
             "v2_cryptocurrency_quotes_latest__by_id_batch_1_500_convert_USD_skip_invalid.json"));
    REQUIRE(quotes.size() == 500);
    const auto infos = coins_in(read(folder / "v2_cryptocurrency_info__id_1+2010.json"));
    for (const auto& generation : kGenerations) {
      auto coins = generation.shape == QuoteShape::None ? infos : quotes;
      if (generation.shape == QuoteShape::Array) {
        for (auto& coin : coins) coin.text = with_quote_list(coin.text);
      }
      check_generation(generation, coins);
    }
  }
}
