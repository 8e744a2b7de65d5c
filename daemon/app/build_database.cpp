// Opens the database, and tells what an operator should know of it.
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/build.hpp"
#include "app/parts.hpp"
#include "io/offload.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::app {
namespace {

constexpr io::OffloadPool::Options kDatabaseThreads{.threads = 2, .max_queued = 256};

// Whether it had to be made. Fails with Unavailable.
Result<bool> make_folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  if (folder.empty()) return false;
  std::error_code failure;
  const bool is_made = std::filesystem::create_directories(folder, failure);
  if (!failure) return is_made;
  return fail(
      ErrorCode::Unavailable,
      fmt::format("open {}: its folder cannot be made: {}", file.string(), failure.message()));
}

// SQLite takes an empty file for a new database, too. Where nothing can be told opening fails.
enum class Before : std::uint8_t { Absent, Empty, Database };

Before before_opening(const std::filesystem::path& file) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(file, failure);
  if (failure) return Before::Absent;
  return size == 0 ? Before::Empty : Before::Database;
}

// Who expected one that knows what was spent is told, above all where a disk may not be mounted or
// has lost what was written.
void tell_new(const Log& log, const std::string& path, Before before, bool is_folder_made) {
  if (before == Before::Empty)
    return log.warn("database_is_new_in_an_empty_file", {{"path", path}});
  if (!is_folder_made) return log.info("database_is_new", {{"path", path}});
  log.warn("database_is_new_in_a_new_folder", {{"path", path}});
}

}  // namespace

Result<void> open_database(Parts& parts) {
  const auto& path = parts.settings.tiers.sqlite.path;
  auto is_folder_made = make_folder_of(path);
  if (!is_folder_made) return std::move(is_folder_made).failure();
  const auto before = before_opening(path);
  auto writer = store::Writer::open(path, {}, parts.log);
  if (!writer) return std::move(writer).failure();
  store::ReaderPool::Options reading;
  reading.on_damage = [doubted = writer->get()] { doubted->doubt(); };
  auto readers = store::ReaderPool::open(path, std::move(reading));
  if (!readers) return std::move(readers).failure();
  if (before != Before::Database) tell_new(parts.log, path, before, *is_folder_made);
  parts.writer = std::move(*writer);
  parts.readers = std::move(*readers);
  parts.sqlite_pool = std::make_unique<io::OffloadPool>(kDatabaseThreads);
  return {};
}

}  // namespace quotecached::app
