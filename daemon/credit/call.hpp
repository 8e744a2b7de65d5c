// One upstream call as the book sees it: what is intended, what came of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/request_tag.hpp"
#include "base/types.hpp"
#include "ledger/account.hpp"
#include "ledger/charge.hpp"
#include "ledger/closure.hpp"
#include "ledger/ledger.hpp"

namespace quotecached::credit {

// Why a call is made.
enum class Cause : std::uint8_t { Miss, Refresh, Warm, Cron, Retry, Probe, Forward };
inline constexpr std::size_t kCauses = 7;
std::string_view to_string(Cause cause) noexcept;

struct CallIntent {
  std::string endpoint;  // catalogue name, or "forward"
  Cause cause = Cause::Miss;
  ledger::Purpose purpose = ledger::Purpose::Miss;
  Credits worst_case;               // the most it may cost
  Credits predicted;                // what it will cost in all likelihood
  bool is_exact = true;             // `predicted` is the price by the rules, not an estimate
  std::int64_t step = 0;            // items that a credit covers; 0: not priced by items
  Credits fixed;                    // of the price, whatever is returned: converts beyond the first
  std::string kind;                 // of the assets: "id", "symbol", "slug"; empty without assets
  std::vector<std::string> assets;  // that it is made for
  std::size_t riding = 0;           // others that it brings for nothing
  std::string client;               // the token's name; empty: nobody's
  RequestTagPtr tag;                // of the client's request that caused it; null: none did
  std::int64_t run = 0;             // of warm/, that it is put down to; 0: none
  std::chrono::steady_clock::time_point deadline{};  // until when it may wait for its turn

  [[nodiscard]] bool is_for_assets() const noexcept { return !assets.empty() || riding > 0; }
};

struct CallOutcome {
  unsigned http_status = 0;               // 0: no answer
  std::int64_t error_code = 0;            // of the provider, for people and rows; 0: none
  std::optional<ledger::Closure> closes;  // what the provider closed by it
  std::chrono::seconds retry_after{0};    // how long the provider asks to wait; 0: it does not say
  std::string provider_id;                // what the provider calls the attempt; empty: nothing
  bool accepts_key = false;               // only a call with a good key is answered so
  ledger::Charge charge;                  // in a settled call's record: what is booked
  std::chrono::milliseconds took{0};
};

// A settled call.
struct CallRecord {
  CallIntent intent;
  CallOutcome outcome;
  TimePoint started;
  std::string account{ledger::kDefaultAccount};  // whose key it was made with

  [[nodiscard]] bool is_good() const noexcept {
    return outcome.http_status == 200 && outcome.error_code == 0;
  }
};

}  // namespace quotecached::credit
