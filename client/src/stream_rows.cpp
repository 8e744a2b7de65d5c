#include "src/stream_rows.hpp"

#include <functional>

#include "src/ask_form.hpp"

namespace quotecache {
namespace {

// Names lead to other assets in the course of time; none is forgotten.
constexpr std::size_t kMostRowsEver = 8 * kMostStreamRows;

}  // namespace

StreamRows::Verdict StreamRows::judge(const Quote& quote, std::string_view data) {
  const std::size_t hash = std::hash<std::string_view>()(data);
  const auto found = rows_.find({quote.id, quote.convert});
  if (found == rows_.end()) {
    if (rows_.size() >= kMostRowsEver) return Verdict::TooMany;
    rows_.emplace(std::pair(quote.id, quote.convert), Told{quote.fetched_at, hash, true});
    return Verdict::News;
  }
  Told& told = found->second;
  if (quote.fetched_at < told.fetched_at) return Verdict::Known;
  if (told.is_there && quote.fetched_at == told.fetched_at && hash == told.hash)
    return Verdict::Known;
  told = {quote.fetched_at, hash, true};
  return Verdict::News;
}

bool StreamRows::remove(std::int64_t id, const std::string& convert) {
  const auto found = rows_.find({id, convert});
  if (found == rows_.end()) return false;
  return std::exchange(found->second.is_there, false);
}

}  // namespace quotecache
