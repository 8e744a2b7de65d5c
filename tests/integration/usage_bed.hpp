// A recorder of usage on a real database, and the counts that it asks for.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include "sqlite_files.hpp"
#include "store/writer.hpp"
#include "usage/recorder.hpp"

namespace quotecached::test {

using namespace std::chrono_literals;

inline constexpr TimePoint kUsageStart =
    TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)) + 10h;

inline credit::CallRecord usage_call_at(TimePoint started) {
  credit::CallRecord call;
  call.started = started;
  call.intent.endpoint = "v2.quotes";
  call.intent.kind = "symbol";
  call.intent.assets = {"BTC", "ETH", "XMR"};
  call.intent.riding = 4;
  call.intent.predicted = {1};
  call.outcome.http_status = 200;
  call.outcome.charge.credits = {1};
  call.outcome.took = 90ms;
  return call;
}

// A recorder on a file, and the counts it asks for.
struct UsageBed {
  explicit UsageBed(store::Writer::Options options = {})
      : writer(open_writer(dir.file(), options)) {}

  void count(const std::string& endpoint, const std::string& client, std::int64_t requests) {
    for (auto& row : counted) {
      if (row.endpoint != endpoint || row.client != client) continue;
      row.counts.requests += requests;
      row.counts.hits[index_of(TierKind::Memory)] += requests;
      row.counts.latencies.back() += requests;
      return;
    }
    counted.push_back({endpoint, client, {}});
    count(endpoint, client, requests);
  }
  usage::Recorder recorder(Log log = {}) {
    return {*writer,
            {[this] { return counted; },
             [this] { return std::exchange(samples, {}); },
             [this] { return ages; }},
            kUsageStart,
            std::move(log)};
  }
  // Waits until all that was submitted is written.
  void drain() {
    REQUIRE(run_job(*writer, [](SQLite::Database&) {}));
  }
  void exec(const std::string& sql) {
    REQUIRE(run_job(*writer, [sql](SQLite::Database& database) { database.exec(sql); }));
  }
  std::int64_t number(const std::string& sql) {
    SQLite::Database database(dir.file());
    return database.execAndGet(sql).getInt64();
  }
  // The rows of a query, as "a b|c d".
  std::string rows(const std::string& sql) {
    SQLite::Database database(dir.file());
    SQLite::Statement statement(database, sql);
    std::string text;
    while (statement.executeStep()) {
      if (!text.empty()) text += "|";
      for (int i = 0; i < statement.getColumnCount(); ++i)
        text += (i > 0 ? " " : "") + statement.getColumn(i).getString();
    }
    return text;
  }

  TempDir dir;
  std::unique_ptr<store::Writer> writer;
  std::vector<usage::UsageRow> counted;
  std::vector<usage::AssetSample> samples;
  std::vector<usage::AgeRow> ages;  // since the begin
};

}  // namespace quotecached::test
