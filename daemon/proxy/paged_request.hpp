// A request for a page of a list: which answers may hold it, which one to ask the provider for, and
// the page as it is cut out of one of them.
//
// A page cut out of an answer has the answer's times, so that it is never younger. Used by Life on
// the engine's loop; touches nothing but its book.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cache/entry.hpp"
#include "catalog/page.hpp"
#include "proxy/page_book.hpp"
#include "refill/lane.hpp"
#include "refill/pending.hpp"

namespace quotecached::proxy {

class PagedRequest {
 public:
  // An answer that may hold the page, besides the one to the request itself.
  struct Source {
    std::string key;
    catalog::Page page;
    bool is_lacking = false;  // its fresh answer does not hold the page
  };

  // Nothing unless the request is for a page of a list. Both must outlive it.
  static std::optional<PagedRequest> of(const catalog::Request& request,
                                        PageBook& book,
                                        PageBook::Time now);

  [[nodiscard]] std::span<const Source> sources() const noexcept { return sources_; }

  // The page as it stands in the answer of source `at`; null: the answer does not hold it.
  // `is_fresh`: a fresh answer that lacks the page is not asked for again.
  cache::EntryPtr cut(std::size_t at, const cache::EntryPtr& answer, bool is_fresh);

  // Whether the provider is asked for more than the page.
  [[nodiscard]] bool is_widened() const noexcept;
  // Of the answer to ask the provider for.
  [[nodiscard]] const std::string& key() const noexcept;
  [[nodiscard]] refill::LanePtr lane() const;

  // What a fetch of key() brought, as the page asked for. Notes what was fetched or refused: after
  // that the request may have to be asked as it stands, which is_widened() then tells. `has_copy`:
  // the client can be shown an older page.
  void take(const refill::Pending& fetched,
            bool has_copy,
            refill::Pending& page,
            PageBook::Time now);

 private:
  PagedRequest(const catalog::Request& request, const catalog::Page& page, PageBook& book);
  [[nodiscard]] std::string key_of(const catalog::Page& page) const;

  const catalog::Request& request_;
  PageBook& book_;
  catalog::Page asked_;
  std::string own_key_;
  std::string series_;        // the canonical query without the page
  std::string series_name_;   // with the endpoint: in the book
  bool is_narrowed_ = false;  // something asked for leaves rows out
  bool is_full_ = false;      // its credits pay for no more
  std::vector<Source> sources_;
  std::optional<std::size_t> chosen_;  // the source to ask the provider for
};

}  // namespace quotecached::proxy
