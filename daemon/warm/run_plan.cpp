#include "warm/run_plan.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quotecached::warm {
namespace {

// Collects the assets of one lane, each once.
class Collector {
 public:
  Collector(refill::LanePtr lane, const refill::Renewals& renewals, TimePoint now)
      : planned_{std::move(lane), {}}, renewals_(renewals), now_(now) {}

  void add(const std::vector<std::string>& assets, const std::string& why) {
    for (const auto& asset : assets) {
      if (seen_.insert(asset).second) planned_.assets.push_back({asset, why});
    }
  }
  void add_popular(std::size_t most) {
    for (const auto& asset : renewals_.most_asked(planned_.lane, most, now_)) {
      const auto asks = renewals_.asks_of(refill::key_of(*planned_.lane, asset, 0), now_);
      add({asset}, fmt::format("popular: {:.1f} asks a minute", asks ? asks->rate * 60 : 0));
    }
  }
  void add(const Window& window) {
    add(window.assets, "window " + window.name);
    if (window.popular > 0) add_popular(window.popular);
  }
  PlannedLane take() { return std::move(planned_); }

 private:
  PlannedLane planned_;
  const refill::Renewals& renewals_;
  TimePoint now_;
  std::unordered_set<std::string> seen_;
};

// Those of the order's assets that the lane asks for.
std::vector<std::string> named_in(const Order& order, const refill::Lane& lane) {
  const bool is_by_id = lane.parts().kind == catalog::KeyKind::Id;
  std::vector<std::string> assets;
  for (const auto& asset : order.assets) {
    if (is_id(asset) == is_by_id) assets.push_back(asset);
  }
  return assets;
}

std::size_t popular_of(const Order& order, const Lists& lists) {
  return order.popular.value_or(lists.popular);
}

}  // namespace

Result<std::vector<PlannedLane>> plan_of(const Order& order,
                                         const Lists& lists,
                                         const std::vector<refill::LanePtr>& lanes,
                                         const refill::Renewals& renewals,
                                         TimePoint now) {
  const auto window = std::ranges::find(lists.windows, order.window, &Window::name);
  if (order.what == Order::What::Window && window == lists.windows.end()) {
    std::vector<std::string_view> names;
    for (const auto& known : lists.windows) names.push_back(known.name);
    return fail(ErrorCode::Invalid,
                fmt::format("there is no window '{}'; there are: {}",
                            order.window,
                            names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
  }
  std::vector<PlannedLane> plan;
  for (const auto& lane : lanes) {
    Collector collector(lane, renewals, now);
    switch (order.what) {
      case Order::What::Popular: collector.add_popular(popular_of(order, lists)); break;
      case Order::What::Window: collector.add(*window); break;
      case Order::What::Assets: collector.add(named_in(order, *lane), "ordered"); break;
      case Order::What::Due:
        collector.add(lists.pinned, "pinned");
        for (const auto& one : lists.windows) {
          if (open_since(one, now)) collector.add(one);
        }
        break;
    }
    plan.push_back(collector.take());
  }
  return plan;
}

std::string words_for(const Order& order, const Lists& lists) {
  switch (order.what) {
    case Order::What::Popular: return fmt::format("popular {}", popular_of(order, lists));
    case Order::What::Window: return "window " + order.window;
    case Order::What::Assets: return fmt::format("{} assets", order.assets.size());
    case Order::What::Due: break;
  }
  return "due";
}

}  // namespace quotecached::warm
