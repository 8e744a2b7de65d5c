// Files what an answer brought: fills the chain, resolves those who wait, and keeps from being
// asked for again soon what the answer left open.
//
// What contradicts a good copy is withheld until Suspects believes it: the copy goes on answering.
// Owned by BatchRunner and used on the engine's loop only.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "cache/chain.hpp"
#include "refill/batch_asset.hpp"
#include "refill/counters.hpp"
#include "refill/hold_off.hpp"
#include "refill/junk_gate.hpp"
#include "refill/lane.hpp"
#include "refill/split.hpp"
#include "refill/suspects.hpp"

namespace quotecached::refill {

class Filing {
 public:
  struct Options {
    EntryTimes times;
    std::chrono::milliseconds failure_throttle{30000};
  };
  struct Parts {
    cache::Chain& chain;
    HoldOffs& hold_offs;
    Suspects& suspects;
    JunkGate& junk;
    Counters& counters;
  };

  Filing(Parts parts, const Options& options, Log log)
      : parts_(parts), options_(options), log_(std::move(log)) {}

  void take_whole(const Lane& lane, const WholeSplit& whole, const BatchAsset& asset);

  // An answer on its way into the chain.
  struct Answer {
    LanePtr lane;
    TimePoint asked_at;
    Split split;
    BatchAssets assets;
    std::vector<bool> can_wait{};      // of the assets; empty: none
    std::vector<cache::Item> items{};  // to be filed ...
    std::vector<cache::Item> rode{};   // ... and of those that can wait
    std::vector<SplitEntry> riders{};  // that are prepared
    std::size_t prepared = 0;          // of split.later
  };
  // Resolves all that cannot wait.
  void answer(Answer& answer);
  // Prepares up to `most` of the others. Returns whether there are more.
  bool prepare(Answer& answer, std::size_t most);
  // Files all of it at one moment, so that no reader finds a part of it, and resolves the others.
  // Requires: all is prepared.
  void file(Answer& answer);

  // The answer is none at all. It was paid for, and would be again by everyone who asks.
  void refuse(const Lane& lane, std::string_view why, const BatchAssets& assets);

  // The provider names these as unknown.
  void take_unknown(const Lane& lane, TimePoint asked_at, std::span<const BatchAsset> assets);

  // The good copy of the key that can answer at `now`; null: there is none.
  [[nodiscard]] cache::EntryPtr copy_of(const Pending& pending, TimePoint now) const;

  // Resolves what is still open with `failure` and keeps its keys from being asked for again soon.
  void doubt(const BatchAsset& asset, const calling::FailurePtr& failure, HoldOffs::Binds binds);

 private:
  // Is what an answer says of the key not to be believed yet? `claim`: what it says against `copy`,
  // the good one that is held (null: none); empty: nothing, it confirms what is held.
  [[nodiscard]] bool is_doubted(const std::string& key,
                                std::optional<Claim> claim,
                                TimePoint said_at,
                                const cache::EntryPtr& copy);
  // The copy goes on answering; who has none is told why.
  void withhold(Pending& pending, Claim claim);
  // The same of an entry: does it lack a price that `copy` has?
  [[nodiscard]] bool is_doubted(const std::string& key,
                                const cache::Entry& brought,
                                bool is_flawed,
                                const cache::EntryPtr& copy);
  // The copy of a name without the assets that are known to have left it.
  [[nodiscard]] cache::EntryPtr still_named(const Lane& lane,
                                            const SplitEntry& part,
                                            std::string_view name,
                                            const cache::EntryPtr& copy) const;
  // Adds what is to be filed of the part; false: it is withheld, and what asks for it resolved.
  bool take_part(const Answer& answer, const SplitEntry& part, std::vector<cache::Item>& items);
  void resolve_part(const Answer& answer, const SplitEntry& part);
  void note_flaws(Answer& answer);
  // What the answer should have held and did not. `waits`: of those that can wait, or the others.
  void end_absent(const Answer& answer, bool waits);
  // Adds what an entry by name is by id, but for what is doubted, whose keys rest. Returns whether
  // any is.
  bool add_by_id(const SplitEntry& part, std::vector<cache::Item>& items);
  // Adds the aliases that are told, as far as they are news.
  void add_aliases(const AliasesTold& told, std::vector<cache::Item>& items) const;
  void forget_alias(const Lane& lane,
                    std::string_view name,
                    const cache::EntryPtr& negative,
                    std::vector<cache::Item>& items) const;
  // Whoever holds a copy of the key does not ask for it for a while.
  void rest(const std::string& key, const calling::FailurePtr& failure);
  void note_unknown(const Lane& lane, const BatchAsset& asset);
  void file_negative(const Lane& lane, TimePoint asked_at, std::span<const BatchAsset> assets);
  void take_absent(const Lane& lane, TimePoint asked_at, const BatchAsset& asset);

  Parts parts_;
  Options options_;
  Log log_;
};

}  // namespace quotecached::refill
