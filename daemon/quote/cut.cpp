#include "quote/cut.hpp"

#include <utility>

#include "quote/checked_answer.hpp"

namespace quotecached::quote {

Result<Cut> cut(const catalog::Endpoint& endpoint, const Wanted& wanted, std::string_view body) {
  auto answer = CheckedAnswer::check(endpoint, wanted, body);
  if (!answer) return std::move(answer).failure();
  Cut out;
  for (std::size_t asset = 0; asset < wanted.assets.size(); ++asset) {
    const auto state = answer->state(asset);
    if (state == CheckedAnswer::State::Absent) out.absent.push_back(asset);
    const bool is_whole = state == CheckedAnswer::State::Found && answer->cut(asset, out.fragments);
    if (state != CheckedAnswer::State::Absent && !is_whole) out.refused_assets.push_back(asset);
  }
  out.refused = answer->take_reasons();
  return out;
}

}  // namespace quotecached::quote
