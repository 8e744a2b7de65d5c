#include "catalog/table_reader.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/ranges.h>

namespace quotecached::catalog {
namespace {

// "60s", "10m", "24h", "30d"
std::optional<std::chrono::seconds> read_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || count < 0 || count > 1'000'000'000 || unit.size() != 1) return {};
  switch (unit.front()) {
    case 's': return std::chrono::seconds(count);
    case 'm': return std::chrono::minutes(count);
    case 'h': return std::chrono::hours(count);
    case 'd': return std::chrono::hours(count * 24);
    default: return {};
  }
}

}  // namespace

void TableReader::problem(std::string_view what) {
  problems_.push_back(fmt::format("{}: {}", source_, what));
}

void TableReader::problem(const toml::node& at, std::string_view what) {
  problems_.push_back(fmt::format("{}:{}: {}", source_, at.source().begin.line, what));
}

void TableReader::problems(const toml::node& at, const std::vector<std::string>& whats) {
  for (const auto& what : whats) problem(at, what);
}

void TableReader::check_keys(const toml::table& table,
                             std::initializer_list<std::string_view> known) {
  for (const auto& [key, node] : table) {
    if (std::ranges::find(known, key.str()) == known.end()) {
      problem(node, fmt::format("unknown key \"{}\"", key.str()));
    }
  }
}

const toml::table* TableReader::child(const toml::table& table, std::string_view key) {
  const auto* node = table.get(key);
  if (node == nullptr) {
    problem(table, fmt::format("[{}] is missing", key));
  } else if (!node->is_table()) {
    problem(*node, fmt::format("\"{}\" must be a table", key));
  } else {
    return node->as_table();
  }
  return nullptr;
}

void TableReader::read_texts(const toml::table& table,
                             std::string_view key,
                             std::vector<std::string>& out) {
  const auto* node = table.get(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr) return problem(*node, fmt::format("\"{}\" must be an array", key));
  for (const auto& item : *array) {
    if (const auto text = item.value_exact<std::string>()) {
      out.push_back(*text);
    } else {
      problem(item, fmt::format("\"{}\" must hold texts", key));
    }
  }
}

void TableReader::read_time(const toml::table& table,
                            std::string_view key,
                            std::chrono::seconds& out) {
  std::string text;
  read(table, key, text);
  const auto time = read_duration(text);
  if (time) {
    out = *time;
  } else {
    problem(table, fmt::format("\"{}\" must be a time such as \"60s\", \"10m\" or \"24h\"", key));
  }
}

Result<void> TableReader::check() const {
  if (problems_.empty()) return {};
  return fail(ErrorCode::Invalid, fmt::format("{}", fmt::join(problems_, "\n")));
}

}  // namespace quotecached::catalog
