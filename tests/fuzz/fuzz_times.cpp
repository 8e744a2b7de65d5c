// Any bytes as a zone file, the rule of a zone, and times in answers: nothing crashes or overflows,
// offsets stay within two days and times read the same when they are written again.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/iso_time.hpp"
#include "base/time_zone.hpp"
#include "quote/data_time.hpp"

namespace {

using namespace quotecached;

void expect(bool claim) {
  if (!claim) std::abort();
}

template <class Zone>
void check_offsets(const Zone& zone) {
  using std::chrono::sys_days;
  using std::chrono::year;
  for (const int at : {1970, 2026, 2028, 2100, 9999}) {
    for (int month = 1; month <= 12; ++month) {
      const TimePoint now = sys_days(year(at) / month / 15);
      expect(std::chrono::abs(zone.offset_at(now)) <= std::chrono::hours(48));
    }
  }
}

// A zone file of the second version with nothing but the rule in it.
std::string file_with(std::string_view rule) {
  const std::string head = std::string("TZif2") + std::string(15, '\0');
  const std::string counts = std::string(19, '\0') + '\1' + std::string(3, '\0') + '\1';
  const std::string data = std::string(7, '\0');
  return head + counts + data + head + counts + data + '\n' + std::string(rule) + '\n';
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto zone = TimeZone::parse(text)) check_offsets(*zone);
  if (const auto zone = TimeZone::parse(file_with(text))) check_offsets(*zone);
  if (const auto rule = ZoneRule::parse(text)) check_offsets(*rule);
  if (const auto time = parse_iso_time(text)) expect(parse_iso_time(iso_time(*time)) == time);
  const std::string answer = R"({"last_updated":")" + std::string(text) + R"("})";
  for (const std::string_view body : {text, std::string_view(answer)}) {
    const auto time = quote::youngest_time(body, "last_updated");
    if (time) expect(body.find(R"("last_updated":")" + iso_time(*time).substr(0, 19)) != body.npos);
  }
  return 0;
}
