// What a governor has told, learned and was ordered outlives a restart.
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <unistd.h>

#include "credit/governor.hpp"
#include "governor_bed.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

using namespace std::chrono_literals;
using namespace std::chrono;
using namespace quotecached;
using namespace quotecached::alert;
using namespace quotecached::credit;
using namespace quotecached::ledger;
using namespace quotecached::pacing;
using test::charged;
using test::GovernorBed;
using test::GovernorClock;

namespace {

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
  TEST_CASE("a mode set by hand outlives a restart, and not its end") {
    Store store;
    TimePoint until;
    {
      GovernorBed bed(store.writer.get());
      bed.governor.set_manual(SpendMode::Normal, 1h);
      bed.governor.set_manual(SpendMode::CacheOnly, 48h);
      until = bed.clock.time + 48h;
    }
    store.flush();
    const GovernorClock clock;
    {
      GovernorBed bed(store.writer.get(), store.load(clock.time));
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

  TEST_CASE("what was told and learned is kept over a restart") {
    Store store;
    PacerMemory learned;
    {
      GovernorBed bed(store.writer.get());
      bed.asked.asks = 3;
      for (int i = 0; i < 500; ++i) {  // of the first hours it keeps no foreground
        bed.call(charged(1));
        bed.pass(1min);
      }
      bed.spend(13'500);
      bed.governor.save();
      store.flush();
      GovernorState state = store.load(bed.clock.time);
      CHECK(state.alerts == bed.told);
      CHECK(state.charges == kLeastCharges);  // more need not be known
      learned = state.pacing;
      CHECK(learned.asks != Pattern{});
      CHECK(learned.foreground != Pattern{});
    }
    GovernorBed after(store.writer.get(), store.load(GovernorClock().time), store.load_book());
    CHECK(after.governor.view()->evidence.hours > 7);
    after.spend(13'500);
    CHECK(after.about(AlertKind::Window).empty());
    CHECK(after.policy.mode() == SpendMode::ForegroundOnly);
    after.governor.save();
    store.flush();
    CHECK(store.load(after.clock.time).pacing == learned);
  }

  TEST_CASE("what was learned is saved every ten minutes") {
    Store store;
    GovernorBed bed(store.writer.get());
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
