// What is remembered of lists between requests: which pages of a series were fetched beside those
// that follow from the asks, how large their rows are, where the provider refused more than was
// asked for, and where the rows of answers in memory stand.
//
// Pure but for the JSON that it walks: times are arguments. Bounded: the series that was not asked
// for the longest makes room. Owned by Life and used on the engine's loop only.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.hpp"
#include "cache/entry.hpp"
#include "catalog/page.hpp"
#include "quote/rows.hpp"

namespace quotecached::proxy {

// Written on the engine's loop, read by anyone.
struct PageCounters {
  std::atomic<std::uint64_t> cut{0};      // pages cut out of answers
  std::atomic<std::uint64_t> widened{0};  // fetches that asked for more than a client did
};

class PageBook {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using IndexPtr = std::shared_ptr<const quote::RowIndex>;

  struct Options {
    Bytes list_bytes = mebibytes(4);  // the most that is asked for beyond what a client wants
    std::size_t most_series = 1000;
    std::size_t most_pages = 8;     // of a series
    std::size_t most_indexes = 64;  // of answers
    // How long what was refused is not asked for again.
    std::chrono::seconds refusal{3600};
  };

  explicit PageBook(Options options) : options_(options) {}

  // The page of the series to ask the provider for when `asked` is wanted: the widest of `wider`
  // (catalog::wider_pages) that is no larger than list_bytes; `asked` where none is, or where the
  // provider has refused. `guess`: bytes of a row, until one was seen.
  [[nodiscard]] catalog::Page page_for(const std::string& series,
                                       const catalog::Page& asked,
                                       const std::vector<catalog::Page>& wider,
                                       std::uint64_t guess,
                                       Time now) const;

  // A page of the series was fetched.
  void note_page(const std::string& series, const catalog::Page& page);
  // The provider refused a page that is wider than the one asked for.
  void note_refusal(const std::string& series, Time now);

  // The pages noted last that span `asked`.
  [[nodiscard]] std::vector<catalog::Page> pages_around(const std::string& series,
                                                        const catalog::Page& asked) const;

  // Where the rows of an answer stand; null when it is none to a list. Learns how large they are.
  IndexPtr index_of(const std::string& series,
                    const catalog::Endpoint& endpoint,
                    const cache::EntryPtr& entry);

  [[nodiscard]] PageCounters& counters() noexcept { return counters_; }
  [[nodiscard]] const PageCounters& counters() const noexcept { return counters_; }

 private:
  struct Series {
    std::vector<catalog::Page> pages;  // the latest last
    std::uint64_t row_bytes = 0;       // 0: none was seen
    Time refused_until{};
    std::list<std::string>::iterator place;
  };
  struct Indexed {
    std::weak_ptr<const cache::Entry> entry;
    IndexPtr index;
  };

  Series& touch(const std::string& name);

  Options options_;
  PageCounters counters_;
  std::unordered_map<std::string, Series> series_;
  std::list<std::string> order_;  // of use, the latest first
  std::list<Indexed> indexes_;    // the latest first
};

}  // namespace quotecached::proxy
