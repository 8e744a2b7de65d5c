#include "coding/encode.hpp"

#include <random>
#include <thread>
#include <vector>

#include "unit/coding/decode.hpp"

using namespace quotecached::coding;
using quotecached::test::decoded;

namespace {

std::string rows(std::size_t count) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i)
    text += R"({"id":)" + std::to_string(i) + R"(,"price":)" + std::to_string(i * 7919 % 10007) +
            R"(.123e-7,"name":"Coin"},)";
  return text + "{}]";
}

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

// In pieces of many sizes, empty ones among them.
std::vector<std::string_view> cut(std::string_view text) {
  std::vector<std::string_view> pieces{{}};
  for (std::size_t size = 1; !text.empty(); size = size * 3 % 70001 + 1) {
    pieces.push_back(text.substr(0, size));
    text.remove_prefix(pieces.back().size());
    pieces.emplace_back();
  }
  return pieces;
}

constexpr std::pair<Coding, std::vector<int> (*)()> kLevels[] = {
    {Coding::Gzip, [] { return std::vector{1, 6, 9}; }},
    {Coding::Brotli, [] { return std::vector{1, 2, 4, 5, 9}; }},
    {Coding::Zstd, [] { return std::vector{1, 3, 12}; }},
};

}  // namespace

TEST_SUITE("coding::encode") {
  TEST_CASE("what was encoded is decoded to the same bytes") {
    const std::string texts[] = {
        {}, "a", rows(5), rows(20'000), noise(300'000), std::string(1 << 20, 'x')};
    for (const auto& [coding, levels] : kLevels) {
      for (const int level : levels()) {
        for (const auto& text : texts) {
          CAPTURE(name_of(coding));
          CAPTURE(level);
          CAPTURE(text.size());
          const auto body = encode(coding, level, cut(text));
          REQUIRE(body);
          CHECK(decoded(name_of(coding), *body) == text);
        }
      }
    }
  }

  TEST_CASE("text becomes smaller") {
    const auto text = rows(1000);
    const std::string_view pieces[] = {text};
    for (const auto& [coding, levels] : kLevels) {
      CAPTURE(name_of(coding));
      const auto body = encode(coding, levels().front(), pieces);
      REQUIRE(body);
      CHECK(body->size() < text.size() / 3);
    }
  }

  TEST_CASE("threads do not share what they keep") {
    const auto text = rows(3000);
    std::vector<std::thread> threads;
    std::vector<std::string> bodies(8);
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      threads.emplace_back([&text, &body = bodies[i], i] {
        const std::string_view pieces[] = {text};
        for (int round = 0; round < 5; ++round)
          body = encode(kPreferred[i % 3], 1 + round % 3, pieces).value_or("");
      });
    }
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < bodies.size(); ++i)
      CHECK(decoded(name_of(kPreferred[i % 3]), bodies[i]) == text);
  }
}
