#include "src/async_ask.hpp"

#include <utility>

#include "src/answers.hpp"
#include "src/guard.hpp"

namespace quotecache {
namespace {

std::size_t count_of(const Result<std::vector<std::string>>& forms) noexcept {
  return forms ? forms->size() : 0;
}

}  // namespace

AsyncAsk::AsyncAsk(Ask ask, Result<std::vector<std::string>> forms)
    : ask_(std::move(ask)),
      forms_(std::move(forms)),
      parts_(count_of(forms_), Result<Quotes>(Quotes{})),
      left_(parts_.size()) {}

void AsyncAsk::take(std::size_t part, Result<Quotes> quotes) noexcept {
  parts_[part] = std::move(quotes);
  if (--left_ > 0) return;
  callback_(guarded([this] { return joined(ask_, std::move(parts_)); }));
}

void AsyncAsk::fail() noexcept {
  callback_(guarded([this]() -> Result<Quotes> { return forms_.error(); }));
}

}  // namespace quotecache
