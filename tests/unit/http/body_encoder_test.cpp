#include "http/body_encoder.hpp"

#include "unit/coding/decode.hpp"

using namespace quotecached;
using namespace quotecached::test;

namespace {

constexpr std::size_t kLarge = 100'000;  // more than is encoded at once

cache::EntryPtr entry_of(std::string text) {
  cache::Entry entry;
  entry.fragment.text = std::move(text);
  return std::make_shared<const cache::Entry>(std::move(entry));
}

proxy::Answer whole_of(const cache::EntryPtr& entry, std::int64_t cost = 0) {
  proxy::Answer answer;
  answer.owners = {entry};
  answer.pieces = {entry->fragment.text};
  answer.is_whole = true;
  answer.cost = {cost};
  return answer;
}

}  // namespace

TEST_SUITE("http::BodyEncoder") {
  TEST_CASE("the body of a whole answer is encoded once") {
    http::BodyEncoder encoder({});
    const auto entry = entry_of(std::string(kLarge, 'x'));
    auto first = whole_of(entry);
    REQUIRE(encoder.takes_long(first, coding::Coding::Gzip));
    encoder.encode(first, coding::Coding::Gzip);
    CHECK(first.coding == "gzip");
    CHECK(first.owners.empty());
    CHECK(gunzip(first.pieces.at(0)) == entry->fragment.text);
    auto second = whole_of(entry);
    CHECK_FALSE(encoder.takes_long(second, coding::Coding::Gzip));
    CHECK(second.encoded == first.encoded);
    auto other_coding = whole_of(entry);
    CHECK(encoder.takes_long(other_coding, coding::Coding::Zstd));
    auto other_cost = whole_of(entry, 1);
    CHECK(encoder.takes_long(other_cost, coding::Coding::Gzip));
    auto other_copy = whole_of(entry_of(entry->fragment.text));
    CHECK(encoder.takes_long(other_copy, coding::Coding::Gzip));
  }

  TEST_CASE("the body of an answer that was joined is not kept") {
    http::BodyEncoder encoder({});
    const auto entry = entry_of(std::string(kLarge, 'x'));
    for (int i = 0; i < 2; ++i) {
      auto answer = whole_of(entry);
      answer.is_whole = false;
      REQUIRE(encoder.takes_long(answer, coding::Coding::Brotli));
      encoder.encode(answer, coding::Coding::Brotli);
      CHECK(unbrotli(answer.pieces.at(0)) == entry->fragment.text);
    }
  }
}
