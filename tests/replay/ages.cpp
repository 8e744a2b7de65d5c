#include "replay/ages.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include <simdjson.h>

#include "base/iso_time.hpp"

namespace quotecached::test {
namespace {

namespace dom = simdjson::dom;

TimePoint time_in(dom::object asset, const char* name) {
  std::string_view text;
  if (asset[name].get(text) != simdjson::SUCCESS)
    throw std::runtime_error("an asset without " + std::string(name));
  const auto time = parse_iso_time(text);
  if (!time) throw std::runtime_error("no moment: " + std::string(text));
  return *time;
}

// Of the asset, or of its first quote, which a coin's own may differ from.
TimePoint updated_at(dom::object asset) { return time_in(asset, "last_updated"); }

// Of an answer of /quotes, whose rows tell no stamp.
std::vector<SeenAsset> rows_in(dom::array quotes, TimePoint now) {
  std::vector<SeenAsset> seen;
  for (const dom::object row : quotes)
    seen.push_back({now - time_in(row, "fetched_at"), now - updated_at(row)});
  return seen;
}

class Collector {
 public:
  explicit Collector(TimePoint now) : now_(now) {}

  // Assets stand in objects by name, in lists, or in lists by name.
  void collect(dom::element data) {
    dom::object object;
    dom::array array;
    if (data.get(array) == simdjson::SUCCESS) {
      for (const dom::element one : array) collect(one);
    } else if (data.get(object) == simdjson::SUCCESS) {
      collect_object(object);
    }
  }

  std::vector<SeenAsset> take() { return std::move(seen_); }

 private:
  void collect_object(dom::object object) {
    std::int64_t written = 0;
    if (object["written_at_ms"].get(written) == simdjson::SUCCESS) {
      seen_.push_back({now_ - TimePoint(milliseconds(written)), now_ - updated_at(object)});
      return;
    }
    dom::element ignored;
    if (object["quote"].get(ignored) == simdjson::SUCCESS)
      throw std::runtime_error("an asset without written_at_ms");
    for (const auto& [name, value] : object) collect(value);
  }

  TimePoint now_;
  std::vector<SeenAsset> seen_;
};

}  // namespace

std::vector<SeenAsset> assets_in(std::string_view body, TimePoint now) {
  thread_local dom::parser parser;
  const simdjson::padded_string padded(body);
  const dom::element answer = parser.parse(padded);
  dom::array quotes;
  if (answer["quotes"].get(quotes) == simdjson::SUCCESS) return rows_in(quotes, now);
  dom::element data;
  if (answer["data"].get(data) != simdjson::SUCCESS) return {};
  Collector collector(now);
  collector.collect(data);
  return collector.take();
}

double AgeTally::mean() const {
  if (ages_.empty()) return 0;
  const auto sum = std::accumulate(ages_.begin(), ages_.end(), std::int64_t{0});
  return static_cast<double>(sum) / 1000 / static_cast<double>(ages_.size());
}

double AgeTally::quantile(double share) const {
  if (ages_.empty()) return 0;
  const auto rank = std::ceil(share * static_cast<double>(ages_.size()));
  const auto at = static_cast<std::ptrdiff_t>(std::max(1.0, rank)) - 1;
  auto sorted = ages_;
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  return static_cast<double>(sorted[static_cast<std::size_t>(at)]) / 1000;
}

double AgeTally::older_than(milliseconds age) const {
  if (ages_.empty()) return 0;
  const auto older = std::count_if(
      ages_.begin(), ages_.end(), [age](milliseconds::rep one) { return one > age.count(); });
  return static_cast<double>(older) / static_cast<double>(ages_.size());
}

}  // namespace quotecached::test
