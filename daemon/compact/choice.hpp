// Which of the copies of one asset in one convert a row is made of: the best that has the fields
// asked for.
//
// Pure. A row is of one copy: figures of different moments are never mixed. One that has all fields
// comes before one that lacks some, a fresh one before a stale one, a fresh one that tells the
// provider's time (of simple/price that must be asked for) before one that does not, a younger
// before an older one.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "cache/entry.hpp"
#include "compact/ask.hpp"
#include "compact/row.hpp"
#include "compact/source.hpp"
#include "proxy/freshness.hpp"

namespace quotecached::compact {

struct Copy {
  cache::EntryPtr entry;
  std::string_view object;         // the asset in its text
  const Source* source = nullptr;  // outlives the choice
  std::uint64_t key_hash = 0;      // of the entry; 0: it is not known under a key
};

// What the fields asked for need of a copy.
struct Need {
  const Fields* fields = nullptr;
  // The source that is asked for them: what it does not tell nobody does.
  const catalog::Endpoint* bought_from = nullptr;
  std::string_view bought_variant;
};

class Choice {
 public:
  Choice(const Need& need, std::string_view convert, TimePoint now)
      : need_(need), convert_(convert), now_(now) {}

  // Takes the copy if it is the best so far. `id`: what it must be of.
  void consider(std::uint64_t id, const Copy& copy);

  [[nodiscard]] bool has_row() const noexcept { return copy_.entry != nullptr; }
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
  [[nodiscard]] proxy::Standing standing() const noexcept { return standing_; }
  // Nothing need be asked of the provider.
  [[nodiscard]] bool is_enough() const noexcept {
    return is_complete_ && standing_ == proxy::Standing::Fresh;
  }
  // Requires: has_row().
  [[nodiscard]] const Copy& copy() const noexcept { return copy_; }
  [[nodiscard]] const Row& row() const noexcept { return row_; }

 private:
  enum class Has : std::uint8_t { Nothing, Some, All };
  using Rank = std::tuple<proxy::Standing, bool, TimePoint>;
  [[nodiscard]] static Rank rank_of(proxy::Standing stands,
                                    bool tells_time,
                                    const cache::Entry& entry);
  [[nodiscard]] Rank rank() const;  // requires: has_row()
  [[nodiscard]] Has look(const Copy& copy, const Row& row) const;

  Need need_;
  std::string_view convert_;
  TimePoint now_;
  Copy copy_;
  Row row_;
  proxy::Standing standing_ = proxy::Standing::Missing;
  bool is_complete_ = false;
};

}  // namespace quotecached::compact
