#include "store/database_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "store/migrations.hpp"

namespace quotecached::store {
namespace {

std::string pragmas(const Writer::Options& options) {
  return fmt::format(
      "PRAGMA auto_vacuum = INCREMENTAL;"  // counts only while the file is empty
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = {};"
      "PRAGMA cache_size = -{};"
      "PRAGMA journal_size_limit = {};"
      "PRAGMA secure_delete = OFF;",
      options.sync == Writer::Sync::Full ? "FULL" : "NORMAL",
      options.page_cache.count / 1024,
      options.max_kept_journal.count);
}

}  // namespace

Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        const Writer::Options& options) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        path,
        SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        static_cast<int>(options.busy_timeout.count()));
    // A foreign or newer file is refused before anything is changed in it.
    auto origin = check_origin(*database);
    if (!origin) return std::move(origin).failure("open " + path);
    database->exec(pragmas(options));
    auto migrated = migrate(*database);
    if (!migrated) return std::move(migrated).failure("open " + path);
    return database;
  } catch (const SQLite::Exception& e) {
    return fail(ErrorCode::Unavailable, fmt::format("open {}: {}", path, e.what()));
  }
}

bool has_moved(const SQLite::Database& database) noexcept {
  int moved = 0;
  const int told =
      sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return told == SQLITE_OK && moved != 0;
}

bool is_emptied(const std::string& path) noexcept {
  std::error_code unknown;
  return std::filesystem::file_size(path, unknown) == 0 && !unknown;
}

bool is_corrupt(const SQLite::Exception& error) noexcept {
  return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

namespace {

// The check tells of a page that it could not read as it tells of damage: "...: unable to get the
// page. error code=10".
bool is_unread(std::string_view said) {
  constexpr std::string_view kCode = "error code=";
  const auto at = said.find(kCode);
  if (at == std::string_view::npos) return false;
  const int code = std::atoi(std::string(said.substr(at + kCode.size())).c_str()) & 0xff;
  return code != SQLITE_CORRUPT && code != SQLITE_NOTADB;
}

}  // namespace

std::optional<std::string> damage_in(const std::string& path) {
  try {
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    auto said = database.execAndGet("PRAGMA quick_check(1)").getString();
    if (said == "ok" || is_unread(said)) return std::nullopt;
    return said;
  } catch (const SQLite::Exception& e) {
    if (!is_corrupt(e)) return std::nullopt;
    return e.what();
  }
}

std::string set_aside_path(const std::string& path) { return path + ".broken"; }

void set_aside(const std::string& path) noexcept {
  std::error_code ignored;  // opening the new one says what is wrong, if anything is
  // With its journal, in which the last commits are; what another one left there goes first.
  remove_leftovers(set_aside_path(path));
  for (const char* end : {"", "-wal"})
    std::filesystem::rename(path + end, set_aside_path(path) + end, ignored);
  remove_leftovers(path);
}

// A new database takes nothing from the journal of another, and shares no memory with those who
// still read the old one.
void remove_leftovers(const std::string& path) noexcept {
  std::error_code ignored;
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(path + end, ignored);
}

}  // namespace quotecached::store
