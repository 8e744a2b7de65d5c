// A call as the upstream saw it.
#pragma once

#include <cstdint>
#include <string>

#include "model/price_text.hpp"
#include "model/world.hpp"

namespace quotecached::model {

// What becomes of a call: good, or how it fails or lies.
enum class Fate : std::uint8_t {
  Good,
  // fails
  HalfBody,  // the connection ends in the middle of the body
  NoAnswer,  // it ends before the head
  ServerError,
  HtmlPage,  // 502 with a page of HTML
  // lies
  FlawedPrice,    // prices that are 0, null, a text or negative
  Swapped,        // other assets than were asked for
  Misfiled,       // objects of other assets under the keys of those asked for
  HalfOfAssets,   // about half of the assets are left out
  OtherCurrency,  // quotes in another currency than was asked for
  NoData,         // `data` is null
};
inline constexpr int kFates = 11;

// Is it lost on the way? Whoever made it must count the most that it may have cost.
[[nodiscard]] inline bool is_lost(Fate fate) {
  return fate == Fate::HalfBody || fate == Fate::NoAnswer;
}
[[nodiscard]] inline bool is_lie(Fate fate) { return fate >= Fate::FlawedPrice; }

struct Call {
  std::uint32_t number = 0;
  std::string key;  // of the account
  Question question;
  milliseconds arrived{0};  // true time
  milliseconds ended{0};    // before its answer was sent
  Fate fate = Fate::Good;
  std::string updated{};  // when its data is of, as it says; empty: it does not
  std::int64_t charged = 0;
};

// Does its answer hold nothing under that name? Of names of the market, by their last digit.
[[nodiscard]] inline bool leaves_out(const Call& call, std::string_view name) {
  const auto digit = static_cast<unsigned>(name.back() - '0');
  return call.fate == Fate::HalfOfAssets && digit % 2 == call.number % 2;
}

}  // namespace quotecached::model
