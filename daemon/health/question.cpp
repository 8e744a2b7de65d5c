#include "health/question.hpp"

#include <array>

namespace quotecached::health {
namespace {

struct Spelling {
  std::string_view query;
  bool is_verbose;
};
constexpr std::array kSpellings{Spelling{"", false},
                                Spelling{"verbose", true},
                                Spelling{"verbose=", true},
                                Spelling{"verbose=true", true},
                                Spelling{"verbose=false", false}};

}  // namespace

Result<bool> parse_verbose(std::string_view query) {
  for (const auto& spelling : kSpellings)
    if (query == spelling.query) return spelling.is_verbose;
  return fail(ErrorCode::Invalid, "the parameter is 'verbose', alone or with 'true' or 'false'");
}

}  // namespace quotecached::health
