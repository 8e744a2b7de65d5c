// What a subscription was told, so that nothing goes back in time or is told twice. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quotecache/quote.hpp"

namespace quotecache {

class StreamRows {
 public:
  enum class Verdict {
    News,
    Known,    // the same was told, or something younger
    TooMany,  // more rows than a stream has
  };

  // `data` is all that was said of the row.
  [[nodiscard]] Verdict judge(const Quote& quote, std::string_view data, TimePoint now);
  // False: it was gone before, or never there.
  bool remove(std::int64_t id, const std::string& convert);

  // All rows that there are are about to be told again.
  void begin_snapshot() noexcept;
  // Removes those that were not, and returns them.
  [[nodiscard]] std::vector<std::pair<std::int64_t, std::string>> end_snapshot();

 private:
  struct Told {
    TimePoint fetched_at;
    std::size_t hash = 0;  // of what was said
    bool is_there = false;
    bool is_seen = false;  // since the last snapshot began
  };
  std::map<std::pair<std::int64_t, std::string>, Told> rows_;
};

}  // namespace quotecache
