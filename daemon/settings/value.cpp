#include "settings/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "base/json_text.hpp"
#include "settings/windows.hpp"

namespace quotecached::settings {
namespace {

constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLongestList = 64;
constexpr std::array<std::string_view, 2> kAuthModes = {"open", "tokens"};
constexpr std::array<std::string_view, 2> kOnLedgerFailure = {"stop", "allow"};
constexpr std::array<std::string_view, 4> kWarmModes = {"daemon", "cron", "both", "off"};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};

// The words of an enum, in the order of its enumerators.
std::span<const std::string_view> words_of(const AuthMode*) { return kAuthModes; }
std::span<const std::string_view> words_of(const OnLedgerFailure*) { return kOnLedgerFailure; }
std::span<const std::string_view> words_of(const WarmMode*) { return kWarmModes; }
std::span<const std::string_view> words_of(const Log::Level*) { return kLevels; }
std::span<const std::string_view> words_of(const Log::Format*) { return kFormats; }

// Other spellings of a word.
template <class Enum>
std::string_view usual_word(const Enum*, std::string_view text) {
  return text;
}
std::string_view usual_word(const Log::Level*, std::string_view text) {
  return text == "warning" ? "warn" : text;
}

tl::unexpected<Error> wrong(std::string text) { return fail(ErrorCode::Invalid, std::move(text)); }

template <class T>
std::string in_toml(const T& value) {
  T copy = value;
  return to_toml(Field(&copy));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (unit + 1 < units.size() && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, units[unit]);
}

std::string duration_text(milliseconds value) {
  const auto ms = value.count();
  if (ms % 1000 != 0) return fmt::format("{}ms", ms);
  if (ms != 0 && ms % 3'600'000 == 0) return fmt::format("{}h", ms / 3'600'000);
  if (ms >= 120'000 && ms % 60'000 == 0) return fmt::format("{}m", ms / 60'000);
  return fmt::format("{}s", ms / 1000);
}

Result<void> check_text(std::string_view text) {
  if (text.size() > kLongestText)
    return wrong(fmt::format("must not be longer than {} bytes", kLongestText));
  const bool has_control =
      std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (has_control) return wrong("must not hold control characters");
  if (looks_like_key(text))
    return wrong(
        "this looks like an API key, which must not stand here; see upstream.api_key_file");
  return {};
}

// Fails unless `number` is within the bounds, which are told in the spelling of T.
template <class T>
Result<void> check_between(double number, const Bounds& bounds, T least, T most) {
  // Written so that NaN is refused.
  if (!(number >= bounds.least && number <= bounds.most))
    return wrong(fmt::format("must be from {} to {}", in_toml(least), in_toml(most)));
  return {};
}

struct Assign {
  const Value& value;
  const Bounds& bounds;

  Result<void> operator()(std::string* field) const {
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return wrong(R"(must be a string: put it in quotes)");
    if (auto fine = check_text(*text); !fine) return fine;
    *field = *text;
    return {};
  }
  Result<void> operator()(std::vector<std::string>* field) const {
    std::vector<std::string> list;
    if (const auto* text = std::get_if<std::string>(&value)) {
      list.push_back(*text);
    } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      list = *texts;
    } else {
      return wrong("must be a string or a list of strings");
    }
    if (list.empty() && bounds.least > 0) return wrong("must not be an empty list");
    const auto longest = std::max(kLongestList, static_cast<std::size_t>(bounds.most));
    if (list.size() > longest)
      return wrong(fmt::format("must not list more than {} items", longest));
    for (const auto& text : list) {
      if (auto fine = check_text(text); !fine) return fine;
    }
    *field = std::move(list);
    return {};
  }
  Result<void> operator()(std::vector<double>* field) const {
    const auto* numbers = std::get_if<std::vector<double>>(&value);
    if (!numbers || numbers->empty() || numbers->size() > kLongestList)
      return wrong("must be a list of numbers");
    for (const double number : *numbers) {
      auto fine = check_between(number, bounds, bounds.least, bounds.most);
      if (!fine) return std::move(fine).failure("each");
    }
    *field = *numbers;
    return {};
  }
  Result<void> operator()(std::int64_t* field) const {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (!number) return wrong("must be a whole number, without quotes");
    auto fine = check_between(static_cast<double>(*number),
                              bounds,
                              static_cast<std::int64_t>(bounds.least),
                              static_cast<std::int64_t>(bounds.most));
    if (fine) *field = *number;
    return fine;
  }
  Result<void> operator()(double* field) const {
    double number = 0;
    if (const auto* real = std::get_if<double>(&value)) {
      number = *real;
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      number = static_cast<double>(*whole);
    } else {
      return wrong("must be a number, without quotes");
    }
    auto fine = check_between(number, bounds, bounds.least, bounds.most);
    if (fine) *field = number;
    return fine;
  }
  Result<void> operator()(bool* field) const {
    const auto* flag = std::get_if<bool>(&value);
    if (!flag) return wrong("must be true or false, without quotes");
    *field = *flag;
    return {};
  }
  Result<void> operator()(milliseconds* field) const {
    auto duration = parse<milliseconds>(parse_duration);
    if (!duration) return std::move(duration).failure();
    auto fine = check_between(static_cast<double>(duration->count()),
                              bounds,
                              milliseconds(static_cast<milliseconds::rep>(bounds.least)),
                              milliseconds(static_cast<milliseconds::rep>(bounds.most)));
    if (fine) *field = *duration;
    return fine;
  }
  Result<void> operator()(std::optional<seconds>* field) const {
    milliseconds duration{};
    if (auto fine = (*this)(&duration); !fine) return fine;
    if (duration.count() % 1000 != 0) return wrong("must be whole seconds");
    *field = std::chrono::duration_cast<seconds>(duration);
    return {};
  }
  Result<void> operator()(Bytes* field) const {
    auto size = parse<Bytes>(parse_size);
    if (!size) return std::move(size).failure();
    auto fine = check_between(static_cast<double>(size->count),
                              bounds,
                              Bytes{static_cast<std::uint64_t>(bounds.least)},
                              Bytes{static_cast<std::uint64_t>(bounds.most)});
    if (fine) *field = *size;
    return fine;
  }
  Result<void> operator()(std::vector<WarmWindow>* field) const {
    auto windows = windows_of(value);
    if (!windows) return std::move(windows).failure();
    *field = *std::move(windows);
    return {};
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  Result<void> operator()(Enum* field) const {
    const auto words = words_of(field);
    const auto* text = std::get_if<std::string>(&value);
    const auto word = text ? std::ranges::find(words, usual_word(field, *text)) : words.end();
    if (word == words.end())
      return wrong(fmt::format(R"(must be "{}")", fmt::join(words, R"(" or ")")));
    *field = static_cast<Enum>(word - words.begin());
    return {};
  }

  template <class T>
  Result<T> parse(Result<T> (*reader)(std::string_view)) const {
    const auto* text = std::get_if<std::string>(&value);
    return reader(text ? std::string_view(*text) : std::string_view());
  }
};

struct ToToml {
  std::string operator()(const std::string* field) const { return quoted(*field); }
  std::string operator()(const std::vector<std::string>* field) const {
    std::string out = "[";
    for (const auto& text : *field) out += (out.size() > 1 ? ", " : "") + quoted(text);
    return out + "]";
  }
  std::string operator()(const std::vector<double>* field) const {
    return fmt::format("[{}]", fmt::join(*field, ", "));
  }
  std::string operator()(const std::int64_t* field) const { return fmt::format("{}", *field); }
  std::string operator()(const double* field) const { return fmt::format("{}", *field); }
  std::string operator()(const bool* field) const { return *field ? "true" : "false"; }
  std::string operator()(const milliseconds* field) const { return quoted(duration_text(*field)); }
  std::string operator()(const std::optional<seconds>* field) const {
    return *field ? quoted(duration_text(**field)) : std::string();
  }
  std::string operator()(const Bytes* field) const { return quoted(size_text(field->count)); }
  std::string operator()(const std::vector<WarmWindow>* field) const { return to_toml(*field); }
  template <class Enum>
    requires std::is_enum_v<Enum>
  std::string operator()(const Enum* field) const {
    return quoted(words_of(field)[static_cast<std::size_t>(*field)]);
  }
};

struct TypeName {
  std::string_view operator()(const std::string*) const { return "string"; }
  std::string_view operator()(const std::vector<std::string>*) const { return "list of strings"; }
  std::string_view operator()(const std::vector<double>*) const { return "list of numbers"; }
  std::string_view operator()(const std::int64_t*) const { return "whole number"; }
  std::string_view operator()(const double*) const { return "number"; }
  std::string_view operator()(const bool*) const { return "true or false"; }
  std::string_view operator()(const milliseconds*) const { return "duration"; }
  std::string_view operator()(const std::optional<seconds>*) const { return "duration"; }
  std::string_view operator()(const Bytes*) const { return "size"; }
  std::string_view operator()(const std::vector<WarmWindow>*) const { return "list of windows"; }
  template <class Enum>
    requires std::is_enum_v<Enum>
  std::string_view operator()(const Enum*) const {
    return "word";
  }
};

}  // namespace

Result<void> assign(Field field, const Bounds& bounds, const Value& value) {
  return std::visit(Assign{value, bounds}, field);
}

std::string to_toml(Field field) { return std::visit(ToToml{}, field); }

std::string_view type_name(Field field) noexcept { return std::visit(TypeName{}, field); }

bool is_text(Field field) noexcept {
  return std::holds_alternative<std::string*>(field) ||
         std::holds_alternative<std::vector<std::string>*>(field);
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

bool looks_like_key(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const auto byte = static_cast<unsigned char>(text[i]);
    if (is_dash ? byte != '-' : std::isxdigit(byte) == 0) return false;
  }
  return true;
}

}  // namespace quotecached::settings
