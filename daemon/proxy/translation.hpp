// A request by symbol or slug answered from what is held by id: which ids its names lead to, and
// what their entries are in the spelling of the request.
//
// Pure; Life obeys it. A name leads nowhere unless an alias that is believed still says so and the
// entries carry the name themselves: it is asked for as a name then. Of requests by id, and of
// whole answers, nothing is translated.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/entry.hpp"
#include "catalog/request.hpp"
#include "proxy/gather.hpp"

namespace quotecached::proxy {

// Written on the engine's loop, read by anyone: assets that were asked for by name and answered by
// what is held by id.
struct NameCounters {
  std::atomic<std::uint64_t> symbols{0};
  std::atomic<std::uint64_t> slugs{0};
};

class Translation {
 public:
  // `names`: how long an alias is believed; 0: nothing is translated. `asked` must outlive it.
  Translation(const catalog::Request& asked, milliseconds names);
  Translation(const Translation&) = delete;
  Translation& operator=(const Translation&) = delete;

  // Do the names of the request lead anywhere?
  [[nodiscard]] bool applies() const noexcept { return !names_.empty(); }

  // The assets (positions) with a slot in `by_name` that is not fresh, and no alias that is
  // believed.
  [[nodiscard]] std::vector<std::size_t> unlearned(const Gather& by_name, TimePoint now) const;
  [[nodiscard]] std::string alias_key(std::size_t asset) const;
  // The youngest that was found; null: none was. Requires: assets are translated.
  [[nodiscard]] const cache::EntryPtr& alias(std::size_t asset) const {
    return names_[asset].alias;
  }
  // Takes over an alias that was found (null: none was), if it is younger than the one known.
  void learn(std::size_t asset, const cache::EntryPtr& alias);

  // Is what the name of the asset leads to among those of by_id()?
  [[nodiscard]] bool leads(std::size_t asset) const {
    return ids_ != nullptr && !names_[asset].ids.empty();
  }

  // The entries of the ids that the aliases lead to, a gather made anew when some were learned
  // since; what `by_name` holds of them is offered to it. Null when there are none.
  Gather* lead(const Gather& by_name, TimePoint now);
  // As lead() has made it last.
  [[nodiscard]] Gather* by_id() noexcept { return ids_ ? &ids_->gather : nullptr; }
  // What fetches are made for: the request for the ids, or the one asked.
  [[nodiscard]] const catalog::Request& fetched() const noexcept {
    return ids_ ? ids_->request : asked_;
  }

  // Offers what the entries by id make to the slots of `by_name` that are not fresh. Returns what
  // was taken, under its key.
  std::vector<cache::Item> spell(Gather& by_name, TimePoint now) const;

  // Decides whether the slots of `by_name` are brought by id: when all of their aliases are
  // believed and refuted by no entry. Otherwise all are left to be asked for by name: one call
  // brings them. So it does where an alias ends before long, unless the call by id is made already.
  using IsBusy = std::function<bool(std::string_view key)>;
  void divide(Gather& by_name, const IsBusy& is_busy, TimePoint now);
  // Once those were brought: what turned out to be refuted, and that alone, shall now be asked for
  // by name. Returns whether anything was.
  bool divide_again(Gather& by_name) const;

 private:
  // The ids of all names, asked for together.
  struct Ids {
    explicit Ids(catalog::Request wanted) : request(std::move(wanted)), gather(request) {}
    const catalog::Request request;
    Gather gather;
  };
  struct Name {
    cache::EntryPtr alias;            // null: not known
    std::vector<std::uint64_t> ids;   // that it leads to; none: nowhere
    std::vector<std::size_t> places;  // of the ids in the request for them
  };
  using Parts = std::vector<const Gather::Slot*>;
  enum class Verdict : std::uint8_t { Refuted, Incomplete, Spelled };
  struct Spelling {
    Verdict verdict = Verdict::Incomplete;
    std::shared_ptr<cache::Entry> entry;  // when it is spelled
  };

  [[nodiscard]] std::size_t converts() const noexcept { return asked_.converts.size(); }
  [[nodiscard]] const Name& name_of(std::size_t slot) const { return names_[slot / converts()]; }
  void make_ids();
  void offer_parts(const Gather& by_name, TimePoint now);
  // May what the provider told of the name be gone by?
  [[nodiscard]] bool is_believed(const Name& name, TimePoint now) const;
  [[nodiscard]] bool must_be_asked(std::size_t slot, TimePoint now) const;
  // Is it time that the provider tells it anew?
  [[nodiscard]] bool is_due(std::size_t slot, const IsBusy& is_busy, TimePoint now) const;
  [[nodiscard]] Parts parts_of(std::size_t slot) const;
  [[nodiscard]] Spelling spelling_of(std::size_t slot, const Parts& parts) const;
  [[nodiscard]] bool is_outdated(std::size_t slot, const Parts& parts) const;
  [[nodiscard]] std::shared_ptr<cache::Entry> spelled_entry(std::size_t slot,
                                                            const Parts& parts) const;

  const catalog::Request& asked_;
  const milliseconds believed_for_;
  std::vector<Name> names_;  // by asset; empty when nothing is translated
  std::vector<std::string> id_texts_;
  std::unique_ptr<Ids> ids_;
  bool has_news_ = false;  // since the ids were gathered
};

}  // namespace quotecached::proxy
