#include "proxy/parameter_table.hpp"

namespace quotecached::proxy {
namespace {

using provider::ParameterVerdict;

constexpr std::chrono::minutes kMinute{1};

}  // namespace

std::optional<ParameterVerdict> ParameterTable::find(std::string_view endpoint,
                                                     std::string_view parameter,
                                                     Time now) {
  const auto it = said_.find(Name(endpoint, parameter));
  if (it == said_.end() || it->second.until <= now) return std::nullopt;
  auto& said = it->second;
  if (said.verdict != ParameterVerdict::Known) return ParameterVerdict::Unknown;
  said.until = now + options_.known_for;
  return said.verdict;
}

void ParameterTable::note(std::string_view endpoint,
                          std::string_view parameter,
                          ParameterVerdict verdict,
                          Time now) {
  std::erase_if(said_, [now](const auto& said) { return said.second.until <= now; });
  auto lasts = options_.unsaid_for;
  if (verdict == ParameterVerdict::Known) lasts = options_.known_for;
  if (verdict == ParameterVerdict::Unknown) lasts = options_.unknown_for;
  said_.insert_or_assign(Name(endpoint, parameter), Said{verdict, now + lasts});
}

void ParameterTable::rest(std::string_view endpoint, Time until) {
  resting_.insert_or_assign(std::string(endpoint), until);
}

std::chrono::seconds ParameterTable::rests(std::string_view endpoint, Time now) const {
  const auto it = resting_.find(endpoint);
  if (it == resting_.end() || it->second <= now) return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(it->second - now);
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

void ParameterTable::give_back_question() {
  if (questions_ > 0) --questions_;
}

std::chrono::seconds ParameterTable::until_question(Time now) const {
  if (questions_ < options_.questions_per_minute || now - minute_ >= kMinute)
    return std::chrono::seconds(0);
  return std::chrono::ceil<std::chrono::seconds>(minute_ + kMinute - now);
}

}  // namespace quotecached::proxy
