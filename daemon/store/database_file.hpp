// The file of the database: opened, found to be gone, set aside. Blocks; used by the writer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "store/writer.hpp"

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace quotecached::store {

// Opens (and migrates) the database for writing. Fails with Unavailable.
Result<std::unique_ptr<SQLite::Database>> open_database(const std::string& path,
                                                        const Writer::Options& options);

// The file that is open is not the one at its path any more: it was deleted, or replaced.
[[nodiscard]] bool has_moved(const SQLite::Database& database) noexcept;

// Nothing is in the file any more: whoever opens it next finds nothing, whatever its journal says.
[[nodiscard]] bool is_emptied(const std::string& path) noexcept;

// What is in the file is damaged, so that no further try can succeed.
[[nodiscard]] bool is_corrupt(const SQLite::Exception& error) noexcept;

// Looks through all of the file at `path`; says what is wrong with it, if anything is. One that
// cannot be opened or read is not damaged.
[[nodiscard]] std::optional<std::string> damage_in(const std::string& path);

// Where set_aside() leaves a damaged database.
[[nodiscard]] std::string set_aside_path(const std::string& path);

// Takes the file out of the way, and what belongs to it, so that a new one can be made; one that
// was set aside before goes. Requires: not open.
void set_aside(const std::string& path) noexcept;

// Removes what a database that is gone has left beside it. Requires: not open.
void remove_leftovers(const std::string& path) noexcept;

}  // namespace quotecached::store
