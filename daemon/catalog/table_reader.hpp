// Reads values out of the tables of a TOML text, and keeps what is wrong with them, each with its
// line, so that all of it can be told at once. With load.cpp all that knows TOML.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/result.hpp"

namespace quotecached::catalog {

// The words that a value may be, and what each means.
template <class T>
using Words = std::vector<std::pair<std::string_view, T>>;

class TableReader {
 public:
  explicit TableReader(std::string_view source) : source_(source) {}

  void problem(std::string_view what);  // with the text as a whole
  void problem(const toml::node& at, std::string_view what);
  void problems(const toml::node& at, const std::vector<std::string>& whats);

  // Fails with Invalid, naming every problem there was.
  [[nodiscard]] Result<void> check() const;

  void check_keys(const toml::table& table, std::initializer_list<std::string_view> known);
  // Null, and a problem, when there is no such table.
  const toml::table* child(const toml::table& table, std::string_view key);
  // Calls `load_one(name, table)` for each table of `tables`, which may be null.
  template <class LoadOne>
  void each(const toml::table* tables, LoadOne load_one);

  // A key that is missing leaves `out` as it is, but for a time, which must be there.
  template <class T>
  void read(const toml::table& table, std::string_view key, T& out);
  template <class T>
  void read_word(const toml::table& table, std::string_view key, const Words<T>& words, T& out);
  void read_texts(const toml::table& table, std::string_view key, std::vector<std::string>& out);
  void read_time(const toml::table& table, std::string_view key, std::chrono::seconds& out);

 private:
  std::string source_;
  std::vector<std::string> problems_;
};

template <class LoadOne>
void TableReader::each(const toml::table* tables, LoadOne load_one) {
  if (tables == nullptr) return;
  for (const auto& [key, node] : *tables) {
    if (const auto* table = node.as_table()) {
      load_one(key.str(), *table);
    } else {
      problem(node, fmt::format("\"{}\" must be a table", key.str()));
    }
  }
}

template <class T>
void TableReader::read(const toml::table& table, std::string_view key, T& out) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<T>()) {
    out = *value;
  } else {
    problem(*node, fmt::format("\"{}\" is of the wrong type", key));
  }
}

template <class T>
void TableReader::read_word(const toml::table& table,
                            std::string_view key,
                            const Words<T>& words,
                            T& out) {
  std::string text;
  read(table, key, text);
  if (text.empty()) return;
  for (const auto& [word, value] : words) {
    if (word == text) {
      out = value;
      return;
    }
  }
  problem(*table.get(key), fmt::format("\"{}\" cannot be \"{}\"", key, text));
}

}  // namespace quotecached::catalog
