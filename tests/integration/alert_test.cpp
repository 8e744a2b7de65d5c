// Every alert is told to the log, whoever else is told.
#include <doctest/doctest.h>

#include "alert_bed.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using test::alert_saying;
using test::AlertBed;
using test::contains;

TEST_SUITE("alert::Notifier") {
  TEST_CASE("every alert is logged, as loud as it is") {
    AlertBed bed;
    alert::Alert told = alert_saying("91 % are spent");
    bed.notifier.tell(told);
    CHECK(contains(bed.log(), "error alert kind=window level=critical subject=month state=raised"));
    CHECK(contains(bed.log(), "message=\"91 % are spent\""));
    told.level = alert::AlertLevel::Warning;
    bed.notifier.tell(told);
    CHECK(contains(bed.log(), "warning alert kind=window level=warning"));
    told.is_recovery = true;
    bed.notifier.tell(told);
    CHECK(
        contains(bed.log(), "info alert kind=window level=warning subject=month state=recovered"));
  }
}
