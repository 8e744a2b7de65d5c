#include "alert/signature.hpp"

#include <array>
#include <cassert>
#include <iterator>
#include <limits>
#include <new>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace quotecached::alert {

std::string sign(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  assert(!secret.empty() && secret.size() <= std::numeric_limits<int>::max());
  const std::string text = fmt::format("{}.{}", unix_seconds, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const auto* const made = HMAC(EVP_sha256(),
                                secret.data(),
                                static_cast<int>(secret.size()),
                                reinterpret_cast<const unsigned char*>(text.data()),
                                text.size(),
                                digest.data(),
                                &length);
  if (made == nullptr) throw std::bad_alloc();  // nothing else can fail here
  std::string line = fmt::format("t={},v1=", unix_seconds);
  for (unsigned i = 0; i < length; ++i)
    fmt::format_to(std::back_inserter(line), "{:02x}", digest[i]);
  return line;
}

}  // namespace quotecached::alert
