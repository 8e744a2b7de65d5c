// Metrics in the text exposition format of Prometheus, version 0.0.4.
//
// Pure. A scrape is rendered on a thread that answers clients, so it does without streams and
// locales.
#pragma once

#include <span>
#include <string>

#include <prometheus/metric_family.h>

namespace quotecached::metrics {

// Requires: counters, gauges and histograms only.
[[nodiscard]] std::string to_text(std::span<const prometheus::MetricFamily> families);

}  // namespace quotecached::metrics
