#include "load/report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_writer.hpp"

namespace quotecached::load {
namespace {

Figures sum_of(const Report& report, std::size_t begin, std::size_t end, Figures Round::* part) {
  Figures sum;
  for (auto i = begin; i < std::min(end, report.rounds.size()); ++i)
    sum.add(report.rounds[i].*part);
  return sum;
}

void write_latency(JsonWriter& json, const LatencyHistogram& latency) {
  json.begin_object();
  json.key("mean").number(latency.mean(), 1);
  json.key("p50").number(latency.quantile(0.5), 1);
  json.key("p90").number(latency.quantile(0.9), 1);
  json.key("p99").number(latency.quantile(0.99), 1);
  json.key("p99_9").number(latency.quantile(0.999), 1);
  json.key("max").number(latency.max(), 1);
  json.end_object();
}

void write_figures(JsonWriter& json, const Figures& figures) {
  json.begin_object();
  json.key("requests").integer(figures.requests());
  json.key("requests_per_second").number(figures.per_second(), 1);
  json.key("latency_us");
  write_latency(json, figures.latency);
  json.key("good_latency_us");  // of answers with status 200
  write_latency(json, figures.good_latency);
  json.key("cpu_us_per_request").number(figures.cpu_per_answer());
  json.key("bytes").integer(figures.bytes);
  json.key("answers").begin_object();
  for (const auto& [status, count] : figures.answers)
    json.key(std::to_string(status)).integer(count);
  json.end_object();
  json.key("failures").integer(figures.failures);
  json.key("unsent").integer(figures.unsent);
  json.key("wrong_share").number(figures.wrong_share(), 6);
  json.key("hit_share").number(figures.share_of(Source::Hit), 6);
  json.key("stale_share").number(figures.share_of(Source::Stale), 6);
  json.end_object();
}

void write_options(JsonWriter& json, const Report& report) {
  json.begin_object();
  json.key("concurrency").integer(static_cast<std::int64_t>(report.concurrency));
  json.key("rate").number(report.rate);
  json.key("duration_seconds").number(std::chrono::duration<double>(report.duration).count());
  json.key("target");
  if (report.target.empty()) {
    json.null();
  } else {
    json.text(report.target);
  }
  json.end_object();
}

constexpr std::string_view kColumns =
    "              REQUESTS   PER S    P50 US    P90 US    P99 US  P99.9 US    MAX US  CPU US\n";

std::string row_of(std::string_view name, const Figures& figures) {
  const auto cpu = figures.cpu_per_answer();
  const auto& times = figures.latency;
  return fmt::format("{:<13}{:>9}{:>8.0f}{:>10.0f}{:>10.0f}{:>10.0f}{:>10.0f}{:>10.0f}{:>8}\n",
                     name,
                     figures.requests(),
                     figures.per_second(),
                     times.quantile(0.5),
                     times.quantile(0.9),
                     times.quantile(0.99),
                     times.quantile(0.999),
                     times.max(),
                     cpu ? fmt::format("{:.2f}", *cpu) : "-");
}

std::string ratio_text(std::optional<double> ratio) {
  return ratio ? fmt::format("{:.2f}", *ratio) : "-";
}

std::string row_of(const Ratios& ratios) {
  return fmt::format("{:<30}{:>10}{:>20}{:>28}\n",
                     "daemon by floor",
                     ratio_text(ratios.p50),
                     ratio_text(ratios.p99),
                     ratio_text(ratios.cpu));
}

// How the answers came about, and what was wrong.
std::string tell_answers(const Report& report) {
  const auto figures = report.daemon();
  auto text = fmt::format("Answers: {:.2f} % hits, {:.2f} % stale, {:.2f} % misses.",
                          100 * figures.share_of(Source::Hit),
                          100 * figures.share_of(Source::Stale),
                          100 * figures.share_of(Source::Miss));
  for (const auto& [status, count] : figures.answers)
    if (status != 200) text += fmt::format(" {} with status {}.", count, status);
  if (figures.failures > 0) text += fmt::format(" {} without an answer.", figures.failures);
  if (figures.unsent > 0)
    text += fmt::format(" {} were due and never sent: it does not keep up.", figures.unsent);
  if (report.calls) text += fmt::format(" Calls to the provider: {}.", *report.calls);
  return text + "\n";
}

}  // namespace

Figures Report::daemon() const { return sum_of(*this, 0, rounds.size(), &Round::daemon); }
Figures Report::floor() const { return sum_of(*this, 0, rounds.size(), &Round::floor); }
Figures Report::before_outage() const { return sum_of(*this, 0, outage_at, &Round::daemon); }
Figures Report::since_outage() const {
  return sum_of(*this, outage_at, rounds.size(), &Round::daemon);
}

std::string Report::broken_promise() const {
  if (scenario != Scenario::Herd || !calls || *calls <= waves) return {};
  return fmt::format("{} calls to the provider for {} assets", *calls, waves);
}

std::string as_table(const Report& report) {
  auto text = fmt::format("quotecached {} {}: {} connections, {}{}\n\n",
                          report.version,
                          to_string(report.scenario),
                          report.concurrency,
                          report.rate > 0 ? fmt::format("{:g} requests a second", report.rate)
                                          : "as fast as it answers",
                          report.is_complete ? "" : " (cut short)");
  text += kColumns;
  if (report.scenario == Scenario::Outage) {
    text += row_of("before", report.before_outage());
    text += row_of("outage", report.since_outage());
  } else {
    text += row_of("daemon", report.daemon());
  }
  text += row_of("floor", report.floor());
  text += row_of(ratios_of(report.rounds)) + "\n";
  text += tell_answers(report);
  if (report.scenario == Scenario::Herd)
    text += fmt::format("Assets that all asked for at once: {}.\n", report.waves);
  if (report.scenario == Scenario::Outage) {
    const auto since = report.since_outage();
    text +=
        fmt::format("Since the provider died: {:.2f} % stale, {:.2f} % not answered with 200.\n",
                    100 * since.share_of(Source::Stale),
                    100 * since.wrong_share());
  }
  return text;
}

std::string as_json(const Report& report) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("scenario").text(to_string(report.scenario));
  json.key("version").text(report.version);
  json.key("options");
  write_options(json, report);
  json.key("is_complete").boolean(report.is_complete);
  json.key("rounds").integer(static_cast<std::int64_t>(report.rounds.size()));
  const auto ratios = ratios_of(report.rounds);
  json.key("ratios").begin_object();
  json.key("cpu").number(ratios.cpu);
  json.key("p50").number(ratios.p50);
  json.key("p99").number(ratios.p99);
  json.end_object();
  json.key("upstream_calls").integer(report.calls);
  json.key("daemon");
  write_figures(json, report.daemon());
  json.key("floor");
  write_figures(json, report.floor());
  if (report.scenario == Scenario::Herd) json.key("herds").integer(report.waves);
  if (report.scenario == Scenario::Outage) {
    json.key("before_outage");
    write_figures(json, report.before_outage());
    json.key("since_outage");
    write_figures(json, report.since_outage());
  }
  json.end_object();
  return text + "\n";
}

}  // namespace quotecached::load
