#include "credit/governor.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

#include "answered.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using quotecached::test::answered;
namespace asio = boost::asio;

namespace {

class SetClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override { return time; }
  TimePoint time{sys_days(2026y / 11 / 10).time_since_epoch() + 12h + 5min};
};

// 15,000 credits a month, no cap a day.
Book::Options book_options() {
  Book::Options options;
  options.ledger.caps = {0, {0}, {15'000}};
  options.stops_on_ledger_failure = false;
  return options;
}

struct Bed {
  explicit Bed(store::Writer* writer_ = nullptr, GovernorState state = {}, BookState booked = {})
      : writer(writer_),
        book({writer, policy, clock}, std::move(booked), book_options(), Log()),
        governor({book,
                  policy,
                  writer,
                  [this] { return outage; },
                  [this](const Alert& alert) { told.push_back(alert); },
                  nullptr,
                  {},
                  [this] { return asked; }},
                 std::move(state),
                 {},
                 clock,
                 Log()) {
    book.on_settled([this](const CallRecord& record) { governor.note(record); });
  }

  // The provider counts so many credits this month.
  void spend(std::int64_t credits) {
    ProviderUse theirs;
    theirs.credits_this_month = Credits{credits};
    (void)book.reconcile(std::nullopt, theirs, clock.time);
    governor.review();
  }
  void pass(milliseconds time) {
    clock.time += time;
    governor.review();
  }
  // A call that was answered so.
  void call(CallOutcome outcome, Purpose purpose = Purpose::Miss) {
    asio::io_context loop;
    std::exception_ptr failure;
    bool is_admitted = false;
    asio::co_spawn(loop, make_call(outcome, purpose, is_admitted), [&](std::exception_ptr e) {
      failure = std::move(e);
    });
    loop.run_for(10s);
    if (failure) std::rethrow_exception(failure);
    REQUIRE(is_admitted);
  }
  [[nodiscard]] std::vector<Alert> about(AlertKind kind) const {
    std::vector<Alert> found;
    std::ranges::copy_if(
        told, std::back_inserter(found), [kind](const Alert& alert) { return alert.kind == kind; });
    return found;
  }

  SetClock clock;
  store::Writer* writer;
  std::optional<Outage> outage;
  std::vector<Alert> told;
  Asked asked;  // in each minute
  PublishedPolicy policy;
  Book book;
  Governor governor;

 private:
  asio::awaitable<void> make_call(CallOutcome outcome, Purpose purpose, bool& is_admitted) {
    CallIntent intent;
    intent.endpoint = "v2.quotes";
    intent.purpose = purpose;
    intent.worst_case = {1};
    intent.predicted = {1};
    auto ticket = co_await book.admit(std::move(intent));
    is_admitted = ticket.has_value();
    if (ticket) ticket->settle(outcome);
  }
};

CallOutcome charged(std::int64_t credits) {
  auto outcome = answered(200, 0);
  outcome.charge.credits = {credits};
  outcome.charge.is_told = true;
  return outcome;
}

// A database of its own, gone at the end.
class Store {
 public:
  Store() {
    std::filesystem::remove_all(dir_);  // of a test that was killed, and had this number
    std::filesystem::create_directory(dir_);
    writer = open();
  }
  ~Store() {
    writer.reset();
    std::filesystem::remove_all(dir_);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Until all that was submitted is committed.
  // Both lanes: urgent jobs let an ordinary one pass now and then.
  void flush() {
    for (const bool is_urgent : {true, false}) {
      auto ended = std::make_shared<std::promise<void>>();
      auto end = ended->get_future();
      const auto job = [](SQLite::Database&) {};
      const auto done = [ended](const Result<void>&) { ended->set_value(); };
      REQUIRE((is_urgent ? writer->submit_urgent(job, done, store::Writer::Sync::Normal)
                         : writer->submit(job, done)));
      REQUIRE(end.wait_for(20s) == std::future_status::ready);
    }
  }
  [[nodiscard]] GovernorState load(TimePoint now) const {
    auto readers = store::ReaderPool::open(path_, {});
    REQUIRE(readers);
    auto state = load_governor_state(**readers, kDefaultAccount, now);
    REQUIRE(state);
    return std::move(*state);
  }

  [[nodiscard]] BookState load_book() const {
    auto readers = store::ReaderPool::open(path_, {});
    REQUIRE(readers);
    auto state = load_book_state(**readers, kDefaultAccount);
    REQUIRE(state);
    return std::move(*state);
  }

  std::unique_ptr<store::Writer> writer;

 private:
  std::unique_ptr<store::Writer> open() {
    auto opened = store::Writer::open(path_, {}, Log());
    REQUIRE(opened);
    return std::move(*opened);
  }

  const std::filesystem::path dir_ = std::filesystem::temp_directory_path() /
                                     ("quotecached-governor-" + std::to_string(::getpid()));
  const std::string path_ = dir_ / "test.db";
};

}  // namespace

TEST_SUITE("credit::Governor") {
  TEST_CASE("there is a view from the start") {
    const Bed bed;
    const auto view = bed.governor.view();
    REQUIRE(view);
    CHECK(view->at == bed.clock.time);
    CHECK(view->policy.mode == SpendMode::Normal);
    CHECK(view->mode_reason.empty());
    CHECK(view->policy.price == Age(0));
    CHECK(view->policy.stretch == 1);
    CHECK(view->book.uses[static_cast<std::size_t>(WindowKind::Month)].cap == 15'000);
  }

  TEST_CASE("the mode follows what is spent, and the book obeys it") {
    struct Row {
      std::int64_t spent;
      SpendMode mode;
      const char* reason;
      std::optional<AlertLevel> level;
    };
    // Ten days into November: a third of the month.
    const Row rows[] = {
        {3'000, SpendMode::Normal, "", std::nullopt},
        {12'100, SpendMode::Economise, "month: 80 % spent", AlertLevel::Warning},
        {13'650, SpendMode::ForegroundOnly, "month: 91 % spent", AlertLevel::Critical},
        {15'000, SpendMode::CacheOnly, "month: 100 % spent", AlertLevel::Critical},
    };
    for (const Row& row : rows) {
      CAPTURE(row.spent);
      Bed bed;
      bed.spend(row.spent);
      const auto view = bed.governor.view();
      CHECK(view->policy.mode == row.mode);
      CHECK(view->mode_reason == row.reason);
      CHECK(bed.policy.mode() == row.mode);
      CHECK(bed.policy.get().rules == rules_of(row.mode));
      std::optional<AlertLevel> of_window;
      for (const Alert& alert : view->alerts)
        if (alert.kind == AlertKind::Window) of_window = alert.level;
      CHECK(of_window == row.level);
      if (row.level == AlertLevel::Critical) CHECK(view->level == AlertLevel::Critical);
    }
  }

  TEST_CASE("a credit has a price while the mode says so, and not otherwise") {
    Bed bed;
    bed.asked.asks = 100;  // much more than what is left lasts for
    CHECK(bed.policy.get().price == Age(0));
    CHECK(bed.policy.get().stretch == 1);
    bed.governor.set_manual(SpendMode::Economise, 2h);
    bed.spend(14'000);
    for (int minute = 0; minute < 61; ++minute) bed.pass(1min);
    CHECK(bed.policy.get().price > Age(0));
    CHECK(bed.policy.get().stretch > 1);
    CHECK(bed.governor.view()->policy == bed.policy.get());
    bed.governor.set_manual(SpendMode::Normal, 1h);
    bed.governor.review();
    CHECK(bed.policy.get().price == Age(0));
    CHECK(bed.policy.get().stretch == 1);
  }

  TEST_CASE("what clients ask for decides whether credits last") {
    Bed bed;
    bed.spend(3'000);
    bed.asked.asks = 100;
    // 12,000 for 20 days: 25 an hour.
    bed.asked.lanes = {{.share = 1, .fresh = 60, .credits = 1}};
    for (int minute = 0; minute < 130; ++minute) {
      bed.call(charged(1), Purpose::Refresh);
      bed.pass(1min);
    }
    CHECK(bed.policy.mode() == SpendMode::Economise);
    CHECK(bed.governor.view()->mode_reason == "month: credits would not last");
    CHECK(bed.policy.get().price > Age(0));
    // The same asks, of what is fresh for an hour.
    bed.asked.lanes.front().fresh = 3600;
    bed.pass(1min);
    bed.pass(1min);
    CHECK(bed.policy.get().price == Age(0));
    bed.pass(ModeChooser::Options{}.linger);
    CHECK(bed.policy.mode() == SpendMode::Normal);
  }

  TEST_CASE("the price is found once a minute, and holds in between") {
    Bed bed;
    bed.asked.asks = 100;
    bed.spend(14'000);
    for (int minute = 0; minute < 130; ++minute) bed.pass(1min);
    const auto price = bed.policy.get().price;
    bed.spend(14'100);
    CHECK(bed.policy.get().price == price);
    bed.pass(59s);
    CHECK(bed.policy.get().price == price);
    bed.pass(1s);
    CHECK(bed.policy.get().price > price);
    bed.pass(-5min);  // a clock that was set back
    CHECK(bed.policy.get().price > price);
  }

  TEST_CASE("a review after a call changes mode, rules and price in one go") {
    Bed bed;
    bed.governor.set_manual(SpendMode::Economise, 1h);
    bed.spend(14'000);
    bed.governor.set_manual(SpendMode::ForegroundOnly, 1h);
    bed.call(answered(429, 1009));
    const SpendPolicy& policy = bed.policy.get();
    CHECK(policy.mode == SpendMode::ForegroundOnly);
    CHECK(policy == policy_of(policy.mode, policy.price, policy.stretch, policy.until));
    CHECK(bed.governor.view()->policy == policy);
    CHECK(bed.policy.mode() == policy.mode);
  }

  TEST_CASE("a mode set by hand holds until its end or until it is taken back") {
    Bed bed;
    const TimePoint start = bed.clock.time;
    bed.governor.set_manual(SpendMode::CacheOnly, 2h);
    CHECK(bed.policy.mode() == SpendMode::Normal);  // at the next review
    bed.pass(1s);
    auto view = bed.governor.view();
    CHECK(view->policy.mode == SpendMode::CacheOnly);
    CHECK(view->mode_since == start + 1s);
    CHECK(view->mode_reason == "set by hand");
    CHECK(view->policy.until == start + 2h);
    CHECK(bed.policy.get().rules == rules_of(SpendMode::CacheOnly));
    bed.pass(2h - 2s);
    CHECK(bed.policy.mode() == SpendMode::CacheOnly);
    bed.pass(1s);
    view = bed.governor.view();
    CHECK(view->policy.mode == SpendMode::Normal);
    CHECK(view->mode_since == start + 2h);
    CHECK_FALSE(view->policy.until);

    bed.governor.set_manual(SpendMode::ForegroundOnly, 2h);
    bed.pass(1s);
    CHECK(bed.policy.mode() == SpendMode::ForegroundOnly);
    bed.governor.set_manual(std::nullopt, 0ms);
    bed.pass(1s);
    CHECK(bed.policy.mode() == SpendMode::Normal);
  }

  TEST_CASE("a mode set by hand outlives a restart, and not its end") {
    Store store;
    TimePoint until;
    {
      Bed bed(store.writer.get());
      bed.governor.set_manual(SpendMode::Normal, 1h);
      bed.governor.set_manual(SpendMode::CacheOnly, 48h);
      until = bed.clock.time + 48h;
    }
    store.flush();
    const SetClock clock;
    {
      Bed bed(store.writer.get(), store.load(clock.time));
      CHECK(bed.policy.mode() == SpendMode::CacheOnly);
      CHECK(bed.governor.view()->policy.until == until);
      bed.pass(48h);
      CHECK(bed.policy.mode() == SpendMode::Normal);
      bed.governor.set_manual(SpendMode::Economise, 1h);
      bed.governor.set_manual(std::nullopt, 0ms);
    }
    store.flush();
    CHECK_FALSE(store.load(clock.time).order);
  }

  TEST_CASE("by hand a mode may be laxer than what is spent asks for") {
    Bed bed;
    bed.spend(13'650);
    CHECK(bed.policy.mode() == SpendMode::ForegroundOnly);
    bed.governor.set_manual(SpendMode::Normal, 1h);
    bed.pass(1s);
    CHECK(bed.policy.mode() == SpendMode::Normal);
    bed.pass(1h);
    CHECK(bed.policy.mode() == SpendMode::ForegroundOnly);
  }

  TEST_CASE("thresholds are told once each, and their end at the turn of the month") {
    Bed bed;
    bed.spend(12'000);
    bed.spend(12'100);
    bed.spend(13'500);
    REQUIRE(bed.about(AlertKind::Window).size() == 2);
    CHECK(bed.about(AlertKind::Window)[0].level == AlertLevel::Warning);
    CHECK(bed.about(AlertKind::Window)[1].level == AlertLevel::Critical);
    bed.clock.time = month_of(bed.clock.time).end;
    bed.governor.review();
    REQUIRE(bed.about(AlertKind::Window).size() == 3);
    CHECK(bed.about(AlertKind::Window)[2].is_recovery);
    CHECK(bed.policy.mode() == SpendMode::Normal);
  }

  TEST_CASE("a gap to the provider's count is told with its size") {
    Bed bed;
    bed.spend(1'000);
    const auto drifts = bed.about(AlertKind::Drift);
    REQUIRE(drifts.size() == 1);
    CHECK(drifts[0].value == 1'000);
    CHECK(drifts[0].subject == "month");
  }

  TEST_CASE("a refused key is told at once, and over when a call is answered again") {
    Bed bed;
    bed.call(answered(401, 1001));
    REQUIRE(bed.about(AlertKind::Key).size() == 1);
    CHECK(bed.about(AlertKind::Key)[0].value == 1001);
    CHECK(bed.governor.view()->level == AlertLevel::Critical);
    bed.pass(kKeyRest + 1s);  // it may be tried again, and has not been
    CHECK(bed.about(AlertKind::Key).size() == 1);
    bed.call(charged(1));
    REQUIRE(bed.about(AlertKind::Key).size() == 2);
    CHECK(bed.about(AlertKind::Key)[1].is_recovery);
  }

  TEST_CASE("a month that the provider declares spent is spent") {
    Bed bed;
    bed.call(answered(429, 1010));
    CHECK(bed.policy.mode() == SpendMode::CacheOnly);
    CHECK(bed.governor.view()->level == AlertLevel::Critical);
    CHECK(bed.about(AlertKind::Window).size() == 2);
    bed.clock.time = month_of(bed.clock.time).end;
    bed.governor.review();
    CHECK(bed.policy.mode() == SpendMode::Normal);
    CHECK(bed.about(AlertKind::Window).size() == 3);
  }

  TEST_CASE("a provider that does not answer is told after a while") {
    Bed bed;
    bed.outage = Outage{bed.clock.time, bed.clock.time + 4min};
    bed.pass(5min);
    CHECK(bed.about(AlertKind::Unreachable).empty());
    bed.outage->last = bed.clock.time;
    bed.pass(1s);
    CHECK(bed.about(AlertKind::Unreachable).size() == 1);
    bed.outage.reset();
    bed.pass(1s);
    CHECK(bed.about(AlertKind::Unreachable).size() == 2);
  }

  TEST_CASE("without a database the ledger cannot be written, and that is told") {
    Bed bed;
    bed.call(charged(1));
    CHECK(bed.about(AlertKind::Ledger).size() == 1);
  }

  TEST_CASE("what was told and learned is kept over a restart") {
    Store store;
    PacerMemory learned;
    {
      Bed bed(store.writer.get());
      bed.asked.asks = 3;
      for (int i = 0; i < 130; ++i) {
        bed.call(charged(1));
        bed.pass(1min);
      }
      bed.spend(13'500);
      bed.governor.save();
      store.flush();
      GovernorState state = store.load(bed.clock.time);
      CHECK(state.alerts == bed.told);
      learned = state.pacing;
      CHECK(learned.asks != Pattern{});
      CHECK(learned.foreground != Pattern{});
    }
    Bed after(store.writer.get(), store.load(SetClock().time), store.load_book());
    after.spend(13'500);
    CHECK(after.about(AlertKind::Window).empty());
    CHECK(after.policy.mode() == SpendMode::ForegroundOnly);
    after.governor.save();
    store.flush();
    CHECK(store.load(after.clock.time).pacing == learned);
  }

  TEST_CASE("what was learned is saved every ten minutes") {
    Store store;
    Bed bed(store.writer.get());
    for (int i = 0; i < 59; ++i) {  // the hour turned, and the last save was before
      bed.call(charged(1));
      bed.pass(1min);
    }
    store.flush();
    CHECK(store.load(bed.clock.time).pacing == PacerMemory{});
    for (int i = 0; i < 2; ++i) bed.pass(1min);
    store.flush();
    CHECK(store.load(bed.clock.time).pacing != PacerMemory{});
  }
}
