// No bytes from a tier may crash the decoder, make it allocate beyond the limit, or decode to an
// entry whose slots lie outside its text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "cache/codec.hpp"

namespace {

using namespace quotecached;

void check(std::string_view stored, std::string_view key) {
  cache::CodecLimits limits;
  limits.max_payload = kibibytes(256);
  const auto entry = cache::decode(stored, key, limits);
  if (!entry) return;
  const Fragment& fragment = (*entry)->fragment;
  if (fragment.text.size() > limits.max_payload.count) std::abort();
  for (const Slot& slot : fragment.slots) {
    if (slot.begin > slot.end || slot.end > fragment.text.size()) std::abort();
  }
  // What decodes, encodes to something that decodes to the same.
  const auto again = cache::decode(cache::encode(**entry, key, limits), key, limits);
  if (!again || !((*again)->fragment == fragment)) std::abort();
  if ((*again)->fetched_at != (*entry)->fetched_at) std::abort();
}

// Magic, version and the right checksum in front, so that the fuzzer gets past it.
std::string sealed(std::string_view checked, std::string_view key) {
  const std::uint64_t sum = hash64(checked, hash64(key));
  std::string stored = "\xc7\x01";
  for (int i = 0; i < 8; ++i) stored += static_cast<char>(sum >> (8 * i));
  return stored.append(checked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input, "key");
  check(sealed(input, "key"), "key");
  return 0;
}
