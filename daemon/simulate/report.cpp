#include "simulate/report.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "base/json_writer.hpp"

namespace quotecached::simulate {
namespace {

double part(std::int64_t of, std::int64_t all) {
  return all == 0 ? 0 : static_cast<double>(of) / static_cast<double>(all);
}

std::string text_of(std::optional<double> number, int decimals) {
  return number ? fmt::format("{:.{}f}", *number, decimals) : "-";
}

// A column of the table. The other forms have all figures by their full names.
struct Column {
  std::string_view head;
  std::function<std::string(const Outcome&)> text;
};

std::string share_spent(const Outcome& one) {
  if (one.per_month == 0) return "-";
  return fmt::format("{:.1f} %", 100 * part(one.figures.credits, one.per_month));
}

const std::array<Column, 11>& columns() {
  static const std::array<Column, 11> kColumns = {{
      {"PLAN", [](const Outcome& one) { return one.plan; }},
      {"CREDITS", [](const Outcome& one) { return std::to_string(one.figures.credits); }},
      {"OF A MONTH", share_spent},
      {"REFUSED", [](const Outcome& one) { return std::to_string(one.figures.refused); }},
      {"MEAN AGE S", [](const Outcome& one) { return text_of(one.figures.ages.mean(), 1); }},
      {"P95 S", [](const Outcome& one) { return text_of(one.figures.ages.quantile(0.95), 0); }},
      {"> 5 MIN",
       [](const Outcome& one) {
         return fmt::format("{:.2f} %", 100 * one.figures.ages.old_share());
       }},
      {"CONTENT S", [](const Outcome& one) { return text_of(one.figures.content_ages.mean(), 1); }},
      {"PER CREDIT", [](const Outcome& one) { return text_of(one.entries_per_credit(), 1); }},
      {"LEAST S", [](const Outcome& one) { return text_of(one.least_mean(), 1); }},
      {"TIMES", [](const Outcome& one) { return text_of(one.ratio(), 2); }},
  }};
  return kColumns;
}

std::string what_is_left_out(const SimulatedFigures& figures) {
  if (figures.unknown == 0) return {};
  return fmt::format(
      "{} of {} requests are left out: the catalogue does not know them, or the "
      "provider would refuse them.\n",
      figures.unknown,
      figures.requests + figures.unknown);
}

std::string what_is_not_named(const SimulatedFigures& figures) {
  if (figures.by_stray_name == 0) return {};
  const bool has_map = figures.by_stray_name < figures.by_name;
  return fmt::format(
      "{} of {} requests ask by symbols or slugs that {}. Each counts as an asset of its own, so "
      "that ages come out too old.{}\n",
      figures.by_stray_name,
      figures.requests + figures.unknown,
      has_map ? "the map does not have" : "lead nobody knows where",
      has_map
          ? ""
          : " Tell it: quotecache raw /v1/cryptocurrency/map > map.json, and --names map.json.");
}

// All plans are asked for the same.
std::string what_to_know(std::span<const Outcome> outcomes) {
  if (outcomes.empty()) return {};
  const auto& figures = outcomes.front().figures;
  if (figures.requests + figures.unknown == 0) return "The trace has no requests.\n";
  return what_is_left_out(figures) + what_is_not_named(figures);
}

std::string as_table(std::span<const Outcome> outcomes) {
  std::vector<std::vector<std::string>> lines(outcomes.size() + 1);
  for (const Column& column : columns()) {
    lines[0].emplace_back(column.head);
    for (std::size_t i = 0; i < outcomes.size(); ++i)
      lines[i + 1].push_back(column.text(outcomes[i]));
  }
  std::string out;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      std::size_t width = 0;
      for (const auto& other : lines) width = std::max(width, other[i].size());
      // The plan to the left, figures to the right.
      out +=
          i == 0 ? fmt::format("{:<{}}", line[i], width) : fmt::format("  {:>{}}", line[i], width);
    }
    out += '\n';
  }
  return out + what_to_know(outcomes);
}

void write_ages(JsonWriter& json, const AgeHistogram& ages) {
  json.begin_object();
  json.key("count").integer(ages.count());
  json.key("mean_seconds").number(ages.mean());
  json.key("p50_seconds").number(ages.quantile(0.5));
  json.key("p95_seconds").number(ages.quantile(0.95));
  json.key("p99_seconds").number(ages.quantile(0.99));
  json.key("older_than_5_minutes").number(ages.old_share(), 6);
  json.end_object();
}

void write_outcome(JsonWriter& json, const Outcome& one) {
  json.begin_object();
  json.key("plan").text(one.plan);
  json.key("per_month").integer(one.per_month == 0 ? std::nullopt : std::optional(one.per_month));
  json.key("credits").integer(one.figures.credits);
  json.key("calls").integer(one.figures.calls);
  json.key("requests").integer(one.figures.requests);
  json.key("refused").integer(one.figures.refused);
  json.key("not_simulated").integer(one.figures.unknown);
  json.key("by_name").integer(one.figures.by_name);
  json.key("by_unknown_name").integer(one.figures.by_stray_name);
  json.key("entries_fetched").integer(one.figures.fetched);
  json.key("entries_per_credit").number(one.entries_per_credit());
  json.key("age");
  write_ages(json, one.figures.ages);
  json.key("content_age");
  write_ages(json, one.figures.content_ages);
  json.key("least_mean_seconds").number(one.least_mean());
  json.key("times_the_least").number(one.ratio());
  json.end_object();
}

std::string as_json(std::span<const Outcome> outcomes) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("plans").begin_array();
  for (const auto& one : outcomes) write_outcome(json, one);
  json.end_array();
  json.end_object();
  return text + "\n";
}

std::string as_csv(std::span<const Outcome> outcomes) {
  std::string out =
      "plan,per_month,credits,calls,requests,refused,not_simulated,mean_age_seconds,"
      "p95_age_seconds,older_than_5_minutes,mean_content_age_seconds,entries_per_credit,"
      "least_mean_seconds,times_the_least,by_name,by_unknown_name\r\n";
  const auto optional = [](std::optional<double> number) {
    return number ? fmt::format("{:.3f}", *number) : std::string();
  };
  for (const auto& one : outcomes) {
    const auto& figures = one.figures;
    out += fmt::format("{},{},{},{},{},{},{},{:.3f},{:.3f},{:.6f},{:.3f},{},{},{},{},{}\r\n",
                       one.plan,
                       one.per_month == 0 ? std::string() : std::to_string(one.per_month),
                       figures.credits,
                       figures.calls,
                       figures.requests,
                       figures.refused,
                       figures.unknown,
                       figures.ages.mean(),
                       figures.ages.quantile(0.95),
                       figures.ages.old_share(),
                       figures.content_ages.mean(),
                       optional(one.entries_per_credit()),
                       optional(one.least_mean()),
                       optional(one.ratio()),
                       figures.by_name,
                       figures.by_stray_name);
  }
  return out;
}

}  // namespace

std::optional<double> Outcome::least_mean() const {
  if (!least_age) return std::nullopt;
  return least_age->mean_seconds(entries);
}

std::optional<double> Outcome::ratio() const {
  const auto least = least_mean();
  if (!least || *least <= 0) return std::nullopt;
  return figures.ages.mean() / *least;
}

std::optional<double> Outcome::entries_per_credit() const {
  if (figures.credits == 0) return std::nullopt;
  return part(figures.fetched, figures.credits);
}

std::optional<Format> parse_format(std::string_view word) noexcept {
  if (word == "table") return Format::Table;
  if (word == "json") return Format::Json;
  if (word == "csv") return Format::Csv;
  return std::nullopt;
}

std::string report(std::span<const Outcome> outcomes, Format format) {
  switch (format) {
    case Format::Json: return as_json(outcomes);
    case Format::Csv: return as_csv(outcomes);
    case Format::Table: break;
  }
  return as_table(outcomes);
}

}  // namespace quotecached::simulate
