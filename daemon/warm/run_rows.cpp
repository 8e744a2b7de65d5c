#include "warm/run_rows.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::warm {
namespace {

using How = Outcome::How;

std::int64_t ticks(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint time_of(std::int64_t ticks) { return TimePoint(milliseconds(ticks)); }

void put(SQLite::Database& database, const Run& run) {
  SQLite::Statement row(
      database,
      "INSERT OR REPLACE INTO warm_runs (id, what, state, began_at, ended_at, "
      "assets, renewed, fresh, skipped, failed, calls, estimated, spent, "
      "asks_fresh, stopped_by, begun_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, run.id);
  row.bind(2, run.what);
  row.bind(3, std::string(to_string(run.state)));
  row.bind(4, ticks(run.began));
  if (run.ended) row.bind(5, ticks(*run.ended));
  row.bind(6, run.assets);
  row.bind(7, run.count(How::Renewed));
  row.bind(8, run.count(How::Fresh) + run.count(How::Busy));
  row.bind(9, run.count(How::Unasked) + run.count(How::Unworthy) + run.count(How::Absent));
  row.bind(10, run.count(How::Failed) + run.count(How::NotTried));
  row.bind(11, run.calls);
  row.bind(12, run.estimated.count);
  row.bind(13, run.spent.count);
  row.bind(14, run.asks_fresh);
  row.bind(15, run.stopped_by);
  row.bind(16, std::string(to_string(run.begun_by)));
  row.exec();
  SQLite::Statement drop(database, "DELETE FROM warm_runs WHERE id <= ?");
  drop.bind(1, run.id - static_cast<std::int64_t>(kRunsKept));
  drop.exec();
}

void submit(store::Writer& writer, store::Writer::Job job, const Log& log) {
  const auto done = [log](const Result<void>& end) {
    if (!end) log.error("run_not_stored", {{"error", end.error().message}});
  };
  if (!writer.submit(std::move(job), done))
    log.error("run_not_stored", {{"error", "too much waits to be written"}});
}

// Which of several outcomes a row counts together is not known any more.
Run read(SQLite::Statement& row) {
  Run run;
  run.id = row.getColumn(0).getInt64();
  run.what = row.getColumn(1).getString();
  const std::string state = row.getColumn(2).getString();
  run.state = Run::State::Lost;
  for (const auto known : {Run::State::Done, Run::State::Partly, Run::State::Nothing}) {
    if (state == to_string(known)) run.state = known;
  }
  run.began = time_of(row.getColumn(3).getInt64());
  if (!row.getColumn(4).isNull()) run.ended = time_of(row.getColumn(4).getInt64());
  run.assets = row.getColumn(5).getInt64();
  const auto set = [&](How how, int column) {
    run.how[static_cast<std::size_t>(how)] = row.getColumn(column).getInt64();
  };
  set(How::Renewed, 6);
  set(How::Fresh, 7);
  set(How::Unasked, 8);
  set(How::Failed, 9);
  run.calls = row.getColumn(10).getInt64();
  run.estimated.count = row.getColumn(11).getInt64();
  run.spent.count = row.getColumn(12).getInt64();
  run.asks_fresh = row.getColumn(13).getDouble();
  run.stopped_by = row.getColumn(14).getString();
  const bool is_clock = row.getColumn(15).getString() == to_string(Run::By::Clock);
  run.begun_by = is_clock ? Run::By::Clock : Run::By::Order;
  return run;
}

}  // namespace

void keep_run(store::Writer& writer, const Run& run, const Log& log) {
  Run kept = run;
  kept.outcomes.clear();
  kept.names.clear();
  submit(
      writer, [kept = std::move(kept)](SQLite::Database& database) { put(database, kept); }, log);
}

void keep_asks(store::Writer& writer, std::int64_t run, double asks, const Log& log) {
  const auto job = [run, asks](SQLite::Database& database) {
    SQLite::Statement add(database,
                          "UPDATE warm_runs SET asks_fresh = asks_fresh + ? WHERE id = ?");
    add.bind(1, asks);
    add.bind(2, run);
    add.exec();
  };
  submit(writer, job, log);
}

Result<std::vector<Run>> load_runs(store::ReaderPool& readers, std::size_t most) {
  return readers.read([most](store::Reader& reader) {
    auto& rows = reader.statement(
        "SELECT id, what, state, began_at, ended_at, assets, renewed, fresh, skipped, failed, "
        "calls, estimated, spent, asks_fresh, stopped_by, begun_by FROM warm_runs "
        "ORDER BY id DESC LIMIT ?");
    rows.bind(1, static_cast<std::int64_t>(most));
    std::vector<Run> runs;
    while (rows.executeStep()) runs.push_back(read(rows));
    reader.reset();
    return runs;
  });
}

}  // namespace quotecached::warm
