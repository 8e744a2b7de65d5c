#include "app/clock_moves.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "app/fleet.hpp"
#include "app/housekeeper.hpp"
#include "app/parts.hpp"
#include "base/json_writer.hpp"
#include "cache/chain.hpp"
#include "compact/desk.hpp"
#include "io/handoff.hpp"
#include "proxy/proxy.hpp"
#include "refill/refill.hpp"
#include "store/writer.hpp"
#include "stream/hub.hpp"
#include "warm/warmer.hpp"

namespace quotecached::app {
namespace {

using Steady = std::chrono::steady_clock;

milliseconds left_until(Steady::time_point deadline) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Steady::now()));
}

void do_what_is_due(Parts& parts, TimePoint before) {
  do_each_second(parts);
  parts.warmer->look();
  const auto minute = [](TimePoint time) { return std::chrono::floor<std::chrono::minutes>(time); };
  if (minute(parts.clock->now()) != minute(before)) do_each_minute(parts);
}

// Waits until all that is queued for the database now is written; null: there is none.
asio::awaitable<bool> is_written(store::Writer* writer, milliseconds limit) {
  if (writer == nullptr) co_return true;
  const io::Handoff<void> end;
  auto tell = [end](Result<void> how) { end.deliver(std::move(how)); };
  if (!writer->submit([](SQLite::Database&) {}, std::move(tell))) co_return true;
  const auto how = co_await end.receive(limit);
  // What cannot be written is over as well, and was logged.
  co_return how || how.error().code != ErrorCode::Timeout;
}

// Null: there is no fleet.
asio::awaitable<bool> has_shared(Fleet* fleet, milliseconds limit) {
  if (fleet == nullptr) co_return true;
  co_return co_await fleet->settle(limit);
}

// What is still under way after `deadline`; null when all is over.
asio::awaitable<const char*> settle(Parts* parts, Steady::time_point deadline) {
  while (true) {
    const bool is_shared = co_await has_shared(parts->fleet.get(), left_until(deadline));
    if (!is_shared) co_return "an exchange with the fleet";
    const bool are_reviews_over = co_await parts->stream->settle(left_until(deadline));
    if (!are_reviews_over) co_return "a review of a stream";
    const bool is_warm = co_await parts->warmer->settle(left_until(deadline));
    if (!is_warm) co_return "a renewal ahead of clients";
    const bool are_purchases_over = co_await parts->quotes->settle(left_until(deadline));
    if (!are_purchases_over) co_return "a purchase behind an answer";
    const bool are_refreshes_over = co_await parts->proxy->settle(left_until(deadline));
    if (!are_refreshes_over) co_return "a refresh behind an answer";
    const bool are_calls_over = co_await parts->refill->settle(left_until(deadline));
    if (!are_calls_over) co_return "a batch or a call";
    const bool are_tiers_idle = co_await parts->chain->settle(left_until(deadline));
    if (!are_tiers_idle) co_return "a lookup or a write behind";
    const bool is_stored = co_await is_written(parts->writer.get(), left_until(deadline));
    if (!is_stored) co_return "a write to the database";
    // One may have led to another.
    if ((!parts->fleet || parts->fleet->is_idle()) && parts->warmer->is_idle() &&
        parts->stream->is_idle() && parts->quotes->is_idle() && parts->proxy->is_idle() &&
        parts->refill->is_idle() && parts->chain->is_idle())
      co_return nullptr;
  }
}

std::string to_json(milliseconds by, TimePoint now) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("advanced_ms").integer(by.count()).key("now").time(now).end_object();
  return text;
}

}  // namespace

asio::awaitable<Result<std::string>> move_clock(Parts* parts, routing::ClockMove move) {
  const auto deadline = Steady::now() + move.within;
  const auto before = parts->clock->now();
  parts->test_clock->advance(move.by);
  do_what_is_due(*parts, before);
  const char* open = nullptr;
  if (move.within > milliseconds(0)) open = co_await settle(parts, deadline);
  if (open != nullptr) {
    co_return fail(
        ErrorCode::Timeout,
        fmt::format(
            "the clock is moved, but {} is not over after {} ms", open, move.within.count()));
  }
  co_return to_json(move.by, parts->clock->now());
}

}  // namespace quotecached::app
