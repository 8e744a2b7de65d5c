// What the daemon tells Prometheus: modules register sources, a scrape asks each and renders text.
//
// Sources are called on the thread that scrapes, so they read atomics or take their own short
// locks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"

namespace quotecached::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

// The counts of a histogram: one per bound and a last one for what lies above all bounds.
struct Distribution {
  std::span<const double> bounds;  // upper bounds in seconds or bytes, ascending
  std::vector<std::uint64_t> counts;
  double sum = 0;
};

// One scrape being collected. Metrics of the same name join one family; its first help text stays.
class Page {
 public:
  Page();
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  // Requires: `name` ends in _total.
  void counter(std::string_view name, std::string_view help, double value, Labels labels = {});
  void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
  // Requires: one more count than bounds.
  void histogram(std::string_view name,
                 std::string_view help,
                 const Distribution& values,
                 Labels labels = {});

  // In the text exposition format 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

class Registry {
 public:
  using Source = std::function<void(Page&)>;

  // Thread-safe. A source must outlive the registry's last render().
  void add_source(Source source);

  // Thread-safe. Asks every source; one that throws is left out and counted.
  [[nodiscard]] std::string render();

 private:
  Mutex mutex_;
  std::vector<Source> sources_ GUARDED_BY(mutex_);
  std::uint64_t failed_sources_ GUARDED_BY(mutex_) = 0;
};

inline constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace quotecached::metrics
