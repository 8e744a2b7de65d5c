// When a call for names may be paid that nobody knows yet: each costs a credit, real or not, and
// anybody can think of more.
//
// Whose names turned out to be unknown too often lately has further ones paid once per window only,
// which grows with them. The same holds for all clients together, at ten times as many, where those
// of a client that is narrowed itself do not count. Names that an answer has held are real and
// pass, as does everything while there is little junk. Pure: time is an argument. Owned by Refill.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace quotecached::refill {

class JunkGate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    double free_names = 30;                      // unknown names of a client that narrow nothing
    std::chrono::milliseconds half_life{60000};  // in which half of them are forgotten
    // As wide as the window gets, at ten times the free names. Shorter than clients wait, so that
    // a real coin that nobody knew is answered all the same.
    std::chrono::milliseconds widest{12000};
    // Who waits for so long without a turn is told so. A little longer than the widest window: who
    // is first in turn sees it open.
    std::chrono::milliseconds longest_wait{13000};
  };

  explicit JunkGate(Options options) : options_(options) {}

  // An answer has held the name; an answer lacked one that this client has asked for.
  void note_real(std::string_view kind, std::string_view name);
  void note_unknown(const std::string& client, Time now);

  [[nodiscard]] bool is_real(std::string_view kind, std::string_view name) const;

  // From when on this client may have a call paid for names that are not known to be real.
  [[nodiscard]] Time opens(const std::string& client, Time now) const;
  // How long it is closed after each such call.
  [[nodiscard]] Time::duration window(const std::string& client, Time now) const;
  [[nodiscard]] Time::duration longest_wait() const noexcept { return options_.longest_wait; }
  // It has one paid.
  void note_paid(const std::string& client, Time now);

 private:
  static constexpr std::size_t kMostReal = 25000;  // of each of two generations
  static constexpr std::size_t kMostClients = 1000;

  // The unknown names of one client, or of all.
  struct Tide {
    double names = 0;
    Time at{};    // when that was so
    Time paid{};  // the last call for such names
  };

  [[nodiscard]] double names_at(const Tide& tide, Time now) const;
  [[nodiscard]] Time::duration window(const Tide& tide, double free_names, Time now) const;
  [[nodiscard]] Time opens(const Tide& tide, double free_names, Time now) const;
  void add(Tide& tide, Time now) const;

  Options options_;
  Tide all_;
  std::unordered_map<std::string, Tide> clients_;
  std::unordered_set<std::uint64_t> real_;  // hashes
  std::unordered_set<std::uint64_t> real_before_;
};

}  // namespace quotecached::refill
