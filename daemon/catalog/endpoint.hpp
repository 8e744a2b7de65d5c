// One row of the endpoint catalogue: what an upstream endpoint accepts, how its answer is shaped,
// how long it stays fresh and what it costs. Pure data, immutable once the catalogue is loaded, but
// for the times that it stays fresh.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.hpp"

namespace quotecached::catalog {

// How a request names its assets.
enum class KeyKind : std::uint8_t { None, Id, Symbol, Slug };
[[nodiscard]] std::string_view to_string(KeyKind kind) noexcept;  // "id", "symbol", "slug"

enum class CacheMode : std::uint8_t {
  Assets,  // one entry per asset and convert
  Whole,   // one entry per canonical query
  Never,   // passed on every time
};

enum class QuoteShape : std::uint8_t { None, Object, Array };

// What `data` of a whole answer must be.
enum class DataShape : std::uint8_t { Either, Object, Array };

// What a parameter does to a request.
enum class Role : std::uint8_t {
  Ids,
  Symbols,
  Slugs,
  Convert,
  ConvertId,
  SkipInvalid,
  Limit,  // how many items the answer may hold per asset
  Range,  // makes the length of the answer unknown, unless Limit is given
  Start,  // the first item of a page, counted from 1
  View,   // changes neither which items a query has in all nor how many
  Other,
};

enum class ValueType : std::uint8_t {
  Integer,
  Number,
  Boolean,
  Enum,
  EnumList,
  IdList,   // comma-separated numbers
  Pattern,  // comma-separated words over `characters`
  Text,
};

inline constexpr std::size_t kMaxParameters = 64;     // per endpoint
inline constexpr std::size_t kMaxListItems = 10'000;  // of a list without a maximum
inline constexpr std::size_t kMaxTextLength = 1'024;  // of a text without a maximum

struct Parameter {
  std::string name;
  Role role = Role::Other;
  ValueType type = ValueType::Text;
  std::string default_value;        // canonical spelling; empty: none
  std::string default_beside;       // a parameter beside whose own default alone that holds
  std::vector<std::string> values;  // for Enum and EnumList; of an IdList: words it may hold too
  std::int64_t minimum = 0;         // for Integer
  std::int64_t maximum = 0;  // for Integer, as the longest list or text; 0: no bound of its own
  std::string characters;    // for Pattern: what one list item may consist of. With a comma among
                             // them, empty items pass and are dropped.
  std::array<bool, 256> accepts{};  // `characters`, spread out
  bool upper_case = false;          // for Pattern: letters are canonical in upper case
  bool required = false;
  bool alternative = false;  // one of Endpoint::one_of
  bool whole = false;  // a request that gives it is answered whole: entries cannot be told apart
};

// What a call costs: per started `step` of items returned (0: a flat `base`), plus one credit for
// each convert beyond the first when `per_convert`.
struct Price {
  std::int64_t base = 1;
  std::int64_t step = 0;
  bool per_convert = false;
};

struct Freshness {
  std::chrono::seconds fresh{60};
  std::chrono::seconds stale_while_revalidate{60};  // counted from the end of `fresh`
  std::chrono::seconds stale_if_error{86400};       // counted from the end of `fresh`

  friend bool operator==(const Freshness&, const Freshness&) = default;
};

// The freshness of an endpoint, which a reload may change while others read it. What get() returned
// lasts as long as this, so that a reader may keep to it.
class CurrentFreshness {
 public:
  CurrentFreshness(const Freshness& freshness = {}) { set(freshness); }  // NOLINT(*-explicit-*)
  CurrentFreshness(const CurrentFreshness& other) : CurrentFreshness(other.get()) {}
  CurrentFreshness& operator=(const CurrentFreshness& other) {
    set(other.get());
    return *this;
  }
  ~CurrentFreshness() = default;

  // Any thread.
  [[nodiscard]] const Freshness& get() const noexcept {
    return *now_.load(std::memory_order_acquire);
  }
  operator const Freshness&() const noexcept { return get(); }  // NOLINT(*-explicit-*)

  // One thread at a time.
  void set(const Freshness& freshness) {
    const auto known =
        std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return *one == freshness; });
    const auto* held = known == all_.end() ? nullptr : known->get();
    if (held == nullptr)
      held = all_.emplace_back(std::make_unique<const Freshness>(freshness)).get();
    now_.store(held, std::memory_order_release);
  }

 private:
  std::vector<std::unique_ptr<const Freshness>> all_;  // that ever held
  std::atomic<const Freshness*> now_{nullptr};         // one of them
};

// How the provider's answers name their parts: `{"status":{"credit_count":1,...},"data":...}`.
struct Envelope {
  std::string status = "status";
  std::string cost = "credit_count";  // in the status
  std::string data = "data";
  std::string total = "total_count";     // in the status of pages: how many items there are in all
  std::string updated = "last_updated";  // in assets and quotes: when the data is of
};

struct Endpoint {
  std::size_t position = 0;  // in its catalogue
  std::string name;          // "v2.quotes": the word in keys, metrics and rows
  std::string path;          // "/v2/cryptocurrency/quotes/latest"
  std::string family;        // "quotes": the word in [freshness.<family>]
  CacheMode mode = CacheMode::Whole;
  bool data_is_array = false;  // `data` is an array of assets rather than an object
  DataShape data_shape = DataShape::Either;
  bool pages = false;  // start and limit take rows out of one list, and change nothing else
  bool symbols_are_lists = false;  // asked by symbol, all coins that share it are answered
  QuoteShape quote_shape = QuoteShape::None;
  std::string quote_field = "quote";
  Envelope envelope;            // the same for all rows of a catalogue
  bool status_is_text = false;  // error_code "0" and error_message "" instead of 0 and null
  bool forwards_post = false;
  std::size_t batch = 100;  // assets that one credit step covers, and the most per call
  Price price;
  CurrentFreshness freshness;
  std::vector<Parameter> parameters;  // sorted by name
  std::vector<std::string> one_of;    // names of parameters of which exactly one must be given
  bool open_parameters = false;       // parameters that are not in the list pass, as texts
};

}  // namespace quotecached::catalog
