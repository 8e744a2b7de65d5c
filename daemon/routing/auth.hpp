// Who may ask: everyone (open), or who shows a token of ours where the provider's key went.
//
// Immutable but for the rate counters; any thread. Tokens are kept as SHA-256 digests and compared
// in constant time, all of them every time. In open mode whatever clients send as a key is ignored.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached::routing {

struct Token {
  std::string name;
  std::string secret;  // the token itself, or "sha256:" and its digest in hexadecimal digits
  bool is_admin = false;
  std::uint32_t requests_per_minute = 0;  // 0: no limit
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
  };

  static std::unique_ptr<const Auth> open();

  // Fails with Invalid: no token, an empty or repeated name, an empty or repeated secret, a digest
  // that is none.
  static Result<std::unique_ptr<const Auth>> with_tokens(const std::vector<Token>& tokens);

  ~Auth();
  Auth(const Auth&) = delete;
  Auth& operator=(const Auth&) = delete;

  // Counts the request against the token's minute (a UTC minute, as the provider counts).
  [[nodiscard]] Decision check(std::string_view shown, Credential& last, TimePoint now) const;

  // For the admin routes; not counted. In open mode true: the caller checks where it comes from.
  [[nodiscard]] bool is_admin(std::string_view shown) const;

  [[nodiscard]] bool is_open() const noexcept { return clients_.empty(); }

  // Nobody, by an empty name, and the tokens: whom requests may be counted for.
  [[nodiscard]] std::vector<std::string> client_names() const;

 private:
  Auth();
  [[nodiscard]] const Client* find(std::string_view shown) const;

  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace quotecached::routing
