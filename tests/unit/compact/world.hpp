// What tests of the compact endpoint hold: entries under their keys, aliases, lists, and what an
// ask gets of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "compact/picture.hpp"

namespace quotecached::test {

using namespace std::chrono_literals;

// A memory and a moment.
struct CompactWorld {
  const catalog::Catalogue& catalogue = catalog::Catalogue::built_in();
  const compact::Endpoints endpoints = compact::endpoints_of(catalogue);
  const compact::Lots lots{catalogue, endpoints};
  compact::SourceBook sources{endpoints, lots.all()};
  compact::Windows windows{endpoints};
  std::map<std::string, cache::EntryPtr, std::less<>> memory;
  TimePoint now{1'700'000'000s};

  void put(const std::string& key, cache::Entry entry) {
    const auto held = std::make_shared<const cache::Entry>(std::move(entry));
    memory[key] = held;
    sources.note(key);
    windows.note({key, held});
  }

  [[nodiscard]] cache::Entry entry(std::string text, milliseconds age) const {
    cache::Entry made;
    made.fragment.text = std::move(text);
    made.fetched_at = now - age;
    made.fresh_until = made.fetched_at + 60s;
    made.stale_until = made.fresh_until + 24h;
    return made;
  }

  static std::string coin(int id, const std::string& symbol, const std::string& price) {
    return "{\"id\":" + std::to_string(id) + ",\"name\":\"Coin " + std::to_string(id) +
           "\",\"symbol\":\"" + symbol + "\",\"slug\":\"coin-" + std::to_string(id) +
           "\",\"cmc_rank\":" + std::to_string(id * 10) +
           ",\"quote\":{\"USD\":{\"price\":" + price +
           ",\"volume_24h\":5,\"last_updated\":\"t\"}}}";
  }

  static std::string simple_coin(int id, const std::string& symbol, const std::string& quote) {
    const auto name = std::to_string(id);
    return "{\"id\":" + name + ",\"name\":\"Coin " + name + "\",\"symbol\":\"" + symbol +
           "\",\"slug\":\"coin-" + name + "\",\"quotes\":[{\"symbol\":\"USD\"," + quote + "}]}";
  }

  // By id, as v2 tells it.
  void hold(int id, const std::string& symbol, const std::string& price, milliseconds age) {
    const auto name = std::to_string(id);
    put("qc1:v2.quotes:id:" + name + ":USD:-",
        entry("\"" + name + "\":" + coin(id, symbol, price), age));
  }

  // As simple/price tells it to who asked for no more than prices.
  void hold_untimed(int id, const std::string& symbol, const std::string& price, milliseconds age) {
    put("qc1:v2.simple_price:id:" + std::to_string(id) + ":USD:-",
        entry(simple_coin(id, symbol, "\"price\":" + price), age));
  }

  // As simple/price tells it.
  void hold_simple(int id, const std::string& symbol, const std::string& price, milliseconds age) {
    put("qc1:v2.simple_price:id:" + std::to_string(id) +
            ":USD:" + lots.by_asset({false, {"price"}}).variant,
        entry(simple_coin(id, symbol, "\"price\":" + price + ",\"last_updated\":\"t\""), age));
  }

  void hold_alias(const std::string& kind,
                  const std::string& name,
                  const std::string& text,
                  milliseconds age = 0ms) {
    auto alias = entry(text, age);
    alias.fresh_until = alias.fetched_at + 1h;
    put("qc1:alias:v2.quotes:" + kind + ":" + name, alias);
  }

  void hold_unknown(const std::string& key) {
    auto negative = entry("", 0ms);
    negative.is_negative = true;
    put(key, negative);
  }

  [[nodiscard]] compact::Holdings holdings() const {
    return {[this](std::string_view key, std::uint64_t) {
              const auto found = memory.find(key);
              return found == memory.end() ? nullptr : found->second;
            },
            endpoints,
            sources.sources(),
            windows.all()};
  }

  static compact::Ask ask(std::string_view query) {
    auto read = compact::parse_ask(query, {}, {});
    REQUIRE(std::holds_alternative<compact::Ask>(read));
    return std::get<compact::Ask>(std::move(read));
  }
};

}  // namespace quotecached::test
