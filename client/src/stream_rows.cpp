#include "src/stream_rows.hpp"

#include <functional>

#include "src/ask_form.hpp"

namespace quotecache {
namespace {

// Names lead to other assets in the course of time; none is forgotten.
constexpr std::size_t kMostRowsEver = 8 * kMostStreamRows;

constexpr std::chrono::minutes kClockTolerance{1};  // the program's clock against the daemon's

}  // namespace

StreamRows::Verdict StreamRows::judge(const Quote& quote, std::string_view data, TimePoint now) {
  const std::size_t hash = std::hash<std::string_view>()(data);
  const auto found = rows_.find({quote.id, quote.convert});
  if (found == rows_.end()) {
    if (rows_.size() >= kMostRowsEver) return Verdict::TooMany;
    rows_.emplace(std::pair(quote.id, quote.convert), Told{quote.fetched_at, hash, true, true});
    return Verdict::News;
  }
  Told& told = found->second;
  told.is_seen = true;
  // What is told to be of the future (a clock was set back since) must not keep others out.
  const bool is_of_future = told.fetched_at > now + kClockTolerance;
  if (quote.fetched_at < told.fetched_at && !is_of_future) return Verdict::Known;
  if (told.is_there && quote.fetched_at == told.fetched_at && hash == told.hash)
    return Verdict::Known;
  told = {quote.fetched_at, hash, true, true};
  return Verdict::News;
}

bool StreamRows::remove(std::int64_t id, const std::string& convert) {
  const auto found = rows_.find({id, convert});
  if (found == rows_.end()) return false;
  return std::exchange(found->second.is_there, false);
}

void StreamRows::begin_snapshot() noexcept {
  for (auto& [row, told] : rows_) told.is_seen = false;
}

std::vector<std::pair<std::int64_t, std::string>> StreamRows::end_snapshot() {
  std::vector<std::pair<std::int64_t, std::string>> gone;
  const auto is_gone = [](const Told& told) { return told.is_there && !told.is_seen; };
  for (const auto& [row, told] : rows_) {
    if (is_gone(told)) gone.push_back(row);
  }
  // Nothing is marked before there is memory for all.
  for (auto& [row, told] : rows_) {
    if (is_gone(told)) told.is_there = false;
  }
  return gone;
}

}  // namespace quotecache
