#include "credit/book.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/chrono.h>

#include "store/writer.hpp"

namespace quotecached::credit {
namespace {

constexpr std::chrono::seconds kLogInterval{60};

constexpr std::size_t index(Closure closure) { return static_cast<std::size_t>(closure); }

std::string utc(TimePoint time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(time));
}

// One line of the upstream_calls table.
struct Row {
  TimePoint started;
  std::string endpoint;
  Cause cause;
  CallOutcome outcome;
  std::size_t assets;
};

void insert(SQLite::Database& database, const Row& row) {
  SQLite::Statement insert(database,
                           "INSERT INTO upstream_calls (started_at, endpoint, cause, credits, "
                           "took_ms, http_status, error_code, assets) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, static_cast<std::int64_t>(row.started.time_since_epoch().count()));
  insert.bind(2, row.endpoint);
  insert.bind(3, std::string(to_string(row.cause)));
  insert.bind(4, row.outcome.charged.count);
  insert.bind(5, static_cast<std::int64_t>(row.outcome.took.count()));
  insert.bind(6, static_cast<std::int64_t>(row.outcome.http_status));
  insert.bind(7, row.outcome.error_code);
  insert.bind(8, static_cast<std::int64_t>(row.assets));
  insert.exec();
  // Ids only ever grow, so that this is one row each time.
  SQLite::Statement forget(database, "DELETE FROM upstream_calls WHERE id <= ?");
  forget.bind(1, database.getLastInsertRowid() - kKeptCalls);
  forget.exec();
}

// An answer that only a call with a good key gets. Requires: no closing error code.
bool accepts_key(const CallOutcome& outcome) {
  if (outcome.http_status >= 200 && outcome.http_status < 300) return true;
  return outcome.error_code != 0 && outcome.http_status < 500;
}

}  // namespace

std::string_view to_string(Cause cause) noexcept {
  switch (cause) {
    case Cause::Miss: return "miss";
    case Cause::Refresh: return "refresh";
    case Cause::Warm: return "warm";
    case Cause::Cron: return "cron";
    case Cause::Retry: return "retry";
    case Cause::Probe: return "probe";
    case Cause::Forward: return "forward";
  }
  return "unknown";
}

struct Book::Recorder {
  explicit Recorder(Log the_log) : log(std::move(the_log)) {}

  const Log log;
  Totals totals;
  std::atomic<std::chrono::steady_clock::rep> next_log{0};

  // Any thread.
  void lost(std::string_view error) {
    const auto count = totals.unrecorded.fetch_add(1, std::memory_order_relaxed) + 1;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    auto next = next_log.load(std::memory_order_relaxed);
    const std::chrono::steady_clock::duration pause = kLogInterval;
    if (now.count() < next || !next_log.compare_exchange_strong(next, (now + pause).count())) {
      return;
    }
    log.error("upstream call not recorded", {{"error", error}, {"unrecorded", count}});
  }
};

Book::Book(store::Writer* writer, const Clock& clock, Log log)
    : writer_(writer),
      clock_(clock),
      log_(std::move(log)),
      recorder_(std::make_shared<Recorder>(log_)) {}

const Book::Totals& Book::totals() const noexcept { return recorder_->totals; }

Result<Book::Ticket> Book::admit(const CallIntent& intent) {
  assert(intent.worst_case.count >= 0);
  const TimePoint now = clock_.now();
  if (const auto why = closed(now)) {
    if (closure_of(why->error_code) == Closure::Key) {
      return fail(ErrorCode::Unavailable,
                  fmt::format("the provider refuses the key (error {}), to be tried again at {}",
                              why->error_code,
                              utc(why->until)));
    }
    return fail(ErrorCode::Exhausted,
                fmt::format("the provider's limit is reached (error {}) until {}",
                            why->error_code,
                            utc(why->until)));
  }
  // The rest of a refused key is over: this call tries it, alone for a while.
  if (auto& key = shut_[index(Closure::Key)]) {
    key->window = {now, now + kKeyProbe};
    key->since = last_ticket_;
  }
  return Ticket(*this, ++last_ticket_, intent, now);
}

std::optional<Book::Closed> Book::closed(TimePoint now) const {
  std::optional<Closed> last;
  for (const auto& shut : shut_) {
    if (!shut || !contains(shut->window, now)) continue;
    if (!last || last->until < shut->window.end) last = {shut->window.end, shut->error_code};
  }
  return last;
}

void Book::settle(const Ticket& ticket, const CallOutcome& outcome) {
  recorder_->totals.calls.fetch_add(1, std::memory_order_relaxed);
  recorder_->totals.credits.fetch_add(outcome.charged.count, std::memory_order_relaxed);
  if (outcome.charged > ticket.worst_case_) {
    log_.warn("charged more than the worst case",
              {{"endpoint", ticket.endpoint_},
               {"charged", outcome.charged.count},
               {"worst_case", ticket.worst_case_.count}});
  }
  shut_or_open(ticket, outcome);
  record(ticket, outcome);
}

void Book::shut_or_open(const Ticket& ticket, const CallOutcome& outcome) {
  if (const auto closure = closure_of(outcome.error_code)) {
    // By when the call was started: a refusal that comes in after midnight is about the day before.
    const TimePoint at = *closure == Closure::Key ? clock_.now() : ticket.started_;
    auto& shut = shut_[index(*closure)];
    const bool is_news = !shut || !contains(shut->window, at);
    shut = Shut{closed_window(*closure, at), outcome.error_code, last_ticket_};
    if (is_news) {
      log_.error("upstream closed",
                 {{"error_code", outcome.error_code}, {"until", utc(shut->window.end)}});
    }
    return;
  }
  auto& key = shut_[index(Closure::Key)];
  if (key && accepts_key(outcome) && ticket.number_ > key->since) {
    key.reset();
    log_.info("upstream accepts the key again");
  }
}

void Book::record(const Ticket& ticket, const CallOutcome& outcome) {
  if (!writer_) return recorder_->lost("no database");
  Row row{ticket.started_, ticket.endpoint_, ticket.cause_, outcome, ticket.assets_};
  auto job = [row = std::move(row)](SQLite::Database& database) { insert(database, row); };
  auto done = [recorder = recorder_](const Result<void>& end) {
    if (!end) recorder->lost(end.error().message);
  };
  if (!writer_->submit(std::move(job), std::move(done))) recorder_->lost("queue full");
}

Book::Ticket::Ticket(Book& book, std::uint64_t number, const CallIntent& intent, TimePoint started)
    : book_(&book),
      number_(number),
      endpoint_(intent.endpoint),
      cause_(intent.cause),
      worst_case_(intent.worst_case),
      assets_(intent.assets),
      started_(started) {}

Book::Ticket::Ticket(Ticket&& other) noexcept
    : book_(std::exchange(other.book_, nullptr)),
      number_(other.number_),
      endpoint_(std::move(other.endpoint_)),
      cause_(other.cause_),
      worst_case_(other.worst_case_),
      assets_(other.assets_),
      started_(other.started_) {}

Book::Ticket::~Ticket() {
  if (!book_) return;
  CallOutcome outcome;
  outcome.charged = worst_case_;
  outcome.took = std::max(book_->clock_.now() - started_, std::chrono::milliseconds(0));
  settle(outcome);
}

void Book::Ticket::settle(const CallOutcome& outcome) {
  assert(book_);
  std::exchange(book_, nullptr)->settle(*this, outcome);
}

}  // namespace quotecached::credit
