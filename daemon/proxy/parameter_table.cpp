#include "proxy/parameter_table.hpp"

#include <cassert>

namespace quotecached::proxy {
namespace {

constexpr std::chrono::minutes kMinute{1};

}  // namespace

std::optional<provider::ParameterVerdict> ParameterTable::find(std::string_view endpoint,
                                                               std::string_view parameter,
                                                               Time now) const {
  const auto it = said_.find(Name(endpoint, parameter));
  if (it == said_.end() || it->second.until <= now) return std::nullopt;
  return it->second.verdict;
}

void ParameterTable::note(std::string_view endpoint,
                          std::string_view parameter,
                          provider::ParameterVerdict verdict,
                          Time now) {
  assert(verdict != provider::ParameterVerdict::Unsaid);
  std::erase_if(said_, [now](const auto& said) { return said.second.until <= now; });
  const bool is_known = verdict == provider::ParameterVerdict::Known;
  const auto lasts = is_known ? options_.known_for : options_.unknown_for;
  said_.insert_or_assign(Name(endpoint, parameter), Said{verdict, now + lasts});
}

bool ParameterTable::take_question(Time now) {
  if (now - minute_ >= kMinute) {
    minute_ = now;
    questions_ = 0;
  }
  if (questions_ >= options_.questions_per_minute) return false;
  ++questions_;
  return true;
}

std::chrono::seconds ParameterTable::rests(Time now) const {
  if (questions_ < options_.questions_per_minute || now - minute_ >= kMinute)
    return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(minute_ + kMinute - now);
}

}  // namespace quotecached::proxy
