#include "compact/problem.hpp"

#include <algorithm>
#include <utility>

#include "base/json_text.hpp"
#include "quote/members.hpp"

namespace quotecached::compact {
namespace {

// The provider's codes for its minute limit and for an address that asks too often.
constexpr std::uint64_t kMinuteSpent = 1008;
constexpr std::uint64_t kAddressLimit = 1011;

// Told where nobody knows better: about as long as what failed is left alone.
constexpr std::chrono::seconds kRetryAfter{5};

std::string_view title_of(unsigned status) noexcept {
  switch (status) {
    case 401: return "Unauthorized";
    case 404: return "Not Found";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Bad Request";
  }
}

// The provider's words, as a refusal in its shape has them.
struct Words {
  std::uint64_t error_code = 0;
  std::string message;
};

Words words_of(const proxy::Answer& refusal) {
  std::string text;
  for (const auto piece : refusal.pieces) text += piece;
  Words words;
  for (quote::Members members(text); members.next();) {
    if (members.name() != "status") continue;
    for (quote::Members status(members.value()); status.next();) {
      if (status.name() == "error_code")
        words.error_code = quote::whole_number(status.value()).value_or(0);
      if (status.name() == "error_message" && status.value().size() > 1) {
        const auto inner = status.value().substr(1, status.value().size() - 2);
        for (std::size_t i = 0; i < inner.size(); ++i) {  // of escapes it has quotes at most
          if (inner[i] == '\\' && i + 1 < inner.size()) ++i;
          words.message += inner[i];
        }
      }
    }
  }
  return words;
}

Code code_of(unsigned status, std::uint64_t error_code) {
  switch (status) {
    case 400: return Code::Invalid;
    case 429:
      return error_code == kMinuteSpent || error_code == kAddressLimit ? Code::RateLimited
                                                                       : Code::BudgetExhausted;
    case 504: return Code::Timeout;
    default: return Code::Unavailable;  // also when the provider refuses the daemon's own key
  }
}

}  // namespace

std::string_view to_string(Code code) noexcept {
  switch (code) {
    case Code::Invalid: return "invalid";
    case Code::Unauthorized: return "unauthorized";
    case Code::RateLimited: return "rate_limited";
    case Code::BudgetExhausted: return "budget_exhausted";
    case Code::Unavailable: return "unavailable";
    case Code::Timeout: return "timeout";
    case Code::NotFound: return "not_found";
  }
  return "unavailable";
}

unsigned status_of(Code code) noexcept {
  switch (code) {
    case Code::Invalid: return 400;
    case Code::Unauthorized: return 401;
    case Code::RateLimited:
    case Code::BudgetExhausted: return 429;
    case Code::Unavailable: return 503;
    case Code::Timeout: return 504;
    case Code::NotFound: return 404;
  }
  return 503;
}

void fill(proxy::Answer& out, const Problem& problem) {
  out.clear();
  const auto status = status_of(problem.code);
  auto& text = out.body;
  text.reserve(proxy::Answer::kHeapSize);
  text = R"({"type":"about:blank","title":)";
  append_json_string(text, title_of(status));
  text += ",\"status\":" + std::to_string(status) + ",\"detail\":";
  append_json_string(text, problem.detail);
  if (!problem.field.empty()) {
    text += ",\"field\":";
    append_json_string(text, problem.field);
  }
  text += ",\"code\":";
  append_json_string(text, to_string(problem.code));
  text += "}\n";
  out.pieces.emplace_back(text);
  out.content_type = "application/problem+json";
  out.http_status = status;
  out.outcome = status < 500 ? proxy::Outcome::Refused : proxy::Outcome::Failed;
  out.retry_after = problem.retry_after;
  out.set_refused_by(problem.refused_by);
}

Problem problem_of(const proxy::Answer& refusal) {
  auto words = words_of(refusal);
  Problem problem;
  problem.code = code_of(refusal.http_status, words.error_code);
  if (problem.code == Code::Invalid && words.message.find("\"convert\"") != std::string::npos)
    problem.field = "convert";
  problem.detail = std::move(words.message);
  problem.retry_after = refusal.retry_after;
  problem.refused_by = refusal.refused_by;
  if (problem.code != Code::Invalid && problem.code != Code::Timeout)
    problem.retry_after = std::max(problem.retry_after, kRetryAfter);
  return problem;
}

}  // namespace quotecached::compact
