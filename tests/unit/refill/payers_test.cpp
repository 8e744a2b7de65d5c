#include "refill/payers.hpp"

#include <doctest/doctest.h>

#include "batch_parts.hpp"

using namespace quotecached;
using namespace quotecached::refill;
using namespace quotecached::test;

namespace {

// "alice 2, bob 1"
std::string text_of(const std::vector<credit::Payer>& payers) {
  std::string text;
  for (const auto& payer : payers) {
    if (!text.empty()) text += ", ";
    text += payer.client + ' ' + std::to_string(payer.assets);
  }
  return text;
}

std::int64_t cost_of(const BatchAsset& asset) { return asset.pendings.front()->cost.count; }

}  // namespace

TEST_SUITE("refill::payers") {
  TEST_CASE("clients pay by the number of assets that they started, in their order") {
    CHECK(text_of(payers_of({asked_by("bob", "1"),
                             asked_by("alice", "2"),
                             asked_by("", "3"),
                             asked_by("alice", "4")})) == "bob 1, alice 2,  1");
  }

  TEST_CASE("what rides costs nobody anything, also when somebody asked for it since") {
    const BatchAssets assets{
        asked_by("alice", "1"), riding("2"), riding("3"), asked_by("bob", "4")};
    assets[2].pendings.front()->is_wanted = true;
    CHECK(text_of(payers_of(assets)) == "alice 1, bob 1");
    charge(assets, {{3}, {2}});
    CHECK(cost_of(assets[0]) == 3);
    CHECK(cost_of(assets[1]) == 0);
    CHECK(cost_of(assets[2]) == 0);
    CHECK(cost_of(assets[3]) == 2);
  }

  TEST_CASE("where all that is left rode along, it bears the call") {
    const BatchAssets assets{riding("1"), riding("2")};
    for (const auto& asset : assets) asset.pendings.front()->is_wanted = true;
    CHECK(text_of(payers_of(assets)) == " 2");
    charge(assets, {{1}});
    CHECK(cost_of(assets[0]) == 1);
    charge(assets, {});  // nobody has a budget
    CHECK(cost_of(assets[0]) == 1);
  }
}
