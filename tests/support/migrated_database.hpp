// A database with the daemon's schema, and readers on it, in a folder that ends with it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <stdlib.h>

#include "store/migrations.hpp"
#include "store/reader.hpp"

namespace quotecached::test {

class MigratedDatabase {
 public:
  MigratedDatabase() {
    REQUIRE(store::migrate(database));
    auto opened = store::ReaderPool::open(path_, {});
    REQUIRE(opened);
    readers = std::move(*opened);
  }
  MigratedDatabase(const MigratedDatabase&) = delete;
  MigratedDatabase& operator=(const MigratedDatabase&) = delete;
  ~MigratedDatabase() { std::filesystem::remove_all(dir_); }

 private:
  static std::filesystem::path make_dir() {
    std::string name = std::filesystem::temp_directory_path() / "quotecached-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }

  const std::filesystem::path dir_ = make_dir();
  const std::string path_ = dir_ / "test.db";

 public:
  SQLite::Database database{path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  std::unique_ptr<store::ReaderPool> readers;
};

}  // namespace quotecached::test
