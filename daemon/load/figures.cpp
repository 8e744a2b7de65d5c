#include "load/figures.hpp"

#include <algorithm>
#include <vector>

namespace quotecached::load {
namespace {

std::int64_t count_in(const std::map<Source, std::int64_t>& counts, Source source) {
  const auto found = counts.find(source);
  return found == counts.end() ? 0 : found->second;
}

double part_of(std::int64_t some, std::int64_t all) {
  return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

std::optional<double> median_of(std::vector<double> numbers) {
  if (numbers.empty()) return std::nullopt;
  std::ranges::sort(numbers);
  const auto middle = numbers.size() / 2;
  if (numbers.size() % 2 == 1) return numbers[middle];
  return (numbers[middle - 1] + numbers[middle]) / 2;
}

// The median over the rounds of what `figure` says of the daemon by what it says of the floor.
template <class Figure>
std::optional<double> median_ratio(std::span<const Round> rounds, Figure figure) {
  std::vector<double> ratios;
  for (const auto& round : rounds) {
    const std::optional<double> daemon = figure(round.daemon);
    const std::optional<double> floor = figure(round.floor);
    if (daemon && floor && *daemon > 0 && *floor > 0) ratios.push_back(*daemon / *floor);
  }
  return median_of(std::move(ratios));
}

}  // namespace

void Figures::add(const Figures& other) {
  const bool is_first = requests() == 0 && elapsed.count() == 0;
  latency.add(other.latency);
  good_latency.add(other.good_latency);
  for (const auto& [status, count] : other.answers) answers[status] += count;
  for (const auto& [source, count] : other.sources) sources[source] += count;
  // What one of them cannot tell, nobody can of both.
  if (is_first) {
    cpu = other.cpu;
  } else if (cpu && other.cpu) {
    *cpu += *other.cpu;
  } else {
    cpu.reset();
  }
  failures += other.failures;
  unsent += other.unsent;
  bytes += other.bytes;
  elapsed += other.elapsed;
}

std::int64_t Figures::wrong() const {
  const auto right = answers.find(200);
  return requests() - (right == answers.end() ? 0 : right->second);
}

double Figures::wrong_share() const { return part_of(wrong(), requests()); }

double Figures::share_of(Source source) const {
  std::int64_t all = 0;
  for (const auto& [which, count] : sources) all += count;
  return part_of(count_in(sources, source), all);
}

double Figures::per_second() const {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(latency.count()) / seconds : 0;
}

std::optional<double> Figures::cpu_per_answer() const {
  if (!cpu || latency.count() == 0) return std::nullopt;
  return static_cast<double>(cpu->count()) / 1000 / static_cast<double>(latency.count());
}

Ratios ratios_of(std::span<const Round> rounds) {
  const auto cpu = [](const Figures& figures) { return figures.cpu_per_answer(); };
  const auto p50 = [](const Figures& figures) {
    return std::optional(figures.latency.quantile(0.5));
  };
  const auto p99 = [](const Figures& figures) {
    return std::optional(figures.latency.quantile(0.99));
  };
  return {median_ratio(rounds, cpu), median_ratio(rounds, p50), median_ratio(rounds, p99)};
}

}  // namespace quotecached::load
