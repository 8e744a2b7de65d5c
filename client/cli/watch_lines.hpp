// What `watch` prints where no table can be drawn: a line for each change. Pure.
#pragma once

#include <string>

#include "cli/command_line.hpp"
#include "cli/look.hpp"
#include "quotecache/subscription.hpp"

namespace quotecache::cli {

class WatchLines {
 public:
  WatchLines(Format format, Ask ask, const Look& look)
      : format_(format), ask_(std::move(ask)), look_(look) {}

  // CSV: below the header, the first time.
  [[nodiscard]] std::string quote(const Quote& quote);
  // `last` is the row as it was.
  [[nodiscard]] std::string gone(const Quote& last);

 private:
  [[nodiscard]] std::string csv_line(const Quote& quote, bool is_gone);
  [[nodiscard]] std::string plain_line(const Quote& quote, bool is_gone) const;

  const Format format_;
  const Ask ask_;
  const Look look_;
  std::vector<std::string> fields_;
  bool has_header_ = false;
};

}  // namespace quotecache::cli
