#include "metrics/text_format.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace quotecached::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr double kWhole = 1e15;  // whole numbers below it are written as such

void append_escaped(std::string& out, std::string_view text, bool is_label) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || (is_label && c == '"')) out += '\\';
    out += c;
  }
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
    return;
  }
  std::array<char, 32> digits;
  char* const end = digits.data() + digits.size();
  const bool is_whole = std::abs(value) < kWhole && value == std::trunc(value);
  const auto done = is_whole ? std::to_chars(digits.data(), end, static_cast<std::int64_t>(value))
                             : std::to_chars(digits.data(), end, value, std::chars_format::general);
  out.append(digits.data(), done.ptr);
}

// One line. `bound`: of a histogram's bucket; null: there is none.
void append_sample(std::string& out,
                   std::string_view name,
                   std::string_view suffix,
                   const ClientMetric& metric,
                   double value,
                   const double* bound = nullptr) {
  out.append(name).append(suffix);
  char separator = '{';
  for (const auto& [label, text] : metric.label) {
    out += separator;
    out.append(label) += "=\"";
    append_escaped(out, text, true);
    out += '"';
    separator = ',';
  }
  if (bound != nullptr) {
    out += separator;
    out += "le=\"";
    append_number(out, *bound);
    out += '"';
    separator = ',';
  }
  if (separator == ',') out += '}';
  out += ' ';
  append_number(out, value);
  out += '\n';
}

void append_histogram(std::string& out, std::string_view name, const ClientMetric& metric) {
  const auto& histogram = metric.histogram;
  const auto all = static_cast<double>(histogram.sample_count);
  append_sample(out, name, "_count", metric, all);
  append_sample(out, name, "_sum", metric, histogram.sample_sum);
  for (const auto& bucket : histogram.bucket) {
    const auto below = static_cast<double>(bucket.cumulative_count);
    append_sample(out, name, "_bucket", metric, below, &bucket.upper_bound);
  }
  constexpr double kEndless = HUGE_VAL;
  append_sample(out, name, "_bucket", metric, all, &kEndless);
}

std::string_view word_of(MetricType type) {
  if (type == MetricType::Histogram) return "histogram";
  return type == MetricType::Counter ? "counter" : "gauge";
}

}  // namespace

std::string to_text(std::span<const prometheus::MetricFamily> families) {
  std::string out;
  for (const auto& family : families) {
    out.append("# HELP ").append(family.name) += ' ';
    append_escaped(out, family.help, false);
    out.append("\n# TYPE ").append(family.name) += ' ';
    out.append(word_of(family.type)) += '\n';
    for (const auto& metric : family.metric) {
      switch (family.type) {
        case MetricType::Histogram: append_histogram(out, family.name, metric); break;
        case MetricType::Counter:
          append_sample(out, family.name, {}, metric, metric.counter.value);
          break;
        default: append_sample(out, family.name, {}, metric, metric.gauge.value);
      }
    }
  }
  return out;
}

}  // namespace quotecached::metrics
