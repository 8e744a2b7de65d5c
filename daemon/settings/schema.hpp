// The table of settings: one row per key, from which validation, the environment, --print-config
// and the commented default file all come.
//
// Type and default of a row are those of the member it points to.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "settings/settings.hpp"
#include "settings/value.hpp"

namespace quotecached::settings {

// When a change of a setting is taken up.
enum class Change : std::uint8_t {
  Restart,  // at the next start
  Live,     // by a reload
};
[[nodiscard]] std::string_view to_string(Change change) noexcept;  // "restart", "live"

struct Row {
  std::string key;  // "upstream.timeout"
  std::function<Field(Settings&)> field;
  Bounds bounds;
  std::string doc;  // for people; lines broken as they are to be shown
  Change change = Change::Restart;

  [[nodiscard]] std::string section() const { return key.substr(0, key.rfind('.')); }
  [[nodiscard]] std::string name() const { return key.substr(key.rfind('.') + 1); }
  // "QUOTECACHED_UPSTREAM_TIMEOUT"
  [[nodiscard]] std::string environment_name() const;
};

// Every setting, in the order of the file: the fixed ones, then three per family.
std::vector<Row> make_rows(std::span<const std::string_view> families);

// The row of one tag; there are as many as the sources name.
inline constexpr std::string_view kTagPrefix = "tags.";
Row tag_row(std::string_view tag);

// What a section is for, shown above it; empty for one that needs no word.
std::string_view section_doc(std::string_view section) noexcept;

}  // namespace quotecached::settings
