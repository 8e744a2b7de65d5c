#include "coding/accept.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"

namespace quotecached::coding {
namespace {

constexpr std::size_t kMostElements = 32;  // of a field; no client has more to say
constexpr std::size_t kLongestRemembered = 512;

using Weight = std::uint16_t;

std::string_view trimmed(std::string_view text) noexcept {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes what stands before the next `separator` off the text.
std::string_view take_to(char separator, std::string_view& text) noexcept {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// A qvalue: 0 or 1, and up to three digits behind a point.
std::optional<Weight> weight_of(std::string_view text) noexcept {
  constexpr std::size_t kLongest = std::string_view("0.123").size();
  if (text.empty() || text.size() > kLongest || (text[0] != '0' && text[0] != '1'))
    return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int thousandths = (text[0] - '0') * Accepted::kMost;
  int worth = Accepted::kMost / 10;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!is_digit(digit)) return std::nullopt;
    thousandths += (digit - '0') * worth;
    worth /= 10;
  }
  if (thousandths > Accepted::kMost) return std::nullopt;
  return static_cast<Weight>(thousandths);
}

// Of what stands behind a coding; nullopt when that is no weight.
std::optional<Weight> read_weight(std::string_view parameter) noexcept {
  const auto text = trimmed(parameter);
  if (text.size() < 2 || to_lower(text[0]) != 'q' || text[1] != '=') return std::nullopt;
  return weight_of(text.substr(2));
}

// A name that HTTP knows besides the coding's own (RFC 9110, 8.4.1.3).
constexpr std::string_view kOldGzip = "x-gzip";

std::optional<Coding> coding_of(std::string_view name) noexcept {
  for (const auto coding : {Coding::Gzip, Coding::Brotli, Coding::Zstd, Coding::Identity})
    if (equal_ignoring_case(name, name_of(coding))) return coding;
  if (equal_ignoring_case(name, kOldGzip)) return Coding::Gzip;
  return std::nullopt;
}

// What the elements of a field say.
struct Said {
  std::array<std::optional<Weight>, kCodings> named;
  std::optional<Weight> others;  // "*"

  void take(std::string_view element) noexcept;
  [[nodiscard]] Accepted accepted() const noexcept;
};

void Said::take(std::string_view element) noexcept {
  const bool has_weight = element.find(';') != std::string_view::npos;
  const auto name = trimmed(take_to(';', element));
  const auto weight = has_weight ? read_weight(element) : std::optional(Accepted::kMost);
  if (!weight) return;
  auto* place = name == "*" ? &others : nullptr;
  if (const auto coding = coding_of(name)) place = &named[index_of(*coding)];
  if (place != nullptr) *place = std::min(place->value_or(Accepted::kMost), *weight);
}

Accepted Said::accepted() const noexcept {
  Accepted result;
  for (std::size_t i = 0; i < kCodings; ++i)
    result.weights[i] = named[i].value_or(others.value_or(Weight{0}));
  const auto identity = named[index_of(Coding::Identity)];
  result.refuses_identity = identity.value_or(others.value_or(Accepted::kMost)) == 0;
  return result;
}

}  // namespace

Accepted parse_accept_encoding(std::string_view field) noexcept {
  Said said;
  for (std::size_t i = 0; i < kMostElements && !field.empty(); ++i) said.take(take_to(',', field));
  return said.accepted();
}

Accepted KnownAccept::read(std::string_view field) {
  if (field == field_) return accepted_;
  const auto accepted = parse_accept_encoding(field);
  if (field.size() <= kLongestRemembered) {
    field_ = field;
    accepted_ = accepted;
  }
  return accepted;
}

}  // namespace quotecached::coding
