#include "app/health_look.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include "cache/memory_tier.hpp"
#include "catalog/request.hpp"
#include "store/reader.hpp"

namespace quotecached::app {
namespace {

// What names lead to is no answer.
bool is_alias(std::string_view key) {
  static const std::string beginning = fmt::format("qc1:{}:", catalog::kAliases);
  return key.starts_with(beginning);
}

// Of the copies in memory that may answer.
health::RunwayFacts runway_of(const cache::MemoryTier& memory, TimePoint now) {
  health::RunwayFacts runway;
  std::vector<milliseconds> left;
  memory.visit([&](const cache::Item& item) {
    const auto& entry = *item.entry;
    runway.from_future = std::max(runway.from_future, entry.fetched_at - now);
    const bool is_answer = !entry.is_negative && !is_alias(item.key);
    if (is_answer && cache::is_usable(entry, now)) left.push_back(entry.stale_until - now);
  });
  runway.copies = left.size();
  if (left.empty()) return runway;
  const auto middle = left.begin() + static_cast<std::ptrdiff_t>((left.size() - 1) / 2);
  std::ranges::nth_element(left, middle);
  runway.half = *middle;
  runway.last = std::ranges::max(left);
  return runway;
}

// Neither a trial's nor what a name leads to.
constexpr const char* kAnyCopy =
    "SELECT 1 FROM entries WHERE stale_until > ? AND key NOT GLOB 'qc1#*' "
    "AND key NOT GLOB 'qc1:alias:*' LIMIT 1";
static_assert(catalog::kAliases == "alias");

// One that cannot be read may have some.
bool may_have_copies(store::ReaderPool& readers, TimePoint now) {
  const auto found = readers.read([now](store::Reader& reader) {
    auto& query = reader.statement(kAnyCopy);
    query.bind(1, static_cast<std::int64_t>(now.time_since_epoch().count()));
    const bool has_any = query.executeStep();
    query.reset();
    return has_any;
  });
  return !found || *found;
}

Bytes size_of_database(const std::string& file) {
  Bytes sum;
  for (const auto* const suffix : {"", "-wal"}) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(file + suffix, absent);
    if (!absent) sum.count += size;
  }
  return sum;
}

}  // namespace

Result<DiskRoom> DiskLook::operator()() const {
  const auto folder = std::filesystem::absolute(database).parent_path();
  std::error_code failure;
  const auto space = std::filesystem::space(folder, failure);
  if (!failure) return DiskRoom{Bytes{space.available}, size_of_database(database)};
  return fail(ErrorCode::Unavailable, failure.message());  // told to anyone: without the folder
}

health::RunwayFacts CopiesLook::operator()() const {
  auto runway = runway_of(*memory, now);
  runway.has_lower_copies = readers && may_have_copies(*readers, now);
  return runway;
}

}  // namespace quotecached::app
