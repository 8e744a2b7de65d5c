#include "base/time_zone.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quotecached {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kLargestFile = 64 * 1024;
constexpr seconds kLargestOffset{26 * 3600};

// Takes numbers off the front of a zone file, most significant byte first. Past the end all are 0.
struct Bytes8 {
  std::string_view rest;
  bool is_good = true;

  std::string_view take(std::size_t count) {
    is_good = is_good && count <= rest.size();
    if (!is_good) return {};
    const auto taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  std::int64_t number(std::size_t size) {
    std::uint64_t value = 0;
    const auto bytes = take(size);
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    const bool is_negative = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0;
    if (is_negative && size < 8) value |= ~std::uint64_t{0} << (8 * size);
    return static_cast<std::int64_t>(value);
  }
};

// How much of each there is in a part of the file.
struct Header {
  char version = 0;
  std::size_t utc = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0;

  [[nodiscard]] std::size_t size(std::size_t of_time) const {
    return times * of_time + times + types * 6 + letters + leaps * (of_time + 4) + standard + utc;
  }
};

std::optional<Header> read_header(Bytes8& bytes) {
  if (bytes.take(4) != "TZif") return std::nullopt;
  Header header;
  const auto version = bytes.take(1);
  header.version = version.empty() ? '\0' : version[0];
  bytes.take(15);
  for (auto* count : {&header.utc,
                      &header.standard,
                      &header.leaps,
                      &header.times,
                      &header.types,
                      &header.letters}) {
    const auto value = bytes.number(4);
    bytes.is_good = bytes.is_good && value >= 0 && value <= std::int64_t{kLargestFile};
    *count = static_cast<std::size_t>(value);
  }
  if (!bytes.is_good || header.types == 0) return std::nullopt;
  return header;
}

// "+05:30".
std::optional<seconds> fixed_offset(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  for (const std::size_t at : {1U, 2U, 4U, 5U}) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
  }
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  if (hours > 14 || minutes > 59) return std::nullopt;
  const seconds offset(hours * 3600 + minutes * 60);
  return text[0] == '-' ? -offset : offset;
}

bool is_zone_name(std::string_view name) {
  const auto is_part = [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.size() < 100 && name.front() != '/' &&
         std::ranges::all_of(name, is_part);
}

// The bytes of the system's file of the zone; empty: there is none.
std::optional<std::string> zone_file(std::string_view name) {
  const std::filesystem::path path =
      std::filesystem::path("/usr/share/zoneinfo") / std::string(name);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  if (std::filesystem::file_size(path, error) > kLargestFile || error) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name) {
  TimeZone zone;
  if (name == "UTC") return zone;
  if (const auto offset = fixed_offset(name)) {
    zone.first_ = *offset;
    return zone;
  }
  const auto file = is_zone_name(name) ? zone_file(name) : std::nullopt;
  if (!file)
    return fail(ErrorCode::Invalid,
                fmt::format("\"{}\" is no time zone of this system (package tzdata), no offset "
                            "such as \"+05:30\", and not \"UTC\"",
                            name));
  return parse(*file);
}

Result<TimeZone> TimeZone::parse(std::string_view file) {
  const auto broken = [] { return fail(ErrorCode::Invalid, "a broken zone file"); };
  Bytes8 bytes{file};
  auto header = read_header(bytes);
  if (!header) return broken();
  std::size_t of_time = 4;
  if (header->version >= '2') {  // the first part is for old readers
    bytes.take(header->size(of_time));
    header = read_header(bytes);
    if (!header) return broken();
    of_time = 8;
  }
  std::vector<sys_seconds> times;
  for (std::size_t i = 0; i < header->times && bytes.is_good; ++i)
    times.emplace_back(seconds(bytes.number(of_time)));
  std::vector<std::size_t> kinds;
  for (std::size_t i = 0; i < header->times && bytes.is_good; ++i)
    kinds.push_back(static_cast<std::size_t>(bytes.number(1) & 0xff));
  std::vector<seconds> offsets;
  for (std::size_t i = 0; i < header->types && bytes.is_good; ++i) {
    offsets.emplace_back(bytes.number(4));
    bytes.take(2);
    if (std::chrono::abs(offsets.back()) > kLargestOffset) return broken();
  }
  bytes.take(header->letters + header->leaps * (of_time + 4) + header->standard + header->utc);
  const auto is_kind = [&](std::size_t kind) { return kind < offsets.size(); };
  if (!bytes.is_good || !std::ranges::is_sorted(times) || !std::ranges::all_of(kinds, is_kind))
    return broken();
  TimeZone zone;
  zone.first_ = offsets.front();
  for (std::size_t i = 0; i < times.size(); ++i)
    zone.changes_.push_back({times[i], offsets[kinds[i]]});
  if (of_time == 8 && bytes.rest.size() > 2 && bytes.rest.front() == '\n') {
    const auto footer = bytes.rest.substr(1, bytes.rest.find('\n', 1) - 1);
    auto rule = ZoneRule::parse(footer);
    if (!rule) return std::move(rule).failure();
    zone.rule_ = *rule;
  }
  return zone;
}

seconds TimeZone::offset_at(TimePoint now) const {
  const auto later = [](TimePoint at, const Change& change) { return at < change.at; };
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), now, later);
  if (next == changes_.end() && rule_) return rule_->offset_at(now);
  return next == changes_.begin() ? first_ : std::prev(next)->offset;
}

}  // namespace quotecached
