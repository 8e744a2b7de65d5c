// What calls could renew: the assets of each lane that clients ask for, how often they do, how old
// the copies are that they get. Decides when a lane's copies are worth a call, and which assets
// ride along in one.
//
// Each ask adds the age of the copy that answered it to the *debt* of its lane (lane_debt.hpp): a
// refresh is worth its credits once what it saves has reached their price. What the call then
// carries is decided by what is to be expected as well: an asset that is asked for r times a second
// and whose copy is a seconds old has caused r a^2 / 2 of age, whoever asked.
// What is asked for by symbol or slug counts for the assets by id that the name leads to, and a
// call by either renews both; that the names themselves are told again in time, calls by name see
// to, in which they ride.
// Pure. Owned by Refill and used on the engine's loop only. Bounded: of more keys than it has room
// for, those that are asked for least are forgotten, which only costs them their ride.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"
#include "pacing/age.hpp"
#include "pacing/ask_count.hpp"
#include "refill/ages_served.hpp"
#include "refill/asked_names.hpp"
#include "refill/kept_asks.hpp"
#include "refill/lane.hpp"
#include "refill/rider.hpp"
#include "refill/target_asks.hpp"
#include "refill/ticks.hpp"

namespace quotecached::catalog {
class Catalogue;
}

namespace quotecached::refill {

class Renewals {
 public:
  struct Options {
    std::size_t most_keys = 10'000;
    Bytes most_riding = kibibytes(512);  // what riders may add to an answer, by what they were
    std::chrono::milliseconds failure_throttle{30000};
    // How long it is believed what a symbol or slug leads to; 0: nothing leads anywhere.
    milliseconds names{0};
    bool learns_ticks = true;  // of the provider; otherwise there is none
  };

  explicit Renewals(const Options& options);
  ~Renewals();
  Renewals(const Renewals&) = delete;
  Renewals& operator=(const Renewals&) = delete;

  // A client asked for `key`, which `lane` brings for `asset` in its convert at position `convert`,
  // and may be answered by `copy`.
  void note_asked(const LanePtr& lane,
                  std::string_view asset,
                  std::size_t convert,
                  std::string_view key,
                  const cache::Entry& copy,
                  TimePoint now);

  // Hits for `name` are hits for the keys of these hashes: what it holds is made of what they hold.
  void note_name(std::string_view name, std::span<const std::uint64_t> keys);

  // A client asked by symbol or slug, and may be answered by a copy under that name.
  struct NamedAsk {
    const LanePtr& lane;  // by that kind of name
    std::string_view name;
    std::size_t convert = 0;  // its position in the lane
    std::string_view key;
    const cache::Entry& copy;
    TimePoint told_at;  // when the provider told what the name leads to
    bool counts_parts;  // the assets that it leads to were not counted as asked for yet
  };
  void note_named(const NamedAsk& ask, TimePoint now);

  // There is a copy of the key that nobody may have asked for yet: should somebody, that counts.
  void note_held(const LanePtr& lane,
                 std::string_view asset,
                 std::size_t convert,
                 std::string_view key,
                 const cache::Entry& copy,
                 TimePoint now);

  // Memory has let its copy go: until there is one again the key does not ride.
  void note_lost(std::string_view key);

  // Clients were answered from memory: the hashes (base/hash.hpp) of the keys they asked for, each
  // of which stands for `asks` of its like. Unknown ones are passed over.
  void note_hits(std::span<const std::uint64_t> keys, double asks, TimePoint now);

  // A client of the endpoint was answered by `copy`, not from memory by an I/O thread.
  void note_served(const catalog::Endpoint& endpoint, const cache::Entry& copy, TimePoint now);
  // Ages since the provider was asked, and since the time that the data says it is of, as far as it
  // does. Any thread.
  [[nodiscard]] const AgesServed& ages() const noexcept { return ages_; }
  [[nodiscard]] const AgesServed& content_ages() const noexcept { return content_ages_; }
  // The first of these by endpoint. Never falls.
  using ServedBy = std::unordered_map<const catalog::Endpoint*, Served>;
  [[nodiscard]] const ServedBy& served() const noexcept { return served_; }

  // A new copy of the key was filed; one that says "no such asset" is nothing to renew.
  void note_filed(std::string_view key, const cache::Entry& entry);

  // A request for what was noted just now finds stale copies of the lanes: is renewing them worth
  // `price` of age (see lane_debt.hpp)? When it is, the debt is taken for paid;
  // should nothing come of it, it is owed again after `failure_throttle`. Where the provider's tick
  // is clear a call soon after the turn is worth more: it serves whoever asks until the next.
  [[nodiscard]] bool is_worth(std::span<const LanePtr> lanes, pacing::Age price, TimePoint now);
  // The age that the lane's clients were served since its last call.
  [[nodiscard]] pacing::Age debt(const LanePtr& lane, TimePoint now);
  // See Ticks.
  void note_data(const catalog::Endpoint& endpoint, TimePoint asked_at, TimePoint data_at);
  [[nodiscard]] std::optional<pacing::TickClock::Tick> tick(
      const catalog::Endpoint& endpoint) const {
    return ticks_.tick(endpoint);
  }

  // None shall ride in the lane for a while: calls with them are refused.
  void rest(const LanePtr& lane, TimePoint now);
  // The provider failed on a call of the lane in which some rode: none ride until one went well.
  void note_failed_with_riders(const LanePtr& lane);
  // A call of the lane went well. One without riders after one that failed with some may show that
  // these made it fail: where that happens again before one with riders goes well, they rest.
  void note_went_well(const LanePtr& lane, bool has_riders, TimePoint now);
  // A call of the lane is made, whatever for.
  void note_called(const LanePtr& lane, TimePoint now);

  // How many more items, as the provider bills them, a call for `assets` may bring at the same
  // price. By symbol each is billed for all coins that share it: for those that are known, and for
  // the most that there may be where they are not.
  [[nodiscard]] std::size_t room(const LanePtr& lane, std::span<const std::string> assets) const;

  // Whether any may ride in the lane's calls by now.
  [[nodiscard]] bool may_ride(const LanePtr& lane, TimePoint now);
  // The most valuable assets for a call of `lane` with room() for so many more items, best first.
  // None that the call would gain nothing of, that nobody asked for within AskCount::kIdleAfter, or
  // whose key is_busy (fetched already). Of a lane by name those that clients ask for by it.
  using IsBusy = std::function<bool(std::string_view key)>;
  [[nodiscard]] std::vector<Rider> riders(const LanePtr& lane,
                                          std::size_t room,
                                          const IsBusy& is_busy,
                                          TimePoint now);

  // How the asks of all lanes divide, the most asked first, at most `most` lanes.
  struct LaneShare {
    LanePtr lane;      // with one convert
    double share = 0;  // of all asks
  };
  [[nodiscard]] std::vector<LaneShare> lanes(std::size_t most, TimePoint now) const;

  // Copies of a lane that clients ask for often and that end soon, the most asked first.
  struct Ending {
    LanePtr lane;  // with one convert
    std::vector<std::string> assets;
    double asks = 0;  // a second, for all of them
  };
  struct Endings {
    std::vector<Ending> lanes;
    TimePoint next;  // more may be found from then on
  };
  // So much earlier than they end copies of the lane, which owes `debt`, are to be told; empty: now
  // none are.
  using Lead = std::function<std::optional<milliseconds>(const LanePtr& lane, pacing::Age debt)>;
  // Those that were asked for since they were fetched, and by what is to be expected `asks` times
  // or more while they are fresh. Cheap where nothing ends: see docs/warming.md.
  [[nodiscard]] Endings endings(const Lead& lead, double asks, TimePoint now);

  // How often a key is asked for: what a warmed copy was worth.
  struct Asks {
    double left = 0;   // of a day, decayed
    TimePoint last{};  // to the second
    double rate = 0;   // a second, as is to be expected
  };
  // Empty: nobody asks for it.
  [[nodiscard]] std::optional<Asks> asks_of(std::string_view key, TimePoint now) const;

  // The assets of a lane with one convert that clients ask for most, at most `most`.
  [[nodiscard]] std::vector<std::string> most_asked(const LanePtr& lane,
                                                    std::size_t most,
                                                    TimePoint now) const;

  // What is kept over a restart: of the keys that were asked for since `since`.
  using Kept = KeptAsk;
  using Unspelled = UnspelledAsk;
  [[nodiscard]] std::vector<Unspelled> unspelled(TimePoint since) const;
  [[nodiscard]] std::vector<Kept> kept(TimePoint since) const;
  // Any thread.
  [[nodiscard]] static std::vector<Kept> spell(std::vector<Unspelled> rows);
  // Before anything is counted. What the catalogue does not know any more is passed over.
  void restore(std::span<const Kept> rows, const catalog::Catalogue& catalogue, TimePoint now);

  // Asks since this was called last.
  [[nodiscard]] double take_asks() noexcept;

  // What the fleet, the daemons that share a Redis, is to be told: asks of our clients since this
  // was called last.
  [[nodiscard]] std::vector<TargetAsks> take_untold();
  // What clients of the whole fleet ask for, ours included: asks of a day, decayed. What others
  // have of it tells which copies are worth renewing, and is no debt of ours. Returns how many the
  // catalogue does not know; they are passed over, as are keys for which there is no room.
  std::size_t learn(std::span<const TargetAsks> fleet,
                    const catalog::Catalogue& catalogue,
                    TimePoint now);
  // lanes(), by what the fleet asks for.
  [[nodiscard]] std::vector<LaneShare> fleet_lanes(std::size_t most, TimePoint now) const;
  // Keys of assets that other daemons are asked for and of which no fresh copy is known here, the
  // most asked first, at most `most`.
  struct OthersKey {
    LanePtr lane;  // with one convert
    std::string asset;
    std::string key;
  };
  [[nodiscard]] std::vector<OthersKey> asked_of_others(std::size_t most, TimePoint now) const;

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

 private:
  struct Strand;
  struct Row;
  using Strands = std::vector<Strand*>;
  struct Candidate;

  // By convert of the lane.
  const Strands& strands_of(const LanePtr& lane);
  // Who owes for it: for a lane by name what its names lead to.
  [[nodiscard]] LanePtr owing_lane(const LanePtr& lane) const;
  const Strands& owing(const LanePtr& lane);
  // Do names of the lane lead to assets by id?
  [[nodiscard]] bool has_names(const Lane& lane) const;
  void learn_parts(AskedName& name, const NamedAsk& ask);
  Strand* strand_of(const LanePtr& lane);
  Row& row_of(Strand& strand, std::uint64_t key, std::string_view asset);
  static void take_copy(Row& row, const cache::Entry& copy);
  static void doubt_future(Row& row, TimePoint now) noexcept;
  void note_hit(std::uint64_t key, double asks, TimePoint now);
  void note_ages(const catalog::Endpoint& endpoint,
                 TimePoint fetched_at,
                 TimePoint data_at,
                 double asks,
                 TimePoint now);
  void count(Row& row, double asks, TimePoint now);
  void note_requested(const Row& row, TimePoint now) const;
  // What a target asks for, should it be one key. Empty: the catalogue does not know it.
  struct Place {
    LanePtr lane;
    std::string asset;
    std::uint64_t key = 0;
  };
  [[nodiscard]] static std::optional<Place> place_of(std::string_view target,
                                                     const catalog::Catalogue& catalogue);
  // Null: nobody asks for it enough to make room.
  Row* row_for_others(const Place& place, double asks);
  // Asks a second that other daemons are to expect.
  [[nodiscard]] static double others(const Row& row, TimePoint now) noexcept;
  // How much more is asked for lately than over a day.
  [[nodiscard]] double swell(TimePoint now) const;
  // Asks a second, as are to be expected.
  [[nodiscard]] static double rate(const pacing::AskCount& asks, double swell, TimePoint now);
  [[nodiscard]] double weight(const Row& row, double swell, TimePoint now) const;
  [[nodiscard]] std::optional<Candidate> candidate(const AskedName& name,
                                                   double swell,
                                                   TimePoint now) const;
  // Has rate() had time to show? It is too low at first, by this factor.
  [[nodiscard]] double unseen(TimePoint now) const;
  void find_endings(Strand& strand, TimePoint until, double asks, TimePoint now, Endings& found);
  [[nodiscard]] std::vector<Candidate> candidates(const Strands& strands, TimePoint now) const;
  [[nodiscard]] std::vector<Candidate> candidates(const Strand& strand, TimePoint now) const;
  void forget_excess(TimePoint now);
  void forget_least(TimePoint now);
  // The age that a call now would save of each ask: with a clear tick, by how much younger the data
  // is that the provider has by now.
  [[nodiscard]] pacing::Age age_of(const Row& row, TimePoint now) const;
  // The age that clients are expected to be served until the provider's data turns over, as far as
  // it counts: a call now saves that too.
  [[nodiscard]] pacing::Age until_turn(const LanePtr& lane, TimePoint now);
  // Forgets lanes that nobody asks for: one is known as soon as it is called for, whatever comes.
  void forget_unasked();

  Options options_;
  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Row>> rows_;              // by key
  boost::unordered_flat_map<std::uint64_t, std::vector<std::uint64_t>> stands_for_;  // by key
  AskedNames names_;
  std::unordered_map<std::string, std::unique_ptr<Strand>> strands_;  // by their lane's name
  std::unordered_map<std::string, Strands> lanes_;                    // of several converts
  Ticks ticks_;
  pacing::AskCount asks_;
  double asks_taken_ = 0;
  AgesServed ages_;
  AgesServed content_ages_;
  ServedBy served_;
  TimePoint counting_since_{};
};

}  // namespace quotecached::refill
