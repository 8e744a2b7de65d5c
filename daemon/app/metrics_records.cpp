// What the daemon tells Prometheus of what it has written down: calls and their credits, the
// database, usage.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/parts.hpp"
#include "catalog/catalogue.hpp"
#include "credit/book.hpp"
#include "http/access_log.hpp"
#include "metrics/number.hpp"
#include "metrics/registry.hpp"
#include "store/writer.hpp"
#include "usage/recorder.hpp"
#include "usage/trace_recorder.hpp"

namespace quotecached::app {
namespace {

using metrics::number_in;
using metrics::Page;

void write_spenders(const credit::Book& book,
                    const std::vector<std::string>& endpoints,
                    Page& page) {
  for (std::size_t i = 0; i < credit::kCauses; ++i) {
    page.counter("quotecached_cause_credits_total",
                 "Credits charged, by why calls were made",
                 number_in(book.totals().credits_by_cause[i]),
                 {{"cause", std::string(to_string(static_cast<credit::Cause>(i)))}});
  }
  auto spent = book.credits_by_endpoint();
  for (const auto& name : endpoints) spent[name];
  for (const auto& [endpoint, credits] : spent) {
    page.counter("quotecached_endpoint_credits_total",
                 "Credits charged, by endpoint",
                 static_cast<double>(credits),
                 {{"endpoint", endpoint}});
  }
}

void write_book(const Parts& parts, Page& page) {
  const auto& totals = parts.book->totals();
  page.counter("quotecached_credits_total", "Credits charged", number_in(totals.credits));
  page.counter("quotecached_asset_credits_total",
               "Of these, for calls that were made for assets",
               number_in(totals.asset_credits));
  constexpr std::string_view kRefreshed = "quotecached_assets_refreshed_total";
  constexpr std::string_view kRefreshedHelp =
      "Assets that good calls were made for, and that rode along for nothing";
  page.counter(kRefreshed, kRefreshedHelp, number_in(totals.asked_assets), {{"how", "asked"}});
  page.counter(kRefreshed, kRefreshedHelp, number_in(totals.riding_assets), {{"how", "riding"}});
  page.counter("quotecached_calls_booked_total", "Calls in the book", number_in(totals.calls));
  page.counter("quotecached_calls_unrecorded_total",
               "Calls whose row could not be written",
               static_cast<double>(parts.book->unrecorded()));
}

void write_database(const Parts& parts, Page& page) {
  const bool is_there = parts.writer != nullptr;
  const auto health = is_there ? parts.writer->health() : store::Writer::Health();
  page.gauge("quotecached_database_up",
             "1 while the database takes writes",
             is_there && health.works ? 1 : 0);
  if (!is_there) return;
  page.gauge("quotecached_database_bytes",
             "Size of the database and its log on the disk",
             number_in(parts.database_bytes));
  page.counter("quotecached_database_failed_jobs_total",
               "Writes that failed",
               static_cast<double>(health.failed_jobs));
  page.counter("quotecached_database_refused_jobs_total",
               "Writes refused: the queue was full",
               static_cast<double>(health.refused_jobs));
  page.counter(
      "quotecached_database_commits_total", "Transactions", static_cast<double>(health.commits));
}

void write_trace(const Parts& parts, Page& page) {
  if (!parts.trace) return;
  const auto& totals = parts.trace->totals();
  page.counter("quotecached_trace_requests_total",
               "Requests recorded in the trace",
               number_in(totals.written));
  page.counter("quotecached_trace_lost_total",
               "Requests that were not: too many at once, or the file could not be written",
               number_in(totals.lost));
}

void write_access_log(const Parts& parts, Page& page) {
  const auto& totals = parts.access->totals();
  page.counter("quotecached_access_log_lines_total",
               "Requests written to the access log",
               number_in(totals.written));
  page.counter("quotecached_access_log_dropped_total",
               "Requests that were not: too many at once, or it could not be written",
               number_in(totals.dropped));
}

void write_usage(const Parts& parts, Page& page) {
  if (!parts.recorder) return;
  const auto& totals = parts.recorder->totals();
  page.counter("quotecached_usage_flushes_total",
               "Batches of usage handed to the database",
               number_in(totals.flushes));
  page.counter("quotecached_usage_flushes_failed_total",
               "Of these, not written: they go with the next one",
               number_in(totals.failed));
}

}  // namespace

std::vector<std::string> called_endpoints(const Parts& parts) {
  std::vector<std::string> names{"forward"};
  for (const auto& endpoint : parts.catalogue->endpoints()) names.push_back(endpoint.name);
  return names;
}

void write_records(const Parts& parts, Page& page) {
  write_book(parts, page);
  write_spenders(*parts.book, called_endpoints(parts), page);
  write_database(parts, page);
  write_usage(parts, page);
  write_trace(parts, page);
  write_access_log(parts, page);
}

}  // namespace quotecached::app
