#include "refill/asked_names.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "renewals_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

namespace {

using Keys = std::vector<std::uint64_t>;

LanePtr by_symbol(const std::string& converts = "USD") {
  return lane_of("/v2/cryptocurrency/quotes/latest?symbol=A&convert=" + converts);
}

struct Bed {
  AskedName& at(const std::string& text, const std::string& converts = "USD") {
    const auto lane = by_symbol(converts);
    return names.at(lane, text, hash64(key_of(*lane, text, 0)));
  }
  [[nodiscard]] std::vector<std::string> leading_to(std::uint64_t part) const {
    std::vector<std::string> texts;
    for (const auto* name : names.leading_to(part)) texts.push_back(name->text);
    return texts;
  }

  AskedNames names;
};

}  // namespace

TEST_SUITE("refill::AskedNames") {
  TEST_CASE("a name is known once, by lane, key and what it leads to") {
    Bed bed;
    auto& a = bed.at("A");
    CHECK(&bed.at("A") == &a);
    CHECK(&bed.at("A", "EUR") != &a);
    CHECK(bed.names.size() == 2);
    CHECK(bed.names.find(a.key) == &a);
    CHECK(bed.names.find(1) == nullptr);
    REQUIRE(bed.names.of(*by_symbol()).size() == 1);
    CHECK(bed.names.of(*by_symbol()).front() == &a);
    CHECK(bed.names.of(*by_symbol("GBP")).empty());
  }

  TEST_CASE("what leads to a part is known both ways, and follows it") {
    Bed bed;
    bed.names.lead(bed.at("A"), Keys{1, 2});
    bed.names.lead(bed.at("B"), Keys{2});
    CHECK(bed.leading_to(1) == std::vector<std::string>{"A"});
    CHECK(bed.leading_to(2) == std::vector<std::string>{"A", "B"});
    bed.names.lead(bed.at("A"), Keys{3});
    CHECK(bed.at("A").parts == Keys{3});
    CHECK(bed.leading_to(1).empty());
    CHECK(bed.leading_to(2) == std::vector<std::string>{"B"});
    CHECK(bed.leading_to(3) == std::vector<std::string>{"A"});
  }

  TEST_CASE("those that are asked for least are forgotten") {
    Bed bed;
    for (int i = 1; i <= 10; ++i) {
      auto& name = bed.at("S" + std::to_string(i));
      name.asks.note(i, kAsked);
      bed.names.lead(name, Keys{static_cast<std::uint64_t>(i), 99});
    }
    bed.names.forget_least(10, kAsked);
    CHECK(bed.names.size() == 10);
    bed.names.forget_least(4, kAsked);
    CHECK(bed.names.size() == 4);
    CHECK(bed.names.of(*by_symbol()).size() == 4);
    for (const auto* name : bed.names.of(*by_symbol())) CHECK(name->parts.front() > 6);
    CHECK(bed.leading_to(6).empty());
    CHECK(bed.leading_to(7).size() == 1);
    CHECK(bed.leading_to(99).size() == 4);
  }
}
