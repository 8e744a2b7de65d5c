// Where copies of an asset's quotes are filed: the endpoints that tell quotes, and the variants
// (parameters beside assets and converts) that clients have asked them with.
//
// SourceBook is thread-safe; the rest is plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "catalog/catalogue.hpp"

namespace quotecached::compact {

struct Source {
  const catalog::Endpoint* endpoint = nullptr;
  std::string variant = "-";  // of its keys
  bool tells_all = false;     // every field that the endpoint tells unasked
  friend bool operator==(const Source&, const Source&) = default;
};
using Sources = std::vector<Source>;
using SourcesPtr = std::shared_ptr<const Sources>;

// The endpoints that this module asks and reads, by their part in it.
struct Endpoints {
  const catalog::Endpoint* simple = nullptr;     // figures that are asked for most, 250 a credit
  const catalog::Endpoint* quotes = nullptr;     // all figures, 100 a credit
  const catalog::Endpoint* listings = nullptr;   // the same by rank, 200 a credit
  std::vector<const catalog::Endpoint*> others;  // read when clients have asked them
  std::vector<const catalog::Endpoint*> lists;   // whose rows are read when clients have

  [[nodiscard]] std::vector<const catalog::Endpoint*> by_asset() const;
  [[nodiscard]] const catalog::Endpoint* list_of_key(std::string_view key) const;
};
// The asset whose copy by id is filed under `key`; 0: it is no such key.
[[nodiscard]] std::uint64_t asset_of_key(std::string_view key) noexcept;
// Requires: the catalogue has them.
[[nodiscard]] Endpoints endpoints_of(const catalog::Catalogue& catalogue);

struct Lot;

class SourceBook {
 public:
  // Holds the endpoints without parameters and the lots from the first, then what it learns.
  SourceBook(const Endpoints& endpoints, const std::vector<const Lot*>& lots);

  // An entry was filed under `key`.
  void note(std::string_view key);
  [[nodiscard]] SourcesPtr sources() const;

 private:
  static constexpr std::ptrdiff_t kMostLearned = 6;  // variants of an endpoint, the last ones noted

  std::vector<const catalog::Endpoint*> endpoints_;
  std::ptrdiff_t fixed_ = 0;  // sources that are never let go
  mutable Mutex mutex_;
  SourcesPtr sources_ GUARDED_BY(mutex_);
};

}  // namespace quotecached::compact
