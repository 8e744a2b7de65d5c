// A book with its database, for the tests of what is on the disk when.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../unit/credit/book_desk.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "sqlite_files.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::test {

using namespace std::chrono_literals;
using namespace quotecached::credit;
using namespace quotecached::ledger;

using Steady = std::chrono::steady_clock;

inline BookState load(const std::string& path) {
  auto readers = store::ReaderPool::open(path, {});
  REQUIRE(readers);
  auto state = load_book_state(**readers, kDefaultAccount);
  if (!state) FAIL(state.error().message);
  return std::move(*state);
}

inline Book::Options capped(Credits per_day = {1000}) {
  Book::Options options;
  options.ledger.caps.per_day = per_day;
  options.ledger.caps.per_month = {10000};
  return options;
}

// A daemon's book with its database; a second one on the same file is the daemon started again.
struct Desk {
  explicit Desk(const std::string& path,
                const Book::Options& options = capped(),
                store::Writer::Options store = {},
                const ClientBook::Caps& caps = {})
      : writer(open_writer(path, store)),
        state(load(path)),
        book({writer.get(), policy, clock}, state, options, Log()),
        clients(book, caps, state.clients, clock) {}

  Admission admit(CallIntent intent = intent_of({2})) {
    return test::admit(loop, book, std::move(intent));
  }
  void flush() {
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
  }
  // Runs the loop until `is_true`, for five seconds at most.
  template <class Condition>
  void run_until(Condition is_true) {
    for (const auto end = Steady::now() + 5s; !is_true() && Steady::now() < end;) {
      loop.restart();
      loop.run_one_for(10ms);
    }
  }
  std::int64_t spent(WindowKind kind) {
    return book.view().uses[static_cast<std::size_t>(kind)].spent;
  }

  asio::io_context loop;
  test::SetClock clock;
  std::unique_ptr<store::Writer> writer;
  pacing::PublishedPolicy policy;
  BookState state;  // as it was found
  Book book;
  ClientBook clients;
};

inline std::int64_t query(const std::string& path, const std::string& sql) {
  SQLite::Database database(path, SQLite::OPEN_READONLY, 2000);
  return database.execAndGet(sql).getInt64();
}

inline std::int64_t count_calls(const std::string& path, int state) {
  return query(path, fmt::format("SELECT count(*) FROM upstream_calls WHERE state = {}", state));
}

inline std::int64_t kept_spend(const std::string& path, const char* kind) {
  return query(path,
               fmt::format("SELECT coalesce(sum(spent), -1) FROM credit_windows "
                           "WHERE client = '' AND kind = '{}'",
                           kind));
}

}  // namespace quotecached::test
