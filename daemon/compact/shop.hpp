// What all asks share: the parts they are answered from, and what is known of where copies are.
//
// Internal to compact. Held by the coroutines that it serves.
#pragma once

#include "compact/desk.hpp"
#include "compact/holdings.hpp"
#include "compact/purchase.hpp"
#include "compact/source.hpp"
#include "compact/windows.hpp"
#include "io/task_group.hpp"

namespace quotecached::compact {

struct Shop {
  Shop(asio::any_io_executor loop,
       const Desk::Parts& all_parts,
       const Desk::Options& all_options,
       Log log);

  // As things stand now. Any thread.
  [[nodiscard]] Holdings holdings() const;

  const Desk::Parts parts;
  const Desk::Options options;
  const Endpoints endpoints;
  const Lots lots;
  SourceBook sources;
  Windows windows;
  std::function<void(const RowsFilled&)> on_filled;  // may be empty
  io::TaskGroup tasks;                               // purchases; they may go on behind an answer
};

}  // namespace quotecached::compact
