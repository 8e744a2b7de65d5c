// An alert on its way to a sink, and how it is written down for machines. Pure.
#pragma once

#include <string>

#include "alert/alert.hpp"
#include "base/clock.hpp"

namespace quotecached::alert {

struct Message {
  alert::Alert alert;
  std::string id;  // the same at every try, so that a receiver can tell a repetition
};

// One JSON object: source, event_id, sent_at, and the fields of the alert.
[[nodiscard]] std::string to_json(const Message& message, TimePoint sent_at);

}  // namespace quotecached::alert
