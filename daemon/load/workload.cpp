#include "load/workload.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quotecached::load {
namespace {

constexpr std::array<std::pair<std::string_view, Scenario>, 6> kScenarios = {{
    {"hot", Scenario::Hot},
    {"mixed", Scenario::Mixed},
    {"cold", Scenario::Cold},
    {"herd", Scenario::Herd},
    {"outage", Scenario::Outage},
    {"trace", Scenario::Trace},
}};

constexpr std::size_t kDrawn = 4096;
constexpr std::size_t kMostAssets = 20;
constexpr std::size_t kAssetsPerFill = 100;
constexpr std::size_t kOutageAssets = 50;
constexpr std::int64_t kFirstMadeUp = 1'000'000;  // above all that there are

// Of Zipf's law: the n-th is drawn 1/n times as often as the first.
class Zipf {
 public:
  explicit Zipf(std::size_t count) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      sums_.push_back(sum += 1.0 / static_cast<double>(i + 1));
  }
  std::size_t operator()(std::mt19937_64& random) const {
    std::uniform_real_distribution<double> place(0, sums_.back());
    const auto found = std::ranges::upper_bound(sums_, place(random));
    return std::min(static_cast<std::size_t>(found - sums_.begin()), sums_.size() - 1);
  }

 private:
  std::vector<double> sums_;
};

std::string target_of(const std::vector<std::int64_t>& ids) {
  return quotes_target(fmt::format("{}", fmt::join(ids, ",")));
}

}  // namespace

std::optional<Scenario> parse_scenario(std::string_view word) noexcept {
  for (const auto& [name, scenario] : kScenarios)
    if (name == word) return scenario;
  return std::nullopt;
}

std::string_view to_string(Scenario scenario) noexcept {
  for (const auto& [name, known] : kScenarios)
    if (known == scenario) return name;
  return "";
}

std::string quotes_target(std::string_view ids) {
  return fmt::format("/v2/cryptocurrency/quotes/latest?id={}", ids);
}

Workload::Workload(Options options) : options_(std::move(options)) {
  auto& known = options_.known;
  const auto most = options_.scenario == Scenario::Outage ? kOutageAssets : kAssets;
  if (known.size() > most) known.resize(most);
  switch (options_.scenario) {
    case Scenario::Hot: drawn_.push_back(target_of({known.front()})); break;
    case Scenario::Outage:
      for (const auto id : known) drawn_.push_back(target_of({id}));
      break;
    case Scenario::Mixed: draw(); break;
    case Scenario::Cold:
    case Scenario::Herd:
    case Scenario::Trace: break;
  }
}

void Workload::draw() {
  std::mt19937_64 random(options_.seed);
  const Zipf popular(options_.known.size());
  const auto most = std::min(kMostAssets, options_.known.size());
  std::uniform_int_distribution<std::size_t> count(1, most);
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < kDrawn; ++i) {
    ids.clear();
    for (const auto wanted = count(random); ids.size() < wanted;) {
      const auto id = options_.known[popular(random)];
      if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    drawn_.push_back(target_of(ids));
  }
}

std::vector<std::string> Workload::filling() const {
  if (options_.scenario == Scenario::Hot) return drawn_;
  std::vector<std::string> targets;
  if (options_.scenario != Scenario::Mixed && options_.scenario != Scenario::Outage) return targets;
  const auto& known = options_.known;
  for (std::size_t at = 0; at < known.size(); at += kAssetsPerFill) {
    const auto end = std::min(at + kAssetsPerFill, known.size());
    const auto begin = known.begin();
    targets.push_back(target_of(
        {begin + static_cast<std::ptrdiff_t>(at), begin + static_cast<std::ptrdiff_t>(end)}));
  }
  return targets;
}

std::optional<std::string_view> Workload::next_fresh() {
  const auto place = fresh_asked_++;
  if (place < options_.fresh.size()) {
    made_ = target_of({options_.fresh[place]});
  } else if (options_.makes_up && options_.fresh.empty()) {
    made_ = target_of({kFirstMadeUp + static_cast<std::int64_t>(place)});
  } else {
    return std::nullopt;
  }
  return made_;
}

std::string_view Workload::next_drawn() { return drawn_[asked_ % drawn_.size()]; }

std::optional<std::string_view> Workload::next() {
  const auto place = asked_++;
  switch (options_.scenario) {
    case Scenario::Cold:
    case Scenario::Herd: return next_fresh();
    case Scenario::Trace:
      if (place >= options_.traced.size()) return std::nullopt;
      return options_.traced[place];
    case Scenario::Mixed: {
      const bool is_fresh = place % kRequestsPerNewAsset == kRequestsPerNewAsset - 1;
      const auto target = is_fresh ? next_fresh() : std::nullopt;
      return target ? *target : next_drawn();
    }
    case Scenario::Hot:
    case Scenario::Outage: break;
  }
  return next_drawn();
}

}  // namespace quotecached::load
