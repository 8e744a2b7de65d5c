// Whatever key/info holds: no figure comes out negative or absurd, and reading it ends well.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "provider/cmc_key_info.hpp"

using namespace quotecached;

namespace {

void check(const std::optional<std::int64_t>& figure) {
  if (figure && (*figure < 0 || *figure > 1'000'000'000'000)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body(reinterpret_cast<const char*>(data), size);
  const auto info = provider::cmc::read_key_info(body);
  if (body.size() != size) std::abort();
  if (!info) return 0;
  for (const auto& figure : {info->requests_per_minute,
                             info->credits_per_day,
                             info->credits_per_month,
                             info->requests_this_minute,
                             info->credits_today,
                             info->credits_this_month}) {
    check(figure);
  }
  return 0;
}
