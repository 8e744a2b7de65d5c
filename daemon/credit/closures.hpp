// What the provider has closed: windows that it declared spent, and the key while it refuses it.
//
// A spent window is closed until it ends; a refused key for ten minutes, after which one call at a
// time tries it, or until a call that costs nothing finds it good. Pure: no clock, no I/O. Not
// thread-safe; owned by the Book on the engine's loop.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "credit/call.hpp"
#include "ledger/closure.hpp"

namespace quotecached::credit {

struct Closed {
  TimePoint until;
  std::int64_t error_code = 0;  // by which the provider closed it, for people
  ledger::Closure closure = ledger::Closure::Minute;

  friend bool operator==(const Closed&, const Closed&) = default;
};

class Closures {
 public:
  // What a settled call has told.
  enum class Change : std::uint8_t { None, Closed, KeyAccepted };

  explicit Closures(const ledger::Anchor& anchor = {}) : anchor_(anchor) {}

  // When calls may be made again; empty when they may be now. Where several things are closed, the
  // one that ends last.
  [[nodiscard]] std::optional<Closed> closed(TimePoint now) const;
  // The same for each thing alone.
  [[nodiscard]] std::optional<Closed> closed(ledger::Closure closure, TimePoint now) const;

  // The code by which the key is refused, also when its rest is over: until a call says that it is
  // accepted.
  [[nodiscard]] std::optional<std::int64_t> key_error() const;

  // A call was answered as only one with a good key is, and none was refused for its key since.
  [[nodiscard]] bool is_key_proven() const noexcept { return is_key_proven_; }

  // A call goes ahead: where the rest of a refused key is over it tries the key, and nobody else
  // does for kKeyProbe. To be called in one go with closed(), which was empty. What costs nothing
  // is no trial: it is made though the key is refused. Requires: `ticket` is above those before.
  enum class Trial : std::uint8_t { No, Yes };
  void admitted(std::uint64_t ticket, TimePoint now, Trial trial = Trial::Yes);

  // A call that was started at `started` ended so. Of a call that never left: do not.
  Change note(std::uint64_t ticket, TimePoint started, const CallOutcome& outcome, TimePoint now);

  // The provider's count shows room in it again.
  void reopen(ledger::Closure closure) noexcept {
    windows_[static_cast<std::size_t>(closure)].reset();
  }

  // Days and months that are declared spent from here on end by this anchor.
  void change(const ledger::Anchor& anchor) noexcept { anchor_ = anchor; }

 private:
  // One closed window, kept until it is over. A refused key stays until a call goes through.
  struct ClosedWindow {
    ledger::Window window;
    std::int64_t error_code = 0;
    std::uint64_t since = 0;  // tickets up to this number say nothing about it
  };

  ledger::Anchor anchor_;
  std::uint64_t last_ticket_ = 0;
  bool is_key_proven_ = false;
  std::array<std::optional<ClosedWindow>, ledger::kClosures> windows_;  // by Closure
};

}  // namespace quotecached::credit
