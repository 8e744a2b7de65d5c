// The credit ledger: what may still be spent in each window, and who holds some of it.
//
// Credits are held before an upstream call and settled after it. Invariant: for each capped window
// held + spent never passes the cap, but for what the provider itself says was spent. Pure: no
// clock, no I/O. Not thread-safe; owned by the Book on the engine's loop.
//
// Turns and clocks. A hold that is open when a window turns counts in the new one too, since nobody
// knows on which side the provider books it. A clock that steps back gives nothing back: the window
// it comes to starts from what the later ones spent, and what is spent meanwhile counts in those
// too, until as long as the later window lasts has passed.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "base/types.hpp"
#include "ledger/recent_charges.hpp"
#include "ledger/tally.hpp"
#include "ledger/windows.hpp"

namespace quotecached::ledger {

// What the account may spend. 0: no cap.
struct Caps {
  std::int64_t requests_per_minute = 0;
  Credits per_day;
  Credits per_month;

  friend bool operator==(const Caps&, const Caps&) = default;
};

// For whom a call is made: decides what may be spent on it (spend_mode.hpp).
enum class Purpose : std::uint8_t {
  Miss,     // somebody waits and has no copy
  Refresh,  // somebody asked and has a stale copy
  Ahead,    // nobody asked yet: warming, refresh-ahead
};

// One window as it stands. Requests in the minute, credits in the others.
struct WindowUse {
  Window window;
  std::int64_t cap = 0;  // 0: none
  std::int64_t spent = 0;
  std::int64_t held = 0;

  // Never negative; meaningless without a cap.
  [[nodiscard]] constexpr std::int64_t left() const noexcept {
    return cap > spent + held ? cap - spent - held : 0;
  }
};
using WindowUses = std::array<WindowUse, kWindowKinds>;  // by WindowKind

// What a window has spent, as it is kept over a restart.
struct WindowSpend {
  WindowKind kind = WindowKind::Day;
  Window window;
  std::int64_t spent = 0;

  friend bool operator==(const WindowSpend&, const WindowSpend&) = default;
};

// The provider's own count (key/info). Empty: it does not say.
struct ProviderUse {
  std::optional<std::int64_t> requests_this_minute;
  std::optional<Credits> credits_today;
  std::optional<Credits> credits_this_month;
};

class Ledger {
 public:
  using HoldId = std::uint64_t;

  struct Options {
    Caps caps;
    Anchor anchor;
    // Share of each window that Purpose::Ahead leaves alone (and Refresh in the minute's).
    double foreground_reserve = 0.2;
  };

  // Which window has no room, and when there may be some.
  struct NoRoom {
    WindowKind window = WindowKind::Minute;
    TimePoint until;
    bool is_reserve = false;  // there is room, but not for this purpose
    bool is_held = false;     // there may be room before, when calls under way are settled

    // There will be room soon enough for a call to wait for it.
    [[nodiscard]] bool is_short() const noexcept { return window == WindowKind::Minute || is_held; }
  };

  explicit Ledger(Options options);

  // Puts back what was spent before a restart: call it for each kept window, in any order, before
  // anything else.
  void restore(const WindowSpend& spend, TimePoint now);
  // A call of a daemon that died unsettled: counts as spent in the windows it may fall in.
  void restore_lost(Credits worst_case, TimePoint started, TimePoint now);

  // What hold() would fail with now.
  [[nodiscard]] std::optional<NoRoom> refusal(Credits worst_case, Purpose purpose, TimePoint now);

  // Sets `worst_case` aside, and a request in the minute. A worst case of 0 needs no room but in
  // the minute. Where several windows have no room, the refusal names the one that ends last.
  [[nodiscard]] tl::expected<HoldId, NoRoom> hold(Credits worst_case,
                                                  Purpose purpose,
                                                  TimePoint now);
  // What the call cost, more or less than was held. Requires: held and not yet settled.
  void settle(HoldId hold, Credits charged, TimePoint now);
  // The call never left: gives all back, the request too.
  void release(HoldId hold, TimePoint now);

  // Corrects the windows to the provider's count, `asked_at` being when it was asked for. Its count
  // is taken when it is higher; when it is lower, only down to it plus what was settled since
  // shortly before `asked_at`, which it may not have counted yet. A count that was asked for in
  // another window than the present is not taken, nor is a lower one that is minutes old, nor a
  // higher one of a day or month that has only just begun: it may be of the one before. Returns
  // how far each was off, beyond what calls in flight and just settled account for: positive when
  // more was spent than we knew.
  std::array<std::int64_t, kWindowKinds> reconcile(const ProviderUse& theirs,
                                                   TimePoint asked_at,
                                                   TimePoint now);

  // Other limits from here on. What was spent stays: windows that now end otherwise start from it.
  void change(const Caps& caps, const Anchor& anchor, TimePoint now);
  // Another share that is left alone, from here on.
  void change_reserve(double share) noexcept { options_.foreground_reserve = share; }

  [[nodiscard]] WindowUses uses(TimePoint now);
  // What must be kept for a restart: every window that may still matter, settled calls only.
  [[nodiscard]] std::vector<WindowSpend> spends(TimePoint now);
  [[nodiscard]] std::size_t holds() const noexcept { return holds_.size(); }
  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  struct Hold {
    Credits worst_case;
    TimePoint started;
  };

  void advance(TimePoint now);
  [[nodiscard]] WindowUse use(WindowKind kind) const;
  // How much of the cap this purpose may use.
  [[nodiscard]] std::int64_t bound(WindowKind kind, Purpose purpose) const noexcept;
  [[nodiscard]] std::optional<NoRoom> refusal_of(WindowKind kind,
                                                 Credits worst_case,
                                                 Purpose purpose) const;
  [[nodiscard]] bool may_be_former(WindowKind kind, std::int64_t theirs, TimePoint asked_at) const;
  std::int64_t correct(WindowKind kind, std::int64_t theirs, TimePoint asked_at, TimePoint now);
  Hold take(HoldId hold);

  Options options_;
  std::array<Tally, kWindowKinds> tallies_;  // by WindowKind; settled calls only
  std::unordered_map<HoldId, Hold> holds_;
  HoldId last_hold_ = 0;
  Credits held_;  // by all of them
  RecentCharges recent_;
  std::optional<TimePoint> restored_at_;  // what was settled shortly before it is not in `recent_`
};

}  // namespace quotecached::ledger
