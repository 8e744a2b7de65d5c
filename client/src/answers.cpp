#include "src/answers.hpp"

#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "src/ask_form.hpp"
#include "src/quotes_json.hpp"

namespace quotecache {
namespace {

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
}

// Requests for other currencies list the same assets again.
template <class T>
void keep_first(std::vector<T>& listed) {
  std::set<std::pair<Asset::By, std::string>> seen;
  std::erase_if(listed, [&](const T& one) { return !seen.emplace(one.by, one.asked).second; });
}

}  // namespace

Result<Quotes> quotes_of(Result<HttpAnswer> answer) {
  if (answer) return read_quotes(answer->body);
  Error error = std::move(answer).error();
  // No word about an asset: this server has no such path.
  if (error.code == ErrorCode::NotFound || error.code == ErrorCode::Conflict)
    error.code = ErrorCode::Protocol;
  return error;
}

Result<Quotes> joined(const Ask& ask, std::vector<Result<Quotes>> parts) {
  Quotes all;
  for (auto& part : parts) {
    if (!part) return std::move(part).error();
    append(all.rows, std::move(part->rows));
    append(all.missing, std::move(part->missing));
    append(all.ambiguous, std::move(part->ambiguous));
    append(all.unavailable, std::move(part->unavailable));
  }
  if (parts.size() > 1) {
    keep_first(all.missing);
    keep_first(all.ambiguous);
    keep_first(all.unavailable);
  }
  restore_order(ask, all.rows);
  return all;
}

}  // namespace quotecache
