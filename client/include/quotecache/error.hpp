// Why a call brought nothing, and the Result that every function that can fail returns.
//
// Calls of the library throw nothing: where memory ends they fail with Unavailable, "out of
// memory", and later calls work again. Making and copying plain values (an Asset, an Ask, a Quote,
// a Result) is as with the standard library's: std::bad_alloc. throwing.hpp is for those who would
// rather have exceptions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "quotecache/export.hpp"

namespace quotecache {

enum class ErrorCode : std::uint8_t {
  NotFound,         // there is no such asset; of an operator's call: this daemon does not have it
  Ambiguous,        // several coins share the symbol: the message names them
  Unauthorized,     // a token is needed, or the one sent is wrong or does not allow it
  RateLimited,      // too many asks: Error::retry_after
  BudgetExhausted,  // no credits are left, and no copy is held: Error::retry_after
  Unavailable,      // nobody listens there, the daemon cannot say now, memory ended: later may work
  Timeout,          // no complete answer within the time allowed
  Invalid,          // an ask or an option that is wrong: trying again cannot help
  Protocol,         // an answer came, but not one of a daemon of this kind
  Conflict,         // of an operator's order: one of it is under way already
};
// "not found", "rate limited", ...
[[nodiscard]] QUOTECACHE_API std::string_view to_string(ErrorCode code) noexcept;

struct Error {
  ErrorCode code;
  std::string message;  // one sentence for a person, never parsed; holds no secret
  int http_status = 0;  // of the answer; 0: none came
  // When asking again may help, counted from the answer; nothing: the daemon did not say.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  std::string field{};  // of an Invalid ask: the parameter that is wrong, where known
};

namespace detail {
// Says so on standard error, and ends the program.
[[noreturn]] QUOTECACHE_API void access_to_nothing(const Error* error) noexcept;
}  // namespace detail

// A value, or the Error why there is none. Making one of either only moves, and so cannot fail.
//
//   if (const auto quote = client.quote(asset)) use(quote->price.text);
//   else complain(quote.error().message);
template <class T>
class [[nodiscard]] Result {
  static_assert(std::is_nothrow_move_constructible_v<T>);

 public:
  Result(T value) noexcept : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) noexcept : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // Requires: has_value(). The program ends where that does not hold.
  [[nodiscard]] T& operator*() & noexcept { return *held<0>(held_); }
  [[nodiscard]] const T& operator*() const& noexcept { return *held<0>(held_); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*held<0>(held_)); }
  [[nodiscard]] T* operator->() noexcept { return held<0>(held_); }
  [[nodiscard]] const T* operator->() const noexcept { return held<0>(held_); }

  // Requires: !has_value().
  [[nodiscard]] Error& error() & noexcept { return *held<1>(held_); }
  [[nodiscard]] const Error& error() const& noexcept { return *held<1>(held_); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*held<1>(held_)); }

  [[nodiscard]] T value_or(T other) const& { return has_value() ? **this : std::move(other); }

  // What `next` makes of the value: a Result again. Requires: `next` takes a T&&.
  template <class Next>
  [[nodiscard]] auto and_then(Next&& next) && -> std::invoke_result_t<Next, T&&> {
    if (!has_value()) return std::move(*this).error();
    return std::invoke(std::forward<Next>(next), *std::move(*this));
  }

 private:
  template <std::size_t Index, class Held>
  static auto held(Held& variant) noexcept {
    auto* const found = std::get_if<Index>(&variant);
    if (found == nullptr) detail::access_to_nothing(std::get_if<1>(&variant));
    return found;
  }

  std::variant<T, Error> held_;
};

}  // namespace quotecache
