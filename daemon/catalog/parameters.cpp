#include "catalog/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "catalog/free_question.hpp"
#include "catalog/price.hpp"
#include "catalog/query.hpp"
#include "catalog/value.hpp"

namespace quotecached::catalog {
namespace {

// What one request may ask for: every asset in every convert is an entry to look up and to pay for.
constexpr std::size_t kMaxEntries = 20'000;

constexpr std::size_t kMaxExtras = 64;      // parameters that the catalogue does not name
constexpr std::size_t kMaxUnlisted = 4;     // each may be a question to the provider
constexpr std::size_t kMaxNameLength = 64;  // of those
constexpr std::string_view kNoConvert = "-";

KeyKind kind_of(Role role) noexcept {
  switch (role) {
    case Role::Ids: return KeyKind::Id;
    case Role::Symbols: return KeyKind::Symbol;
    case Role::Slugs: return KeyKind::Slug;
    default: return KeyKind::None;
  }
}

bool is_convert(Role role) noexcept { return role == Role::Convert || role == Role::ConvertId; }

// Appends XXH3-128 of `text` as 32 hexadecimal digits.
void set_hash(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto hash = XXH3_128bits(text.data(), text.size());
  out.clear();
  for (const std::uint64_t half : {hash.high64, hash.low64}) {
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[half >> shift & 15U];
  }
}

// Reads the parameters of one catalogued endpoint: take() each, then finish().
class Reader {
 public:
  Reader(const Endpoint& endpoint, Unlisted unlisted, Arena& arena, Request& out)
      : endpoint_(endpoint), unlisted_(unlisted), arena_(arena), out_(out) {}

  std::optional<RequestError> take(std::string_view name, std::string_view raw_value);
  std::optional<RequestError> finish();

 private:
  [[nodiscard]] std::optional<RequestError> check_choice() const;
  std::optional<RequestError> survey(std::size_t position);
  std::optional<RequestError> append(std::size_t position);
  std::optional<RequestError> append_value(const Parameter& parameter, std::string_view value);
  std::optional<RequestError> take_extra(std::string_view name, std::string_view value);
  [[nodiscard]] bool may_keep(std::string_view name) const;
  void append_extras();
  void copy_option(std::size_t from);
  void count_items();
  [[nodiscard]] bool holds_default(const Parameter& parameter, std::size_t before) const;
  [[nodiscard]] bool is_given(std::size_t position) const { return (given_ >> position & 1U) != 0; }

  const Endpoint& endpoint_;
  const Unlisted unlisted_;
  Arena& arena_;
  Request& out_;
  std::array<std::string_view, kMaxParameters> values_;  // only those given are set
  std::uint64_t given_ = 0;
  std::size_t alternatives_ = 0;  // given parameters of endpoint_.one_of
  bool by_asset_ = false;         // known when all parameters are surveyed
  bool names_assets_ = false;     // a parameter that names assets was given
  std::size_t named_ = 0;         // assets named, in whatever mode
  std::int64_t limit_ = 0;        // value of the Limit parameter
  std::int64_t most_ = 0;         // its maximum
  bool has_limit_ = false;        // it was given
  bool has_range_ = false;        // a Range parameter was given
  bool has_converts_ = false;     // convert or convert_id was given
};

std::optional<RequestError> Reader::take(std::string_view name, std::string_view raw_value) {
  const auto value = decode(raw_value, arena_);
  if (!value) return refuse("Invalid escape in " + quoted(raw_value));
  const auto it = std::ranges::find(endpoint_.parameters, name, &Parameter::name);
  if (it == endpoint_.parameters.end()) return take_extra(name, *value);
  const auto position = static_cast<std::size_t>(it - endpoint_.parameters.begin());
  if (is_given(position)) return refuse(fmt::format("\"{}\" must be a string", name));
  given_ |= std::uint64_t{1} << position;
  values_[position] = *value;
  if (it->alternative) ++alternatives_;
  return std::nullopt;
}

std::optional<RequestError> Reader::take_extra(std::string_view name, std::string_view value) {
  if (name.empty()) return not_allowed(name);
  if (!endpoint_.open_parameters) {
    if (std::ranges::count(out_.unlisted, name) > 0)
      return refuse(fmt::format("\"{}\" must be a string", name));
    if (!may_keep(name)) return not_allowed(name);
    out_.unlisted.push_back(arena_.add(name));
  }
  if (out_.extras.size() == kMaxExtras) return refuse("Too many parameters");
  if (auto bad = check_text("parameter", name, kMaxTextLength)) return bad;
  if (!value.empty()) {  // an empty one is for the provider to judge
    if (auto bad = check_text(name, value, kMaxTextLength)) return bad;
  }
  out_.extras.emplace_back(name, value);
  return std::nullopt;
}

bool Reader::may_keep(std::string_view name) const {
  return unlisted_ == Unlisted::Keep && out_.unlisted.size() < kMaxUnlisted &&
         name.size() <= kMaxNameLength && free_question(endpoint_, name).has_value();
}

std::optional<RequestError> Reader::check_choice() const {
  if (endpoint_.one_of.empty() || alternatives_ == 1) return std::nullopt;
  const auto peers = fmt::format("{}", fmt::join(endpoint_.one_of, ", "));
  if (alternatives_ == 0) {
    return refuse(fmt::format("\"value\" must contain at least one of [{}]", peers));
  }
  return refuse(fmt::format("\"value\" contains a conflict between exclusive peers [{}]", peers));
}

std::optional<RequestError> Reader::finish() {
  if (auto bad = check_choice()) return bad;
  by_asset_ = endpoint_.mode == CacheMode::Assets;
  for (std::size_t i = 0; i < endpoint_.parameters.size(); ++i) {
    if (auto bad = survey(i)) return bad;
  }
  // What an unlisted parameter does to the assets of an answer nobody knows.
  by_asset_ = by_asset_ && names_assets_ && out_.unlisted.empty();
  for (std::size_t i = 0; i < endpoint_.parameters.size(); ++i) {
    if (auto bad = append(i)) return bad;
  }
  append_extras();
  if (by_asset_) out_.query.clear();  // scratch for the options: the keys say the rest
  if (out_.converts.empty()) out_.converts.push_back(arena_.add(kNoConvert));
  if (out_.assets.size() * out_.converts.size() > kMaxEntries) {
    return refuse(fmt::format("More than {} assets times converts", kMaxEntries));
  }
  if (!out_.options.empty()) set_hash(out_.variant, out_.options);
  count_items();
  out_.list_price = list_price(endpoint_.price, out_.items, out_.converts.size());
  return std::nullopt;
}

// Learns what must be known of all parameters before the first is read.
std::optional<RequestError> Reader::survey(std::size_t position) {
  const auto& parameter = endpoint_.parameters[position];
  if (parameter.role == Role::Limit) most_ = parameter.maximum;
  if (!is_given(position)) {
    if (parameter.required) return refuse(fmt::format("\"{}\" is required", parameter.name));
    return std::nullopt;
  }
  // Words among ids (PLATFORM_ID) name what no entry can be filed under.
  const bool names_oddly =
      parameter.type == ValueType::IdList && !parameter.values.empty() &&
      values_[position].find_first_not_of("0123456789,") != std::string_view::npos;
  if (parameter.whole || names_oddly) by_asset_ = false;
  names_assets_ |= kind_of(parameter.role) != KeyKind::None;
  has_limit_ |= parameter.role == Role::Limit;
  has_range_ |= parameter.role == Role::Range;
  if (!is_convert(parameter.role)) return std::nullopt;
  if (has_converts_) {
    return refuse(
        "\"value\" contains a conflict between optional exclusive peers [convert, convert_id]");
  }
  has_converts_ = true;
  return std::nullopt;
}

// Appends one parameter to the query, unless it says what is so by default, and to whatever else it
// is part of.
std::optional<RequestError> Reader::append(std::size_t position) {
  const auto& parameter = endpoint_.parameters[position];
  const bool given = is_given(position);
  const bool says_invalid = parameter.role == Role::SkipInvalid;  // spelled out: defaults differ
  if (!given) {
    const bool counts = says_invalid || parameter.role == Role::Limit ||
                        (parameter.role == Role::Convert && !has_converts_);
    if (!counts || parameter.default_value.empty()) return std::nullopt;
  }
  const std::size_t start = out_.query.size();
  if (start > 0) out_.query += '&';
  out_.query.append(parameter.name).append("=");
  const std::size_t text = out_.query.size();
  const auto value = given ? values_[position] : std::string_view(parameter.default_value);
  if (auto bad = append_value(parameter, value)) return bad;
  const bool is_default = std::string_view(out_.query).substr(text) == parameter.default_value;
  if (is_default && !says_invalid && holds_default(parameter, start)) {
    out_.query.resize(start);
  } else if (!is_convert(parameter.role) && kind_of(parameter.role) == KeyKind::None &&
             !says_invalid) {
    copy_option(start);
  }
  return std::nullopt;
}

std::optional<RequestError> Reader::append_value(const Parameter& parameter,
                                                 std::string_view value) {
  const std::size_t begin = out_.query.size();
  if (!is_list(parameter)) {
    if (auto bad = append_scalar(parameter, value, out_.query)) return bad;
    const std::string_view text = std::string_view(out_.query).substr(begin);
    if (parameter.role == Role::SkipInvalid) out_.skip_invalid = text == "true";
    if (parameter.role == Role::Limit) {
      std::from_chars(text.data(), text.data() + text.size(), limit_);
    }
    return std::nullopt;
  }
  const KeyKind kind = kind_of(parameter.role);
  const bool converts = is_convert(parameter.role);
  auto& words = converts ? out_.converts : kind != KeyKind::None ? out_.assets : out_.words;
  // In an array of quotes the order is what the client reads them by; in an object keyed by symbol
  // programs that show its members in turn do.
  const bool keeps_order =
      converts ? by_asset_ || out_.endpoint->quote_shape == QuoteShape::Array
               : by_asset_ && (kind == KeyKind::Symbol || out_.endpoint->data_is_array);
  if (auto bad = read_list(parameter, value, keeps_order, arena_, words)) return bad;
  const bool is_in_keys = by_asset_ && (converts || kind != KeyKind::None);
  if (!is_in_keys) append_list(out_.query, words);
  if (parameter.role == Role::ConvertId) out_.converts_are_ids = true;
  if (kind == KeyKind::None) return std::nullopt;
  out_.names_symbols = kind == KeyKind::Symbol;
  named_ += words.size();
  if (by_asset_) {
    out_.kind = kind;
  } else {
    words.clear();
  }
  return std::nullopt;
}

// What the default depends on stands in the query `before` it, unless that has its own.
bool Reader::holds_default(const Parameter& parameter, std::size_t before) const {
  if (parameter.default_beside.empty()) return true;
  auto query = std::string_view(out_.query).substr(0, before);
  for (Pair pair; next_pair(query, pair);) {
    if (pair.name == parameter.default_beside) return false;
  }
  return true;
}

void Reader::copy_option(std::size_t from) {
  const auto text = std::string_view(out_.query).substr(from);
  if (!text.starts_with('&')) out_.options += '&';
  out_.options += text;
}

void Reader::append_extras() {
  const auto by_name = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::ranges::stable_sort(out_.extras, by_name);
  for (const auto& [name, value] : out_.extras) {
    const std::size_t start = out_.query.size();
    if (start > 0) out_.query += '&';
    append_encoded(out_.query, name);
    out_.query += '=';
    append_encoded(out_.query, value);
    copy_option(start);
  }
}

void Reader::count_items() {
  out_.is_open_range = has_range_ && !has_limit_;
  const auto each = out_.is_open_range ? most_ : limit_;
  out_.items =
      each > 0 ? std::max<std::size_t>(named_, 1) * static_cast<std::size_t>(each) : named_;
}

}  // namespace

std::optional<RequestError> read_parameters(const Catalogue& catalogue,
                                            std::string_view query,
                                            Unlisted unlisted,
                                            Arena& arena,
                                            Request& out) {
  Reader reader(*out.endpoint, unlisted, arena, out);
  std::optional<RequestError> refusal;
  for (Pair pair; next_pair(query, pair);) {
    const auto name = decode(pair.name, arena);
    if (name && catalogue.is_credential(*name)) {
      out.credential = decode(pair.value, arena).value_or(std::string_view{});
    } else if (!refusal) {  // the rest is still searched for the credential
      refusal =
          name ? reader.take(*name, pair.value) : refuse("Invalid escape in " + quoted(pair.name));
    }
  }
  return refusal ? refusal : reader.finish();
}

}  // namespace quotecached::catalog
