#include "routing/auth.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/ascii.hpp"

namespace quotecached::routing {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;
constexpr std::string_view kDigestPrefix = "sha256:";

Digest digest_of(std::string_view text) {
  Digest digest;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  SHA256(bytes, text.size(), digest.data());
  return digest;
}

Result<Digest> parse_digest(std::string_view hex) {
  Digest digest;
  if (hex.size() != 2 * digest.size()) return fail(ErrorCode::Invalid, "not a SHA-256 digest");
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::Invalid, "not a SHA-256 digest");
    digest[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return digest;
}

Result<Digest> digest_of_secret(std::string_view secret) {
  if (secret.empty()) return fail(ErrorCode::Invalid, "empty secret");
  if (!secret.starts_with(kDigestPrefix)) return digest_of(secret);
  return parse_digest(secret.substr(kDigestPrefix.size()));
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

class Auth::Client {
 public:
  Client(const Token& token, const Digest& secret, std::uint32_t place, const Client* before)
      : name(token.name),
        position(place),
        digest(secret),
        is_admin(token.is_admin),
        limit_(token.requests_per_minute),
        used_(before == nullptr ? 0 : before->used_.load(std::memory_order_relaxed)),
        waiters_{before == nullptr ? std::make_shared<std::atomic<std::uint32_t>>(0U)
                                   : before->waiters_.now,
                 token.max_concurrent} {}

  const std::string name;
  const std::uint32_t position;  // in client_names()
  const Digest digest;
  const bool is_admin;

  // Counts one request in the minute of `now`; false when that minute is used up. Tells how the
  // client stands then.
  bool admit(TimePoint now, Rate& rate) const {
    if (limit_ == 0) return true;
    const auto next_minute =
        std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes(1);
    rate = {limit_, 0, std::chrono::ceil<std::chrono::seconds>(next_minute - now)};
    const auto minute = static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count());
    auto seen = used_.load(std::memory_order_relaxed);
    for (;;) {
      const bool is_same_minute = seen >> 32 == (minute & 0xffffffff);
      const auto count = is_same_minute ? (seen & 0xffffffff) : 0;
      if (count >= limit_) return false;
      const auto next = (minute << 32) | (count + 1);
      if (used_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) {
        rate.left = limit_ - static_cast<std::uint32_t>(count) - 1;
        return true;
      }
    }
  }
  [[nodiscard]] const Waiters& waiters() const noexcept { return waiters_; }

 private:
  std::uint32_t limit_;
  mutable std::atomic<std::uint64_t> used_;  // minute in the high half, requests in the low
  Waiters waiters_;
};

Auth::Auth() = default;
Auth::~Auth() = default;

std::unique_ptr<const Auth> Auth::open() { return std::unique_ptr<const Auth>(new Auth()); }

Result<std::unique_ptr<const Auth>> Auth::with_tokens(const std::vector<Token>& tokens,
                                                      const Auth* before) {
  if (tokens.empty()) return fail(ErrorCode::Invalid, "no tokens");
  std::unique_ptr<Auth> auth(new Auth());
  if (before != nullptr) auth->names_ = before->names_;
  for (const auto& token : tokens) {
    if (auto added = auth->add(token, before); !added) return std::move(added).failure();
  }
  return std::unique_ptr<const Auth>(std::move(auth));
}

Result<void> Auth::add(const Token& token, const Auth* before) {
  if (token.name.empty()) return fail(ErrorCode::Invalid, "a token without a name");
  auto digest = digest_of_secret(token.secret);
  if (!digest) return std::move(digest).failure("token " + token.name);
  for (const auto& other : clients_) {
    if (other->name == token.name)
      return fail(ErrorCode::Invalid, "token " + token.name + " is given twice");
    if (other->digest == *digest)
      return fail(ErrorCode::Invalid,
                  "tokens " + other->name + " and " + token.name + " are the same");
  }
  const auto known = std::ranges::find(names_, token.name);
  const auto position = static_cast<std::uint32_t>(known - names_.begin());
  if (known == names_.end()) names_.push_back(token.name);
  const auto* const was = before == nullptr ? nullptr : before->named(token.name);
  clients_.push_back(std::make_unique<Client>(token, *digest, position, was));
  return {};
}

const Auth::Client* Auth::named(std::string_view name) const {
  const auto client = std::ranges::find(
      clients_, name, [](const auto& one) -> std::string_view { return one->name; });
  return client == clients_.end() ? nullptr : client->get();
}

const Auth::Client* Auth::find_again(const Client& client) const {
  const auto* const found = named(client.name);
  return found != nullptr && found->digest == client.digest ? found : nullptr;
}

const Auth::Client* Auth::find(std::string_view shown) const {
  const auto digest = digest_of(shown);
  const Client* found = nullptr;
  for (const auto& client : clients_) {
    if (CRYPTO_memcmp(client->digest.data(), digest.data(), digest.size()) == 0)
      found = client.get();  // no early end: the time taken says nothing
  }
  return found;
}

Auth::Decision Auth::check(std::string_view shown, Credential& last, TimePoint now) const {
  Decision decision;
  if (is_open()) return decision;
  if (shown.empty()) {
    decision.access = Access::Missing;
    return decision;
  }
  if (last.client == nullptr || !same(shown, last.shown)) {
    const auto* const client = find(shown);
    if (client == nullptr) {
      decision.access = Access::Wrong;
      return decision;
    }
    last.shown = shown;
    last.client = client;
  }
  decision.client = last.client->name;
  decision.client_position = last.client->position;
  if (!last.client->admit(now, decision.rate)) {
    decision.access = Access::TooMany;
    decision.retry_after = decision.rate.resets_in;
  }
  return decision;
}

Waiters Auth::waiters(const Credential& last) {
  return last.client == nullptr ? Waiters{} : last.client->waiters();
}

bool Auth::is_admin(std::string_view shown) const {
  if (is_open()) return true;
  const auto* const client = shown.empty() ? nullptr : find(shown);
  return client != nullptr && client->is_admin;
}

bool Admission::renew(const std::shared_ptr<const Auth>& now) {
  if (client != nullptr) client = now->find_again(*client);
  auth = now;  // the client before was of the one before
  return client != nullptr || now->is_open();
}

CurrentAuth::CurrentAuth(std::shared_ptr<const Auth> auth)
    : is_open_(auth->is_open()), auth_(std::move(auth)), now_(auth_.get()) {}

void CurrentAuth::publish(std::shared_ptr<const Auth> auth) {
  assert(auth->is_open() == is_open_);
  const MutexLock lock(mutex_);
  auth_.swap(auth);
  now_.store(auth_.get(), std::memory_order_release);
}

std::shared_ptr<const Auth> CurrentAuth::get() const {
  const MutexLock lock(mutex_);
  return auth_;
}

bool CurrentAuth::take(std::shared_ptr<const Auth>& held) const {
  held = get();
  return true;
}

}  // namespace quotecached::routing
