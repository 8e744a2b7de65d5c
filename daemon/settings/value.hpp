// Values as the sources of settings spell them, and the typed fields they are put into.
//
// Pure. Durations and sizes carry their unit: a bare number is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "settings/settings.hpp"

namespace quotecached::settings {

// A TOML value of a type no setting has: a date, a mixed list.
struct Unsupported {
  std::string_view type;
};

// A list of tables, such as the sections [[warm.window]], each with its members in order.
using Member = std::variant<std::string, std::int64_t, std::vector<std::string>, Unsupported>;
using Table = std::vector<std::pair<std::string, Member>>;

using Value = std::variant<std::string,
                           std::int64_t,
                           double,
                           bool,
                           std::vector<std::string>,
                           std::vector<double>,
                           std::vector<Table>,
                           Unsupported>;

// Where a setting lives in a Settings; the alternative is its type.
using Field = std::variant<std::string*,
                           std::vector<std::string>*,
                           std::vector<double>*,
                           std::int64_t*,
                           double*,
                           bool*,
                           milliseconds*,
                           std::optional<seconds>*,
                           Bytes*,
                           AuthMode*,
                           OnLedgerFailure*,
                           WarmMode*,
                           std::vector<WarmWindow>*,
                           Log::Level*,
                           Log::Format*>;

// What a field may hold: the smallest and largest number (milliseconds, bytes or a count), of a
// list of texts the fewest and the most items.
struct Bounds {
  double least = 0;
  double most = 0;
};

// "500ms", "15s", "5m", "24h", "7d". Fails with Invalid.
Result<milliseconds> parse_duration(std::string_view text);
// "512B", "64KiB", "64MiB", "1GiB", "1TiB". Fails with Invalid.
Result<Bytes> parse_size(std::string_view text);

// Puts `value` into `field`. Fails with Invalid, saying what is wanted instead; the field is then
// unchanged.
Result<void> assign(Field field, const Bounds& bounds, const Value& value);

// The field as TOML; empty for an optional that holds nothing.
std::string to_toml(Field field);
std::string quoted(std::string_view text);

// "duration", "size", "string", ...: the word in the documentation.
std::string_view type_name(Field field) noexcept;

// Does the field take a bare word as it stands, whatever TOML would make of it?
[[nodiscard]] bool is_text(Field field) noexcept;

// Does it have the form of the provider's API keys? Such text is never repeated in an error.
[[nodiscard]] bool looks_like_key(std::string_view text) noexcept;

}  // namespace quotecached::settings
