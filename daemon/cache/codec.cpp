#include "cache/codec.hpp"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

#include <zstd.h>

#include "base/hash.hpp"

// Layout, little-endian:
//
//   magic u8, version u8, checksum u64,
//   flags u8, fetched_at i64, fresh_until i64, stale_until i64, content_hash u64,
//   text_size u32, slot_count u32, slots {asset_id u64, begin u32, end u32}..., payload
//
// The checksum covers all that follows it and is seeded with the hash of the key; the two bytes
// before it have one valid value each. Nothing is read, let alone allocated, before it matches.

namespace quotecached::cache {
namespace {

constexpr std::uint8_t kMagic = 0xc7;
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kCompressed = 2;
constexpr std::uint8_t kKnownFlags = kNegative | kCompressed;
constexpr int kZstdLevel = 1;

constexpr std::size_t kChecksumAt = 2;
constexpr std::size_t kCheckedFrom = kChecksumAt + sizeof(std::uint64_t);
constexpr std::size_t kHeaderSize = kCheckedFrom + 1 + 4 * 8 + 2 * 4;
constexpr std::size_t kSlotSize = 8 + 4 + 4;
constexpr std::size_t kFetchedAt = kCheckedFrom + 1;
static_assert(kStoredHead == kFetchedAt + sizeof(std::int64_t));

// Times are kept within years that every sum of a time and a setting can bear.
constexpr std::int64_t kLastTime = 253'402'300'800'000;  // the year 10000

template <std::integral T>
void put(char*& at, T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    *at++ = static_cast<char>(static_cast<unsigned char>(bits >> (8 * i)));
  }
}

template <std::integral T>
T take(const char*& at) {
  std::make_unsigned_t<T> bits = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    const auto byte = static_cast<unsigned char>(*at++);
    bits = static_cast<std::make_unsigned_t<T>>(
        bits | (static_cast<std::make_unsigned_t<T>>(byte) << (8 * i)));
  }
  return static_cast<T>(bits);
}

void put_time(char*& at, TimePoint time) {
  put(at, std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, kLastTime));
}

bool take_time(const char*& at, TimePoint& time) {
  const auto count = take<std::int64_t>(at);
  time = TimePoint(milliseconds(count));
  return count >= 0 && count <= kLastTime;
}

std::uint64_t checksum(std::string_view checked, std::string_view key) {
  return hash64(checked, hash64(key));
}

// The text compressed at the end of `out`, or nothing when that would not be smaller.
bool append_compressed(std::string& out, std::string_view text) {
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  if (!context) return false;
  const std::size_t before = out.size();
  out.resize(before + text.size() - 1);
  const std::size_t size = ZSTD_compressCCtx(
      context.get(), out.data() + before, text.size() - 1, text.data(), text.size(), kZstdLevel);
  out.resize(ZSTD_isError(size) != 0 ? before : before + size);
  return ZSTD_isError(size) == 0;
}

bool decompress(std::string_view payload, std::string& text) {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  if (ZSTD_getFrameContentSize(payload.data(), payload.size()) != text.size()) return false;
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  if (!context) return false;
  const std::size_t size =
      ZSTD_decompressDCtx(context.get(), text.data(), text.size(), payload.data(), payload.size());
  return ZSTD_isError(size) == 0 && size == text.size();
}

bool are_in_order(const std::vector<Slot>& slots, std::size_t text_size) {
  std::size_t at = 0;
  for (const Slot& slot : slots) {
    if (slot.begin < at || slot.end < slot.begin || slot.end > text_size) return false;
    at = slot.end;
  }
  return true;
}

void put_header(char* at, const Entry& entry, std::uint8_t flags) {
  put(at, kMagic);
  put(at, kVersion);
  at += sizeof(std::uint64_t);
  put(at, flags);
  put_time(at, entry.fetched_at);
  put_time(at, entry.fresh_until);
  put_time(at, entry.stale_until);
  put(at, entry.content_hash);
  put(at, static_cast<std::uint32_t>(entry.fragment.text.size()));
  put(at, static_cast<std::uint32_t>(entry.fragment.slots.size()));
  for (const Slot& slot : entry.fragment.slots) {
    put(at, slot.asset_id);
    put(at, slot.begin);
    put(at, slot.end);
  }
}

tl::unexpected<Error> invalid(const char* what) { return fail(ErrorCode::Invalid, what); }

bool take_text(std::string_view payload, bool is_compressed, std::string& text) {
  if (is_compressed) return decompress(payload, text);
  if (payload.size() != text.size()) return false;
  std::copy(payload.begin(), payload.end(), text.begin());
  return true;
}

// What follows the checksum, once that has matched.
Result<EntryPtr> decode_checked(std::string_view checked, const CodecLimits& limits) {
  const char* at = checked.data();
  auto entry = std::make_shared<Entry>();
  const auto flags = take<std::uint8_t>(at);
  if ((flags & ~kKnownFlags) != 0) return invalid("unknown flags");
  entry->is_negative = (flags & kNegative) != 0;
  if (!take_time(at, entry->fetched_at) || !take_time(at, entry->fresh_until) ||
      !take_time(at, entry->stale_until)) {
    return invalid("time out of range");
  }
  entry->content_hash = take<std::uint64_t>(at);
  const auto text_size = take<std::uint32_t>(at);
  const std::size_t slot_count = take<std::uint32_t>(at);
  const auto rest = static_cast<std::size_t>(checked.data() + checked.size() - at);
  if (text_size > limits.max_payload.count) return invalid("too large");
  if (slot_count > rest / kSlotSize) return invalid("slots past the end");

  entry->fragment.slots.resize(slot_count);
  for (Slot& slot : entry->fragment.slots) {
    slot.asset_id = take<std::uint64_t>(at);
    slot.begin = take<std::uint32_t>(at);
    slot.end = take<std::uint32_t>(at);
  }
  if (!are_in_order(entry->fragment.slots, text_size)) return invalid("slots out of the text");
  entry->fragment.text.resize(text_size);
  const std::string_view payload(at, rest - slot_count * kSlotSize);
  if (!take_text(payload, (flags & kCompressed) != 0, entry->fragment.text)) {
    return invalid("payload of another length");
  }
  return EntryPtr(std::move(entry));
}

}  // namespace

std::string encode(const Entry& entry, std::string_view key, const CodecLimits& limits) {
  const Fragment& fragment = entry.fragment;
  const std::size_t head = kHeaderSize + fragment.slots.size() * kSlotSize;
  std::string out(head, '\0');
  const bool is_compressed =
      fragment.text.size() > limits.compress_above.count && append_compressed(out, fragment.text);
  if (!is_compressed) out += fragment.text;
  const auto flags = static_cast<std::uint8_t>((entry.is_negative ? kNegative : 0) |
                                               (is_compressed ? kCompressed : 0));
  put_header(out.data(), entry, flags);
  char* at = out.data() + kChecksumAt;
  put(at, checksum(std::string_view(out).substr(kCheckedFrom), key));
  return out;
}

Result<EntryPtr> decode(std::string_view stored, std::string_view key, const CodecLimits& limits) {
  if (stored.size() < kHeaderSize) return invalid("shorter than a header");
  const char* at = stored.data();
  if (take<std::uint8_t>(at) != kMagic) return invalid("not an entry");
  if (take<std::uint8_t>(at) != kVersion) return invalid("another version");
  if (take<std::uint64_t>(at) != checksum(stored.substr(kCheckedFrom), key)) {
    return invalid("checksum does not match");
  }
  return decode_checked(stored.substr(kCheckedFrom), limits);
}

std::optional<TimePoint> stored_at(std::string_view stored) {
  if (stored.size() < kStoredHead) return std::nullopt;
  const char* at = stored.data();
  if (take<std::uint8_t>(at) != kMagic || take<std::uint8_t>(at) != kVersion) return std::nullopt;
  at = stored.data() + kFetchedAt;
  TimePoint time;
  if (!take_time(at, time)) return std::nullopt;
  return time;
}

}  // namespace quotecached::cache
