// Who may ask: everyone (open), or who shows a token of ours where the provider's key went.
//
// An Auth is immutable but for the rate counters; any thread. Tokens are kept as SHA-256 digests
// and compared in constant time, all of them every time. In open mode whatever clients send as a
// key is ignored.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "base/result.hpp"
#include "routing/rate.hpp"

namespace quotecached::routing {

struct Token {
  std::string name;
  std::string secret;  // the token itself, or "sha256:" and its digest in hexadecimal digits
  bool is_admin = false;
  std::uint32_t requests_per_minute = 0;  // 0: no limit
  std::uint32_t max_concurrent = 0;       // that wait for the engine; 0: no limit
};

// A token's requests that wait for the engine, over all connections and reloads.
struct Waiters {
  std::shared_ptr<std::atomic<std::uint32_t>> now;  // null: there is no token
  std::uint32_t most = 0;                           // 0: no limit
};

class Auth {
 public:
  class Client;  // one token and how often it was used this minute

  // What a connection showed last: the same credential again is not looked up again.
  struct Credential {
    std::string shown;
    const Client* client = nullptr;
  };

  enum class Access : std::uint8_t { Granted, Missing, Wrong, TooMany };
  struct Decision {
    Access access = Access::Granted;
    std::string_view client;              // the token's name; empty in open mode
    std::uint32_t client_position = 0;    // in client_names()
    std::chrono::seconds retry_after{0};  // with TooMany
    Rate rate;                            // of the token, this request counted
  };

  static std::unique_ptr<const Auth> open();

  // Fails with Invalid: no token, an empty or repeated name, an empty or repeated secret, a digest
  // that is none. In place of `before`, if there is one: its names keep their positions, and what
  // a token has made of its minute counts on, as do its requests that wait.
  static Result<std::unique_ptr<const Auth>> with_tokens(const std::vector<Token>& tokens,
                                                         const Auth* before = nullptr);

  ~Auth();
  Auth(const Auth&) = delete;
  Auth& operator=(const Auth&) = delete;

  // Counts the request against the token's minute (a UTC minute, as the provider counts).
  [[nodiscard]] Decision check(std::string_view shown, Credential& last, TimePoint now) const;

  // Those of the token that check() found for it last; none in open mode.
  [[nodiscard]] static Waiters waiters(const Credential& last);

  // For the admin routes; not counted. In open mode true: the caller checks where it comes from.
  [[nodiscard]] bool is_admin(std::string_view shown) const;

  // The client of the same name and token, of whichever Auth this one is; null: it may not ask
  // here.
  [[nodiscard]] const Client* find_again(const Client& client) const;

  [[nodiscard]] bool is_open() const noexcept { return clients_.empty(); }

  // Nobody, by an empty name, and the tokens, those before too: whom requests may be counted for.
  [[nodiscard]] const std::vector<std::string>& client_names() const noexcept { return names_; }

 private:
  Auth();
  [[nodiscard]] const Client* find(std::string_view shown) const;
  [[nodiscard]] const Client* named(std::string_view name) const;
  // Fails with Invalid.
  Result<void> add(const Token& token, const Auth* before);

  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::string> names_{""};
};

// By which token something lasting was admitted.
struct Admission {
  std::shared_ptr<const Auth> auth;
  const Auth::Client* client = nullptr;  // of it; null in open mode

  // By the tokens as they are now; false: it is over.
  [[nodiscard]] bool renew(const std::shared_ptr<const Auth>& now);
};

// Who may ask now: an Auth that a reload may replace. A request keeps to the one that it began with
// by holding it. Any thread.
class CurrentAuth {
 public:
  explicit CurrentAuth(std::shared_ptr<const Auth> auth);

  // Whether access is open does not change. Requires: `auth` is open if this is.
  void publish(std::shared_ptr<const Auth> auth);

  // Makes `held` the present one; true: it was another. Costs one load where it is not.
  bool refresh(std::shared_ptr<const Auth>& held) const {
    return held.get() != now_.load(std::memory_order_acquire) && take(held);
  }
  [[nodiscard]] std::shared_ptr<const Auth> get() const;
  [[nodiscard]] bool is_open() const noexcept { return is_open_; }

 private:
  bool take(std::shared_ptr<const Auth>& held) const;

  const bool is_open_;
  mutable Mutex mutex_;
  std::shared_ptr<const Auth> auth_ GUARDED_BY(mutex_);
  std::atomic<const Auth*> now_;  // the same
};

}  // namespace quotecached::routing
