#include "cache/codec.hpp"

#include <cstring>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "fakes.hpp"

using namespace quotecached;
using namespace quotecached::cache;

namespace {

const std::string kKey = "qc1:quotes:id:1:USD:0";

Entry make(std::string text, std::vector<Slot> slots = {}) {
  Entry entry;
  entry.content_hash = hash64(text);
  entry.fragment.text = std::move(text);
  entry.fragment.slots = std::move(slots);
  entry.fetched_at = test::kNow;
  entry.fresh_until = test::kNow + std::chrono::seconds(60);
  entry.stale_until = test::kNow + std::chrono::hours(24);
  return entry;
}

bool is_equal(const Entry& a, const Entry& b) {
  return a.fragment == b.fragment && a.fetched_at == b.fetched_at &&
         a.fresh_until == b.fresh_until && a.stale_until == b.stale_until &&
         a.content_hash == b.content_hash && a.is_negative == b.is_negative;
}

std::string repeated(std::size_t size) {
  std::string text;
  while (text.size() < size) text += R"("price":67123.4567890123,"volume_24h":7e-8,)";
  text.resize(size);
  return text;
}

// The checksum stands in bytes 2 to 9; this makes that of a forged value right.
std::string resealed(std::string stored, std::string_view key) {
  const std::uint64_t sum = hash64(std::string_view(stored).substr(10), hash64(key));
  for (std::size_t i = 0; i < 8; ++i) stored[2 + i] = static_cast<char>(sum >> (8 * i));
  return stored;
}

constexpr std::size_t kFlagsAt = 10;
constexpr std::size_t kFetchedAt = 11;
constexpr std::size_t kTextSizeAt = 43;
constexpr std::size_t kSlotCountAt = 47;
constexpr std::size_t kSlotsAt = 51;

}  // namespace

TEST_SUITE("cache::codec") {
  TEST_CASE("what was encoded decodes to the same entry") {
    struct Row {
      const char* name;
      Entry entry;
    };
    Entry negative = make("");
    negative.is_negative = true;
    Entry zeros = make("{}");
    zeros.fetched_at = zeros.fresh_until = zeros.stale_until = TimePoint{};
    const Row rows[] = {
        {"a fragment", make(R"("1":{"id":1,"quote":{"USD":{"price":7e-8}}})", {{1, 25, 40}})},
        {"several slots", make(repeated(600), {{1, 0, 10}, {2, 10, 10}, {3, 599, 600}})},
        {"no slots", make("[1,2,3]")},
        {"a negative entry", negative},
        {"bytes that are no text", make(std::string("\0\xff\n\x80", 4))},
        {"the epoch", zeros},
        {"just not compressed", make(repeated(1024), {{9, 1023, 1024}})},
        {"just compressed", make(repeated(1025), {{9, 1024, 1025}})},
        {"a long answer", make(repeated(300'000))},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const std::string stored = encode(row.entry, kKey);
      const auto decoded = decode(stored, kKey);
      REQUIRE(decoded);
      CHECK(is_equal(**decoded, row.entry));
    }
  }

  TEST_CASE("long texts are compressed when that makes them smaller") {
    const Entry plain = make(repeated(1024));
    const Entry compressible = make(repeated(20'000));
    std::string noise;
    for (std::uint64_t i = 0; noise.size() < 4096; ++i) {
      const std::uint64_t bits = hash64("noise", i);
      noise.append(reinterpret_cast<const char*>(&bits), sizeof bits);
    }
    CHECK(encode(plain, kKey).size() == kSlotsAt + 1024);
    CHECK(encode(compressible, kKey).size() < 2000);
    CHECK(encode(make(noise), kKey).size() == kSlotsAt + noise.size());
    const auto decoded = decode(encode(make(noise), kKey), kKey);
    REQUIRE(decoded);
    CHECK((*decoded)->fragment.text == noise);
  }

  TEST_CASE("a value filed under another key does not decode") {
    const std::string stored = encode(make("{}"), kKey);
    for (const char* other : {"", "qc1:quotes:id:1:USD:1", "qc1:quotes:id:1:USD:0 "}) {
      CAPTURE(other);
      const auto decoded = decode(stored, other);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error().code == ErrorCode::Invalid);
    }
  }

  TEST_CASE("no single flipped bit goes unnoticed") {
    const Entry entries[] = {make("{\"id\":1}", {{1, 1, 5}}), make(repeated(1500), {{1, 0, 9}})};
    for (const Entry& entry : entries) {
      const std::string stored = encode(entry, kKey);
      for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
        std::string flipped = stored;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        if (decode(flipped, kKey)) FAIL_CHECK("bit ", bit, " flipped and decoded");
      }
    }
  }

  TEST_CASE("no truncated or extended value decodes") {
    const std::string stored = encode(make(repeated(1500), {{1, 0, 9}}), kKey);
    for (std::size_t size = 0; size < stored.size(); ++size) {
      if (decode(stored.substr(0, size), kKey)) FAIL_CHECK("decoded ", size, " bytes");
    }
    CHECK_FALSE(decode(stored + '\0', kKey));
    CHECK_FALSE(decode("", kKey));
  }

  TEST_CASE("a forged header with a right checksum is refused by its values") {
    struct Row {
      const char* name;
      std::size_t at;
      std::string bytes;
    };
    const Entry entry = make("0123456789", {{1, 2, 5}});
    const std::string stored = encode(entry, kKey);
    const Row rows[] = {
        {"unknown flag", kFlagsAt, "\x04"},
        {"compressed, but is not", kFlagsAt, "\x02"},
        {"a time before the epoch", kFetchedAt, std::string(8, '\xff')},
        {"a time past the year 10000", kFetchedAt, std::string("\0\0\0\0\0\0\0\x7f", 8)},
        {"text one longer", kTextSizeAt, "\x0b"},
        {"text one shorter", kTextSizeAt, "\x09"},
        {"text of 4 GiB", kTextSizeAt, std::string(4, '\xff')},
        {"more slots than bytes", kSlotCountAt, std::string(4, '\xff')},
        {"a slot too many", kSlotCountAt, "\x02"},
        {"no slot", kSlotCountAt, std::string(1, '\0')},
        {"slot ends before it begins", kSlotsAt + 8, "\x06"},
        {"slot past the text", kSlotsAt + 12, "\x0b"},
    };
    REQUIRE(decode(resealed(stored, kKey), kKey));
    for (const Row& row : rows) {
      CAPTURE(row.name);
      std::string forged = stored;
      forged.replace(row.at, row.bytes.size(), row.bytes);
      const auto decoded = decode(resealed(forged, kKey), kKey);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error().code == ErrorCode::Invalid);
    }
  }

  TEST_CASE("a text above the limit is refused before it is unpacked") {
    CodecLimits limits;
    limits.max_payload = Bytes{5000};
    const std::string fits = encode(make(repeated(5000)), kKey);
    const std::string bomb = encode(make(std::string(5001, ' ')), kKey);
    CHECK(bomb.size() < 200);
    CHECK(decode(fits, kKey, limits));
    CHECK_FALSE(decode(bomb, kKey, limits));
  }

  TEST_CASE("times no clock shows are stored as the nearest that can be") {
    Entry entry = make("{}");
    entry.fetched_at = TimePoint(milliseconds(-5));
    entry.stale_until = TimePoint(milliseconds(std::numeric_limits<std::int64_t>::max()));
    const auto decoded = decode(encode(entry, kKey), kKey);
    REQUIRE(decoded);
    CHECK((*decoded)->fetched_at == TimePoint{});
    CHECK((*decoded)->stale_until > test::kNow + std::chrono::hours(24 * 365 * 1000));
  }
}
