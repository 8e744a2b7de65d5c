// What `watch` was told, and how a terminal shows it. Pure: time is an argument.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/look.hpp"
#include "quotecache/subscription.hpp"

namespace quotecache::cli {

class WatchBoard {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds kMarkLasts{5};

  explicit WatchBoard(Ask ask);

  void put(const Quote& quote, Time now);
  void remove(const Gone& gone);
  void put_lists(std::vector<Missing> missing, std::vector<Ambiguous> ambiguous);
  void put_unavailable(std::vector<NotHad> unavailable);
  void put_state(const StreamState& state, Time now);

  // The row as it was told last; null: there is none.
  [[nodiscard]] const Quote* find(std::int64_t id, std::string_view convert) const noexcept;
  // No asset that was asked for is there, and none will be: there are none of the names, or the
  // provider refuses a currency.
  [[nodiscard]] bool is_hopeless() const noexcept;
  [[nodiscard]] bool is_refused() const noexcept;  // a currency is
  // What is not there, a line for standard error each.
  [[nodiscard]] std::vector<std::string> lacks(const Look& look) const;

  // For so many lines of a terminal: the connection, the rows, what is not there.
  [[nodiscard]] std::vector<std::string> screen(const Look& look,
                                                std::size_t height,
                                                Time now) const;
  // The rows alone, all of them; empty: there are none.
  [[nodiscard]] std::string table(const Look& look, Time now) const;

 private:
  using Place = std::pair<std::size_t, std::size_t>;  // of the asset in the ask, of the currency

  struct Row {
    Quote quote;
    Place place;
    char sign = ' ';
    Time changed_at;
    Time told_at;
  };

  [[nodiscard]] Place place_of(const Quote& quote) const;
  [[nodiscard]] std::string state_text(Time now) const;
  [[nodiscard]] std::vector<std::string> notes(const Look& look) const;

  const Ask ask_;
  std::vector<Row> rows_;  // in the order of the ask
  std::vector<Missing> missing_;
  std::vector<Ambiguous> ambiguous_;
  std::vector<NotHad> unavailable_;
  StreamState state_{StreamState::Kind::Waiting};
  bool was_connected_ = false;
  Time state_at_;
};

}  // namespace quotecache::cli
