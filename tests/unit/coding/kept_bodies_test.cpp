#include "coding/kept_bodies.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::coding;

namespace {

KeptBodies::Source copy(std::int64_t cost = 0) { return {std::make_shared<const int>(1), cost}; }

Body body(std::size_t size, char c = 'x') {
  return std::make_shared<const std::string>(std::string(size, c));
}

}  // namespace

TEST_SUITE("coding::KeptBodies") {
  TEST_CASE("a body is found by its copy, cost and coding, and by no other") {
    KeptBodies kept(mebibytes(1));
    const auto source = copy();
    const auto text = body(1000);
    kept.keep(source, Coding::Gzip, text);
    CHECK(kept.find(source, Coding::Gzip) == text);
    CHECK(kept.find(source, Coding::Zstd) == nullptr);
    CHECK(kept.find({source.copy, 1}, Coding::Gzip) == nullptr);
    CHECK(kept.find(copy(), Coding::Gzip) == nullptr);
    CHECK(kept.load().hits == 1);
    CHECK(kept.load().bodies == 1);
  }

  TEST_CASE("a body that comes anew replaces the one there is") {
    KeptBodies kept(mebibytes(1));
    const auto source = copy();
    kept.keep(source, Coding::Gzip, body(1000));
    const auto before = kept.load().bytes;
    const auto second = body(1000, 'y');
    kept.keep(source, Coding::Gzip, second);
    CHECK(kept.find(source, Coding::Gzip) == second);
    CHECK(kept.load().bytes == before);
  }

  TEST_CASE("who was not asked for longest makes room") {
    KeptBodies kept(kibibytes(64));
    const auto first = copy();
    const auto second = copy();
    const auto third = copy();
    kept.keep(first, Coding::Gzip, body(30'000));
    kept.keep(second, Coding::Gzip, body(30'000));
    CHECK(kept.find(first, Coding::Gzip));
    kept.keep(third, Coding::Gzip, body(30'000));
    CHECK(kept.find(first, Coding::Gzip));
    CHECK_FALSE(kept.find(second, Coding::Gzip));
    CHECK(kept.find(third, Coding::Gzip));
    CHECK(kept.load().bytes <= kibibytes(64).count);
  }

  TEST_CASE("what alone is too large is not kept, and with no room nothing is") {
    KeptBodies kept(kibibytes(64));
    const auto small = copy();
    kept.keep(small, Coding::Gzip, body(1000));
    const auto large = copy();
    kept.keep(large, Coding::Gzip, body(70'000));
    CHECK_FALSE(kept.find(large, Coding::Gzip));
    CHECK(kept.find(small, Coding::Gzip));
    KeptBodies none(Bytes{0});
    none.keep(small, Coding::Gzip, body(10));
    CHECK_FALSE(none.find(small, Coding::Gzip));
    CHECK(none.load().bytes == 0);
  }

  TEST_CASE("a copy that is gone takes its bodies along when another comes") {
    KeptBodies kept(mebibytes(1));
    for (int i = 0; i < 100; ++i) kept.keep(copy(i), Coding::Brotli, body(1000));
    CHECK(kept.load().bodies == 1);
  }

  TEST_CASE("another copy at the address of one that is gone does not get its body") {
    KeptBodies kept(mebibytes(1));
    alignas(int) unsigned char place[sizeof(int)];
    const auto at_place = [&place] {
      return std::shared_ptr<const int>(new (place) int(1), [](const int*) {});
    };
    kept.keep({at_place(), 0}, Coding::Gzip, body(100));
    const KeptBodies::Source second{at_place(), 0};
    CHECK_FALSE(kept.find(second, Coding::Gzip));
    CHECK(kept.load().bytes == 0);
  }
}
