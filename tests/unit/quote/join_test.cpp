#include <limits>

#include <doctest/doctest.h>

#include "answers.hpp"

TEST_SUITE("quote::join") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  using Converts = std::vector<const Fragment*>;
  const Fragment usd{R"("1":{"id":1,"quote":{"USD":1},"z":0})", {{1, 21, 28}}};
  const Fragment eur{R"("1":{"id":1,"quote":{"EUR":22},"z":0})", {{1, 21, 29}}};

  TEST_CASE("converts are spliced in the order given") {
    REQUIRE(can_splice(Converts{&usd, &eur}));
    CHECK(joined({&usd}) == R"("1":{"id":1,"quote":{"USD":1},"z":0})");
    CHECK(joined({&usd, &eur}) == R"("1":{"id":1,"quote":{"USD":1,"EUR":22},"z":0})");
    CHECK(joined({&eur, &usd}) == R"("1":{"id":1,"quote":{"EUR":22,"USD":1},"z":0})");
  }

  TEST_CASE("joining into a grown vector allocates nothing and copies no text") {
    Pieces pieces;
    pieces.reserve(16);
    const auto* const before = pieces.data();
    append_asset(pieces, Converts{&usd, &eur});
    CHECK(pieces.data() == before);
    CHECK(pieces.size() == 4);
    CHECK(pieces.front().data() == usd.text.data());
  }

  TEST_CASE(
      "coins under one ticker are joined by their id, in whatever order each fetch has them") {
    const Fragment first{R"("X":[{"id":1,"quote":{"USD":1}},{"id":2,"quote":{"USD":2}}])",
                         {{1, 22, 29}, {2, 49, 56}}};
    const Fragment turned{R"("X":[{"id":2,"quote":{"EUR":22}},{"id":1,"quote":{"EUR":11}}])",
                          {{2, 22, 30}, {1, 50, 58}}};
    REQUIRE(can_splice(Converts{&first, &turned}));
    CHECK(joined({&first, &turned}) ==
          R"("X":[{"id":1,"quote":{"USD":1,"EUR":11}},{"id":2,"quote":{"USD":2,"EUR":22}}])");
    CHECK(joined({&turned, &first}) ==
          R"("X":[{"id":2,"quote":{"EUR":22,"USD":2}},{"id":1,"quote":{"EUR":11,"USD":1}}])");
    Fragment other = turned;
    other.slots[1].asset_id = 3;
    CHECK(!can_splice(Converts{&first, &other}));
    other.slots[1].asset_id = 2;  // twice the same
    CHECK(!can_splice(Converts{&first, &other}));
  }

  TEST_CASE("only fragments of the same assets can be spliced") {
    const Fragment other{usd.text, {{2, 21, 28}}};
    const Fragment two{R"([{"id":1,"quote":{"USD":1}},{"id":2,"quote":{"USD":1}}])",
                       {{1, 18, 25}, {2, 45, 52}}};
    const Fragment element{usd.text.substr(4), {{1, 17, 24}}};
    const Fragment plain{R"("1":{"id":1})", {}};
    CHECK(can_splice(Converts{&two, &two}));
    CHECK(!can_splice(Converts{&usd, &other}));
    CHECK(!can_splice(Converts{&usd, &two}));
    CHECK(!can_splice(Converts{&usd, &element}));
    // Without quotes there is nothing to splice, so that only equals can be one.
    const Fragment other_plain{R"("1":{"id":1,"a":0})", {}};
    CHECK(can_splice(Converts{&plain, &plain}));
    CHECK(joined({&plain, &plain}) == plain.text);
    CHECK(!can_splice(Converts{&plain, &other_plain}));
    CHECK(!can_splice(Converts{&plain, &usd}));
    CHECK(!can_splice(Converts{&usd, &plain}));
    const Fragment nothing;
    CHECK(!can_splice(Converts{&nothing, &nothing}));
    CHECK(can_splice(Converts{&plain}));
    CHECK(!can_splice({}));
  }

  TEST_CASE("quotes that are members are never spliced with quotes that are elements") {
    const std::string head = R"("1":{"id":1,"quote":)";
    const auto fragment = [&](const std::string& container, const std::string& slot) {
      const auto begin = static_cast<std::uint32_t>(head.size() + 1);
      const auto end = static_cast<std::uint32_t>(begin + slot.size());
      return Fragment{head + container[0] + slot + container[1] + "}", {{1, begin, end}}};
    };
    const auto member = fragment("{}", R"("USD":{"price":1})");
    const auto spaced = fragment("{}", " \n\"EUR\":{\"price\":2}");
    const auto element = fragment("[]", R"({"symbol":"EUR","price":2})");
    CHECK(can_splice(Converts{&member, &spaced}));
    CHECK(can_splice(Converts{&element, &element}));
    CHECK_FALSE(can_splice(Converts{&member, &element}));
    CHECK_FALSE(can_splice(Converts{&element, &spaced}));
  }

  TEST_CASE("slots that do not fit the text are never spliced") {
    const auto size = static_cast<std::uint32_t>(usd.text.size());
    for (const Slot slot : {Slot{1, 5, 5},
                            Slot{1, 6, 5},
                            Slot{1, 5, size + 1},
                            Slot{1, std::numeric_limits<std::uint32_t>::max(), 0}}) {
      CAPTURE(slot.begin);
      const Fragment broken{usd.text, {slot}};
      CHECK(!can_splice(Converts{&usd, &broken}));
      CHECK(!can_splice(Converts{&broken, &usd}));
    }
    const Fragment crossing{usd.text, {{1, 10, 20}, {2, 19, 25}}};
    CHECK(!can_splice(Converts{&crossing, &crossing}));
  }

  TEST_CASE("members rank as the provider orders them: integers ascending, then the rest") {
    struct Row {
      const char* text;
      std::uint64_t rank;
    };
    constexpr auto kLast = std::numeric_limits<std::uint64_t>::max();
    const Row rows[] = {{"\"0\":{}", 0},
                        {"\"1\":{}", 1},
                        {"\"1027\" : {}", 1027},
                        {"\"4294967294\":{}", 4294967294},
                        {"\"4294967295\":{}", kLast},
                        {"\"99999999999999999999\":{}", kLast},
                        {"\"01\":{}", kLast},
                        {"\"1INCH\":{}", kLast},
                        {"\"-1\":{}", kLast},
                        {"\"BTC\":{}", kLast},
                        {"\"\":{}", kLast},
                        {"\"12", kLast},
                        {"{\"id\":1}", kLast},
                        {"", kLast}};
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(member_rank(Fragment{row.text, {}}) == row.rank);
    }
    CHECK(is_keyed(usd));
    CHECK(!is_keyed(Fragment{"{\"id\":1}", {}}));
    CHECK(!is_keyed(Fragment{}));
  }
}
