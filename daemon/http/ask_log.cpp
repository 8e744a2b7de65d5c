#include "http/ask_log.hpp"

namespace quotecached::http {

AskLog::Asks AskLog::take() {
  Asks asks;
  const auto lost = lost_.load(std::memory_order_relaxed);
  const auto begin = begin_.load(std::memory_order_relaxed);
  const auto end = end_.load(std::memory_order_acquire);
  asks.keys.reserve(end - begin);
  for (auto at = begin; at < end; ++at) asks.keys.push_back(keys_[at % kRoom]);
  begin_.store(end, std::memory_order_release);
  const auto kept = static_cast<double>(asks.keys.size());
  if (kept > 0) asks.each = (kept + static_cast<double>(lost - lost_before_)) / kept;
  lost_before_ = lost;
  return asks;
}

}  // namespace quotecached::http
