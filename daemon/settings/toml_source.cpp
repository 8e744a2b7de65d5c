#include "settings/toml_source.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/ascii.hpp"

namespace quotecached::settings {
namespace {

// Bounds that no honest file meets; they keep the parser's recursion shallow.
constexpr std::size_t kLongestFile = std::size_t{256} * 1024;
constexpr std::size_t kLongestLine = 4096;
constexpr int kDeepestTable = 8;

bool is_bare(std::string_view part) {
  return !part.empty() && std::ranges::all_of(part, [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-';
  });
}

std::string join_key(const std::string& prefix, std::string_view part) {
  const std::string spelled = is_bare(part) ? std::string(part) : quoted(part);
  return prefix.empty() ? spelled : prefix + "." + spelled;
}

std::optional<double> number_of(const toml::node& node) {
  if (const auto* whole = node.as_integer()) return static_cast<double>(whole->get());
  if (const auto* real = node.as_floating_point()) return real->get();
  return std::nullopt;
}

std::optional<std::vector<std::string>> texts_of(const toml::array& array) {
  std::vector<std::string> texts;
  for (const toml::node& item : array) {
    const auto* text = item.as_string();
    if (!text) return std::nullopt;
    texts.push_back(text->get());
  }
  return texts;
}

Member member_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  const auto* array = node.as_array();
  auto texts = array ? texts_of(*array) : std::nullopt;
  if (texts) return *std::move(texts);
  return Unsupported{"something else"};
}

std::vector<Table> tables_of(const toml::array& array) {
  std::vector<Table> tables;
  for (const toml::node& item : array) {
    Table& table = tables.emplace_back();
    for (const auto& [key, node] : *item.as_table())
      table.emplace_back(std::string(key.str()), member_of(node));
  }
  return tables;
}

Value list_of(const toml::array& array) {
  if (!array.empty() && array.is_homogeneous(toml::node_type::table)) return tables_of(array);
  std::vector<double> numbers;
  for (const toml::node& item : array) {
    if (const auto number = number_of(item)) numbers.push_back(*number);
  }
  if (!array.empty() && numbers.size() == array.size()) return numbers;
  auto texts = texts_of(array);
  if (!texts) return Unsupported{"a mixed list"};
  return *std::move(texts);
}

Value value_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* array = node.as_array()) return list_of(*array);
  if (node.is_table()) return Unsupported{"a table"};
  return Unsupported{"a date or time"};
}

struct Flattener {
  const std::string& file;
  Flat& out;

  // Requires: `depth` tables above this one.
  // NOLINTNEXTLINE(misc-no-recursion): bounded by kDeepestTable.
  void add(const toml::table& table, const std::string& prefix, int depth) {
    bool has_value = false;
    for (const auto& [key, node] : table) {
      const std::string path = join_key(prefix, key.str());
      const toml::table* inner = node.as_table();
      if (inner && depth < kDeepestTable) {
        add(*inner, path, depth + 1);
        continue;
      }
      has_value = true;
      out.values.push_back({path, file, node.source().begin.line, value_of(node)});
    }
    if (!has_value && !prefix.empty())
      out.sections.push_back({prefix, file, table.source().begin.line, Unsupported{"a table"}});
  }
};

std::optional<Problem> refuse_by_size(std::string_view text, const std::string& file) {
  if (text.size() > kLongestFile)
    return Problem{file, 0, "", fmt::format("larger than {} KiB", kLongestFile / 1024)};
  std::size_t line = 1;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (std::min(end, text.size()) > kLongestLine)
      return Problem{file, line, "", fmt::format("a line longer than {} bytes", kLongestLine)};
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    ++line;
  }
  return std::nullopt;
}

}  // namespace

Flat flatten_toml(std::string_view text, const std::string& file, Problems& problems) {
  Flat flat;
  if (auto refusal = refuse_by_size(text, file)) {
    problems.push_back(*std::move(refusal));
    return flat;
  }
  try {
    const toml::table root = toml::parse(text);
    Flattener{file, flat}.add(root, "", 0);
  } catch (const toml::parse_error& error) {
    problems.push_back(
        {file, error.source().begin.line, "", "not TOML: " + std::string(error.description())});
  }
  std::ranges::stable_sort(flat.values, {}, &SourceValue::line);
  return flat;
}

std::optional<Value> parse_toml_value(std::string_view text) {
  if (text.size() > kLongestLine || text.find('\n') != std::string_view::npos) return std::nullopt;
  try {
    const toml::table root = toml::parse("value = " + std::string(text) + "\n");
    return value_of(*root.get("value"));
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

}  // namespace quotecached::settings
