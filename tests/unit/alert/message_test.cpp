#include "alert/message.hpp"

#include <doctest/doctest.h>

using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;

namespace {

constexpr TimePoint at(hours time) {
  return TimePoint(sys_days(2026y / 11 / 21).time_since_epoch() + time);
}

}  // namespace

TEST_SUITE("alert::Message") {
  TEST_CASE("an alert is one JSON object") {
    Message message;
    message.id = "0123456789abcdef";
    message.alert.kind = alert::AlertKind::Window;
    message.alert.level = alert::AlertLevel::Critical;
    message.alert.subject = "month";
    message.alert.at = at(hours(10));
    message.alert.value = 0.91;
    message.alert.bound = 0.9;
    message.alert.until = TimePoint(sys_days(2026y / 12 / 1).time_since_epoch());
    message.alert.message = "91 % are \"spent\"";
    CHECK(to_json(message, at(hours(11))) ==
          R"({"source":"quotecached","event_id":"0123456789abcdef",)"
          R"("sent_at":"2026-11-21T11:00:00Z","id":null,"at":"2026-11-21T10:00:00Z",)"
          R"("kind":"window","level":"critical","subject":"month","state":"raised",)"
          R"("value":0.91,"bound":0.9,"until":"2026-12-01T00:00:00Z",)"
          R"("message":"91 % are \"spent\""})");
  }

  TEST_CASE("a recovery says so, and what has no end has none") {
    Message message;
    message.alert.kind = alert::AlertKind::Key;
    message.alert.is_recovery = true;
    const std::string text = to_json(message, at(hours(0)));
    CHECK(text.find(R"("state":"recovered")") != std::string::npos);
    CHECK(text.find(R"("until":null)") != std::string::npos);
  }
}
