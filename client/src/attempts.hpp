// One call's way through the daemons: what to do next, after what happened. Pure but for what all
// calls share; time and chance are arguments.
//
// Each daemon once, at once; then a pause, and all anew, while retries, their budget and the time
// of the call allow. Where a daemon says when to come back, nothing is tried before.
#pragma once

#include <optional>
#include <vector>

#include "quotecache/client_options.hpp"
#include "quotecache/error.hpp"
#include "src/daemons.hpp"

namespace quotecache {

class Attempts {
 public:
  struct Step {
    enum class Kind { Try, Pause, GiveUp };
    Kind kind = Kind::GiveUp;
    std::size_t daemon = 0;  // of Try
    milliseconds length{0};  // of Pause; of Try: its time-out
  };

  // All outlive the object.
  Attempts(const ClientOptions& options,
           Daemons& daemons,
           RetryBudget& budget,
           SteadyTime deadline);

  [[nodiscard]] Step next(SteadyTime now, double chance);
  // How the last Try ended.
  void worked();
  void failed(Error error, SteadyTime now, double chance);
  // There was none, for a reason of ours: the call ends.
  void abandon(Error error);

  // Why a GiveUp. Requires: one.
  [[nodiscard]] Error take_error();
  [[nodiscard]] SteadyTime deadline() const noexcept { return deadline_; }

 private:
  [[nodiscard]] Step pause(SteadyTime now, double chance);

  const ClientOptions& options_;
  Daemons& daemons_;
  RetryBudget& budget_;
  const SteadyTime deadline_;
  std::vector<bool> tried_;
  std::size_t daemon_ = 0;
  int rounds_ = 0;
  bool is_final_ = false;
  bool must_wait_ = false;  // another daemon would say the same
  std::optional<std::chrono::seconds> come_back_;
  std::optional<Error> error_;
};

}  // namespace quotecache
