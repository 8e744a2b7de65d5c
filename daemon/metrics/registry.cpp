#include "metrics/registry.hpp"

#include <cassert>
#include <exception>
#include <map>

#include <prometheus/metric_family.h>

#include "metrics/text_format.hpp"

namespace quotecached::metrics {

struct Page::Families {
  std::vector<prometheus::MetricFamily> all;
  std::map<std::string, std::size_t, std::less<>> by_name;  // positions in `all`

  prometheus::ClientMetric& add(std::string_view name,
                                std::string_view help,
                                prometheus::MetricType type,
                                Labels labels) {
    auto found = by_name.find(name);
    if (found == by_name.end()) {
      prometheus::MetricFamily family;
      family.name = name;
      family.help = help;
      family.type = type;
      found = by_name.emplace(std::string(name), all.size()).first;
      all.push_back(std::move(family));
    }
    auto& family = all[found->second];
    assert(family.type == type);
    auto& metric = family.metric.emplace_back();
    for (auto& [label, value] : labels)
      metric.label.push_back({std::move(label), std::move(value)});
    return metric;
  }
};

Page::Page() : families_(std::make_unique<Families>()) {}
Page::~Page() = default;

void Page::counter(std::string_view name, std::string_view help, double value, Labels labels) {
  assert(name.ends_with("_total"));
  families_->add(name, help, prometheus::MetricType::Counter, std::move(labels)).counter.value =
      value;
}

void Page::gauge(std::string_view name, std::string_view help, double value, Labels labels) {
  families_->add(name, help, prometheus::MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void Page::histogram(std::string_view name,
                     std::string_view help,
                     const Distribution& values,
                     Labels labels) {
  assert(values.counts.size() == values.bounds.size() + 1);
  auto& histogram =
      families_->add(name, help, prometheus::MetricType::Histogram, std::move(labels)).histogram;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < values.bounds.size(); ++i) {
    below += values.counts[i];
    histogram.bucket.push_back({below, values.bounds[i]});
  }
  histogram.sample_count = below + values.counts.back();
  histogram.sample_sum = values.sum;
}

std::string Page::text() const { return to_text(families_->all); }

void Registry::add_source(Source source) {
  const MutexLock lock(mutex_);
  sources_.push_back(std::move(source));
}

std::string Registry::render() {
  const MutexLock lock(mutex_);
  Page page;
  for (const auto& source : sources_) {
    try {
      source(page);
    } catch (const std::exception&) {
      ++failed_sources_;
    }
  }
  page.counter("quotecached_metrics_source_failures_total",
               "Scrapes in which a part of the daemon could not say how it does.",
               static_cast<double>(failed_sources_));
  return page.text();
}

}  // namespace quotecached::metrics
