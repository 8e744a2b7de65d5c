// An ask whose parts come in by and by, and the callback that gets them as one.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"

namespace quotecache {

// On the loop's thread, once it is posted there.
class AsyncAsk {
 public:
  using Callback = std::function<void(Result<Quotes>)>;

  // `forms`: of its parts, or why there are none.
  AsyncAsk(Ask ask, Result<std::vector<std::string>> forms);

  [[nodiscard]] const Result<std::vector<std::string>>& forms() const noexcept { return forms_; }
  void set_callback(Callback callback) noexcept { callback_ = std::move(callback); }

  // The callback is called with the last part. What it throws ends the program.
  void take(std::size_t part, Result<Quotes> quotes) noexcept;
  // Instead of all parts. Requires: there are no forms.
  void fail() noexcept;

 private:
  const Ask ask_;
  const Result<std::vector<std::string>> forms_;
  std::vector<Result<Quotes>> parts_;
  std::size_t left_;
  Callback callback_;
};

}  // namespace quotecache
