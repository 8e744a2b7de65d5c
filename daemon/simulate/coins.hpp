// What symbols and slugs lead to: the coins of the provider's map, and one of its own for each name
// that the map does not have.
//
// Pure. Copied for each simulation, which adds names as they are asked for: it grows with the
// different names of a trace, never with its length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::simulate {

struct Coin {
  std::uint64_t id = 0;
  std::uint64_t rank = 0;  // 0: it has none
  bool is_active = true;
  std::string symbol, slug;  // empty: it is not known
};

class Coins {
 public:
  // Of nothing: each name leads to a coin of its own.
  Coins() = default;
  // Of an answer of /v1/cryptocurrency/map (`endpoint`). Fails with Invalid when it is none.
  static Result<Coins> of_map(std::string_view answer, const catalog::Endpoint& endpoint);

  // All that a symbol (in capitals), a slug or an id leads to, the one first that the provider
  // means where it means one. Never none: what the map does not have is added. Valid until the next
  // call.
  [[nodiscard]] std::vector<const Coin*> called(catalog::KeyKind kind, std::string_view name);
  // Does the map have it?
  [[nodiscard]] bool is_in_map(catalog::KeyKind kind, std::string_view name) const;

  [[nodiscard]] std::size_t size() const noexcept { return coins_.size(); }

 private:
  using Places = std::vector<std::size_t>;  // in `coins_`
  using ByName = std::map<std::string, Places, std::less<>>;

  void add(Coin coin);
  void rank_namesakes();
  [[nodiscard]] ByName& names_of(catalog::KeyKind kind);
  [[nodiscard]] const ByName& names_of(catalog::KeyKind kind) const;

  std::vector<Coin> coins_;
  std::size_t in_map_ = 0;  // the first so many are the map's
  ByName ids_, symbols_, slugs_;
};

}  // namespace quotecached::simulate
