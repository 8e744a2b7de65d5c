// Who says no to a client, where the daemon does: a closed set of words, for a header and metrics.
//
// Pure. Refusals of the provider that are passed on have none of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quotecached {

enum class Refuser : std::uint8_t {
  Nobody,
  AccountMinute,  // a window of the account is spent, by our count or the provider's word
  AccountDay,
  AccountMonth,
  TokenRate,  // the limits of the client's token
  TokenConcurrent,
  TokenDay,
  TokenMonth,
  SpendMode,
  Overload,       // more waits than may, or the daemon is late
  OnlyIfCached,   // the client wants nothing else
  UnknownAssets,  // many names were asked for that nobody knows
  Parameters,
  Path,
  Request,      // its method, form or size, or the host it names
  Access,       // no token or a wrong one, a web page, operators only
  ProviderKey,  // the provider refuses the daemon's key
  Ledger,       // it cannot be written, so nothing is paid for
};
inline constexpr std::size_t kRefusers = 18;

// In metrics, where tokens have no names: "token", "token concurrent", "overload". Nobody: empty.
[[nodiscard]] std::string_view to_string(Refuser refuser) noexcept;

struct RefusedBy {
  RefusedBy() = default;
  explicit RefusedBy(Refuser who, std::string_view whose = {}) : what(who), token(whose) {}

  // The daemon does not do its work: not only this request is refused.
  [[nodiscard]] bool is_fault() const noexcept {
    return what == Refuser::ProviderKey || what == Refuser::Ledger;
  }
  explicit operator bool() const noexcept { return what != Refuser::Nobody; }
  friend bool operator==(const RefusedBy&, const RefusedBy&) = default;

  Refuser what = Refuser::Nobody;
  std::string token;  // its name, where a limit of its refuses; empty: another client's
};

// As clients are told: "overload", "token dash concurrent". Of a name the bytes that are no letter,
// digit or one of "-._~" are written as %XX, so that it is one word that a header may hold.
[[nodiscard]] std::string to_text(const RefusedBy& refused);

}  // namespace quotecached
