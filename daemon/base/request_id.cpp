#include "base/request_id.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace quotecached {
namespace {

constexpr std::string_view kMarksOfIds = "-._~:/+=@";

}  // namespace

bool is_request_id(std::string_view text) noexcept {
  if (text.empty() || text.size() > kLongestRequestId) return false;
  return std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || kMarksOfIds.find(c) != std::string_view::npos;
  });
}

void RequestIdMaker::make(std::string& out) {
  out.clear();
  fmt::format_to(std::back_inserter(out), "{:016x}-{:x}", beginning_, ++made_);
}

}  // namespace quotecached
