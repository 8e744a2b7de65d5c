// The entries gathered for one request so far, and what that means: may it be answered, what is
// still missing, how long may the client be kept waiting.
//
// Pure; Life does what it says. Slots are in the order of the request: asset by asset, one per
// convert; a whole request has one. Its key is spelled once for all who need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/request_tag.hpp"
#include "cache/entry.hpp"
#include "catalog/request.hpp"
#include "proxy/answer.hpp"
#include "proxy/freshness.hpp"
#include "proxy/paged_request.hpp"
#include "refill/grouping.hpp"
#include "refill/pending.hpp"
#include "refill/want.hpp"

namespace quotecached::proxy {

// How long a request may wait for the fetches it has started or joined.
enum class Patience : std::uint8_t {
  None,   // answer now: everything may be shown
  Short,  // stale copies of everything are there, to be shown when upstream fails
  Full,   // something has no copy at all
};

class Gather {
 public:
  struct Slot {
    std::string_view key;   // in the gather's own text
    cache::EntryPtr entry;  // the best found
    Standing standing = Standing::Missing;
    bool asked = false;             // upstream was asked for it, for this request
    bool fetched = false;           // and brought it
    bool started = false;           // by a call that began after this request came
    bool shared = false;            // another daemon's fetch did, by a shared tier
    bool excluded = false;          // not to be asked of upstream
    bool counted = false;           // as an ask for the copy that is there
    bool is_left_to_parts = false;  // its parts are asked for, in a gather of their own
    bool is_of_parts = false;       // its entry is made of theirs
    calling::FailurePtr failure;    // why upstream did not bring it, or was not asked
  };

  // `request` must outlive it.
  explicit Gather(const catalog::Request& request);
  Gather(const Gather&) = delete;
  Gather& operator=(const Gather&) = delete;

  // The request is for a page of a list: what may hold it, other than the answer to itself.
  void set_page(std::optional<PagedRequest> page) {
    if (page) page_.emplace(std::move(*page));
  }
  [[nodiscard]] PagedRequest* page() noexcept { return page_ ? &*page_ : nullptr; }
  [[nodiscard]] const PagedRequest* page() const noexcept { return page_ ? &*page_ : nullptr; }

  [[nodiscard]] const catalog::Freshness& freshness() const noexcept { return freshness_; }
  [[nodiscard]] std::vector<Slot>& slots() noexcept { return slots_; }
  [[nodiscard]] const std::vector<Slot>& slots() const noexcept { return slots_; }

  // Keeps `entry` in slot `at` if it stands better than what is there, or as well and is younger.
  void offer(std::size_t at, const cache::EntryPtr& entry, TimePoint now);

  // Upstream is asked for slot `at`, or is already on somebody else's behalf.
  void ask(std::size_t at) { slots_[at].asked = true; }

  // Takes what a resolved fetch brought. A new entry may be shown now, however short its life.
  void take(std::size_t at, const refill::Pending& pending, TimePoint now);

  // Keeps `entry`, made of slots of another gather, as offer() does, and takes over what became of
  // them; null: it could not be made. Returns whether it is kept.
  bool take_parts(std::size_t at,
                  const cache::EntryPtr& entry,
                  std::span<const Slot* const> parts,
                  TimePoint now);
  // Takes over what came beside the answers to the fetches of `parts`.
  void take_headers(const Gather& parts);

  // How many of its assets have entries that are made of parts.
  [[nodiscard]] std::size_t made_of_parts() const;

  // Positions of slots that are not fresh.
  [[nodiscard]] std::vector<std::size_t> not_fresh() const;

  // Slot `at` shall not be asked of upstream for this request.
  void exclude(std::size_t at, calling::FailurePtr why);

  // Positions of slots to be asked of upstream: not fresh, not excluded, and not left to parts.
  [[nodiscard]] std::vector<std::size_t> wanting() const;

  // The slots to be asked of upstream as refill fetches them.
  [[nodiscard]] std::vector<refill::LaneGroup> lanes() const;

  // What to ask refill for, to bring the slots of a group: a client's miss.
  [[nodiscard]] refill::Want want(const refill::LaneGroup& group,
                                  std::string_view client,
                                  const RequestTagPtr& tag = {}) const;

  // Requires: nothing (an empty request needs no patience).
  [[nodiscard]] Patience patience() const;

  // All slots have an entry that may be shown.
  [[nodiscard]] bool is_complete() const;

  // Fetch all of it anew, as if nothing had been found: the copies cannot be joined.
  void forget();

  // Of a request that is not complete: the assets (positions) that can be left out, since nothing
  // is wrong but what the provider said of them. None when that is not all that is missing, or when
  // nothing else would be left.
  [[nodiscard]] std::vector<std::size_t> odd_assets() const;

  // Of a request that is not complete: what to tell the client.
  [[nodiscard]] calling::FailurePtr failure() const;

  // Of the assets that have all of their entries.
  [[nodiscard]] Outcome outcome() const;
  // Some of what it has was asked of upstream, also where the rest is stale.
  [[nodiscard]] bool has_fetched() const;
  // Upstream was asked, whatever came of it.
  [[nodiscard]] bool has_asked() const;
  // What was not found at first came from another daemon's fetch, none of it from upstream.
  [[nodiscard]] bool is_shared() const;

  // Of an answer with fresh assets and others: the assets (positions) that are not fresh. None
  // where all are alike.
  [[nodiscard]] std::vector<std::size_t> stale_assets() const;

  // What the provider sent to the client beside its answer: lines of a head. Null where it sent
  // nothing, and where it takes several answers to make this one.
  [[nodiscard]] const std::string* headers() const noexcept {
    return takes_several_ ? nullptr : headers_.get();
  }

  // Gives the entries to the answer that will hold them; of assets that lack one, none.
  void hand_over(Answer& out) const;

 private:
  // Slots that one asset has, or the whole answer.
  [[nodiscard]] std::size_t width() const noexcept;
  // Those that came with one more fetch.
  void add_headers(const std::shared_ptr<const std::string>& headers);
  // Has the asset of the slots from `begin` on an entry for each convert?
  [[nodiscard]] bool has_all(std::size_t begin) const;

  const catalog::Request& request_;
  const catalog::Freshness& freshness_;
  std::string keys_;  // one behind the other
  std::vector<Slot> slots_;
  std::shared_ptr<const std::string> headers_;
  bool takes_several_ = false;
  std::optional<PagedRequest> page_;
};

}  // namespace quotecached::proxy
