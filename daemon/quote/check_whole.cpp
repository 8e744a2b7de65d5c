#include "quote/check_whole.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/ascii.hpp"

namespace quotecached::quote {
namespace {

using catalog::DataShape;

constexpr std::size_t kLongestStranger = 40;

bool has_shape(DataShape shape, WholeFacts::Type type) {
  switch (shape) {
    case DataShape::Object: return type == WholeFacts::Type::Object;
    case DataShape::Array: return type == WholeFacts::Type::Array;
    case DataShape::Either: break;
  }
  return type != WholeFacts::Type::Scalar;
}

// Pages that are fetched one after another overlap a little when assets change places; a page that
// lost more than a quarter of its rows did not come whole.
bool is_much_less(std::size_t now, std::size_t before) { return now * 4 < before * 3; }

bool is_flawed(const PricedAsset& asset) { return !asset.is_good; }

bool lost_a_price(const WholeFacts& facts, const WholeFacts& held) {
  std::unordered_set<std::uint64_t> flawed;
  for (const auto& asset : facts.prices) {
    if (is_flawed(asset)) flawed.insert(asset.id);
  }
  return std::ranges::any_of(held.prices, [&](const PricedAsset& asset) {
    return asset.is_good && flawed.contains(asset.id);
  });
}

}  // namespace

std::string objection_to(const catalog::Endpoint& endpoint,
                         const catalog::WholeAsk& ask,
                         const WholeFacts& facts) {
  if (!has_shape(endpoint.data_shape, facts.type)) return "data of another type";
  if (facts.is_ambiguous) return "a key twice";
  if (!facts.stranger.empty())
    return fmt::format("{} was not asked for", printable_part(facts.stranger, kLongestStranger));
  // One row without the currency is odd; most rows without it answer another question.
  if (facts.lacking * 2 > facts.quoted)
    return fmt::format("no quotes in {}", fmt::join(ask.converts, ","));
  return {};
}

bool is_empty(const WholeFacts& facts) noexcept { return facts.members == 0; }

std::string_view contradiction_in(const catalog::WholeAsk& ask, const WholeFacts& facts) noexcept {
  const bool is_page = facts.type == WholeFacts::Type::Array && facts.total && ask.limit > 0;
  if (!is_page || ask.is_narrowed || *facts.total < ask.start) return {};
  const std::uint64_t left = *facts.total - ask.start + 1;
  const std::uint64_t expected = std::min<std::uint64_t>(ask.limit, left);
  if (facts.rows >= expected) return {};
  // The total is counted at another moment than the rows: one in twenty may be missing.
  const bool is_short = (expected - facts.rows) * 20 > expected;
  return is_short ? "fewer rows than its own total says" : "";
}

bool may_contradict(const catalog::WholeAsk& ask, const WholeFacts& facts) noexcept {
  const bool is_full =
      facts.type == WholeFacts::Type::Array && ask.limit > 0 && facts.rows >= ask.limit;
  return !is_full || std::ranges::any_of(facts.prices, is_flawed);
}

std::string_view contradiction_of(const WholeFacts& facts, const WholeFacts& held) {
  if (is_empty(facts) && !is_empty(held)) return "nothing in place of a page";
  if (is_much_less(facts.members, held.members) || is_much_less(facts.rows, held.rows))
    return "far fewer rows than before";
  if (lost_a_price(facts, held)) return "no price in place of one";
  return {};
}

}  // namespace quotecached::quote
