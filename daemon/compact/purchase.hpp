// What must be bought for an ask, and where a credit covers most of it.
//
// Pure. What comes of it are targets of the provider's endpoints, as a client would ask them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compact/ask.hpp"
#include "compact/source.hpp"
#include "proxy/freshness.hpp"

namespace quotecached::compact {

inline constexpr std::size_t kListStep = 200;  // rows of a list that a credit covers

// Where figures are bought by asset: the endpoint, and what it is asked beside assets and converts.
struct Lot {
  const catalog::Endpoint* endpoint = nullptr;
  std::string options;  // "&include_all=true"
  std::string variant;  // of the keys that its answers are filed under
};

// Is the field told only by those who ask for it by `aux`?
[[nodiscard]] bool is_told_when_asked(std::string_view field) noexcept;

// All lots that asks may need. Immutable.
class Lots {
 public:
  Lots(const catalog::Catalogue& catalogue, const Endpoints& endpoints);

  // The one that covers the fields with the fewest credits.
  [[nodiscard]] const Lot& by_asset(const Fields& fields) const noexcept;
  // The same by symbol: of an endpoint that tells who shares one, and how they rank.
  [[nodiscard]] const Lot& by_symbol(const Fields& fields) const noexcept;
  // Whether lists have the fields as well.
  [[nodiscard]] bool are_listed(const Fields& fields) const noexcept;
  [[nodiscard]] std::vector<const Lot*> all() const { return {&simple_, &quotes_, &extended_}; }

 private:
  Lot simple_;
  Lot quotes_;
  Lot extended_;  // with the fields that are told only when asked
};

// How an asset is asked for.
enum class Way : std::uint8_t { ByName, ById, ByList };
using Ways = std::uint8_t;  // a bit for each
[[nodiscard]] constexpr Ways bit(Way way) noexcept {
  return static_cast<Ways>(1U << static_cast<unsigned>(way));
}

inline constexpr Ways kAllWays = 7;

// What an asset lacks.
struct Want {
  std::size_t asset = 0;                           // position in the ask
  std::uint64_t id = 0;                            // 0: not known
  std::optional<std::uint64_t> rank;               // as far as a copy tells
  std::vector<std::size_t> converts;               // positions in the ask, ascending
  proxy::Standing has = proxy::Standing::Missing;  // the worst of its copies in those converts
  bool is_held_in_lot = false;  // these copies are of the lot that it is bought of
};

// One request of the provider's endpoints.
struct Errand {
  std::string target;
  Way way = Way::ById;
  std::vector<std::size_t> wants;  // positions
};

// The rows of a list, from the first rank on, that are bought instead of assets by id; 0: none,
// buying by id costs no more. `ranks`: of the assets that are wanted, as far as known; `assets`:
// all of them; `batch`: that a credit covers by id.
[[nodiscard]] std::size_t rows_worth_listing(std::span<const std::uint64_t> ranks,
                                             std::size_t assets,
                                             std::size_t converts,
                                             std::size_t batch);

// The errands that bring what is wanted. `tried`, by want: ways that were gone before, which are
// not gone again.
[[nodiscard]] std::vector<Errand> errands_for(const Ask& ask,
                                              std::span<const Want> wants,
                                              std::span<const Ways> tried,
                                              const Lots& lots,
                                              const Endpoints& endpoints);

// The requests by id that buy all of `ids` in the ask's currencies, whatever is held.
[[nodiscard]] std::vector<std::string> targets_of(const Ask& ask,
                                                  std::span<const std::uint64_t> ids,
                                                  const Lots& lots,
                                                  const Endpoints& endpoints);

}  // namespace quotecached::compact
