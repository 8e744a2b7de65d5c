#include "warm/roster.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "pacing/ask_count.hpp"

namespace quotecached::warm {
namespace {

// Windows open and close to the minute; a clock that was moved is noticed at once.
constexpr std::chrono::seconds kLookAgain{10};

// Lists longer than this are work for a run, not for a window.
constexpr std::size_t kMostPlaces = 5000;

}  // namespace

Roster::Roster(Options options) : options_(std::move(options)) {
  if (!options_.pinned.empty()) sources_.push_back({std::nullopt, std::nullopt});
  for (const auto& window : options_.windows) sources_.push_back({window, std::nullopt});
}

void Roster::change(const std::vector<Window>& windows, std::vector<std::string> pinned) {
  const bool has_other_pinned = pinned != options_.pinned;
  options_.windows = windows;
  options_.pinned = std::move(pinned);
  std::list<Source> kept;
  if (!options_.pinned.empty()) keep(std::nullopt, has_other_pinned, kept);
  for (const auto& window : options_.windows) keep(window, false, kept);
  sources_.swap(kept);
  for (const auto& gone : kept) drop(gone);
  next_ = {};
}

void Roster::keep(const std::optional<Window>& window, bool is_changed, std::list<Source>& kept) {
  const auto is_it = [&](const Source& source) {
    return source.window.has_value() == window.has_value() &&
           (!window || source.window->name == window->name);
  };
  const auto known = std::ranges::find_if(sources_, is_it);
  if (known == sources_.end()) {
    kept.push_back({window, std::nullopt});
    return;
  }
  kept.splice(kept.end(), sources_, known);
  auto& source = kept.back();
  if (!is_changed && source.window == window) return;
  source.window = window;
  source.is_changed = true;
}

void Roster::drop(const Source& source) {
  if (source.window && source.opened) tell(source, false);
  release(source);
}

// What another list that is open names too goes on as that one's.
void Roster::release(const Source& source) {
  for (auto at = places_.begin(); at != places_.end();) {
    auto& place = at->second;
    if (place.source == &source) place.source = heir_of(source, place.asset);
    at = place.source == nullptr ? places_.erase(at) : std::next(at);
  }
}

const Roster::Source* Roster::heir_of(const Source& source, std::string_view asset) const {
  const auto is_heir = [&](const Source& other) {
    const auto& named = named_by(other);
    return &other != &source && other.opened && std::ranges::find(named, asset) != named.end();
  };
  const auto heir = std::ranges::find_if(sources_, is_heir);
  return heir == sources_.end() ? nullptr : &*heir;
}

const std::vector<std::string>& Roster::named_by(const Source& source) const {
  return source.window ? source.window->assets : options_.pinned;
}

std::string_view Roster::name_of(const Source& source) {
  return source.window ? std::string_view(source.window->name) : std::string_view();
}

std::vector<Roster::Pick> Roster::due(const View& view, TimePoint now) {
  std::vector<Pick> due;
  const bool has_stepped_back = now < looked_at_;
  looked_at_ = now;
  if (has_stepped_back) forget_times();
  if (now < next_ && !has_stepped_back) return due;
  next_ = now + kLookAgain;
  for (auto& source : sources_) turn(source, view, now);
  for (auto at = places_.begin(); at != places_.end();) {
    const auto& [key, place] = *at;
    const TimePoint begins = place.until - view.lead(place.lane);
    if (begins > now) {
      next_ = std::min(next_, begins);
    } else if (is_unasked(key, place, view.renewals, now)) {
      at = places_.erase(at);
      continue;
    } else {
      due.push_back({place.lane, place.asset, name_of(*place.source)});
      next_ = now;
    }
    ++at;
  }
  return due;
}

// They are of a clock that was set back.
void Roster::forget_times() {
  for (auto& [key, place] : places_) place.until = place.warmed_at = {};
}

void Roster::turn(Source& source, const View& view, TimePoint now) {
  const bool is_changed = std::exchange(source.is_changed, false);
  if (!source.window) {
    if (!source.opened || is_changed) enter_anew(source, view);
    source.opened = std::chrono::local_days{};
    return;
  }
  const auto opened = open_since(*source.window, now);
  if (opened == source.opened) {
    if (opened && is_changed) enter_anew(source, view);
    return;
  }
  if (source.opened) tell(source, false);
  source.opened = opened;
  release(source);
  if (!opened) return;
  enter(source, view);
  tell(source, true);
}

void Roster::tell(const Source& source, bool is_open) {
  Turn turn{source.window->name, is_open, {}};
  for (const auto& [key, place] : places_) {
    if (place.source != &source || place.warmed_at != TimePoint{}) continue;
    const auto is_its = [&](const auto& one) { return one.first->name() == place.lane->name(); };
    const auto lane = std::ranges::find_if(turn.assets, is_its);
    if (lane == turn.assets.end()) {
      turn.assets.emplace_back(place.lane, 1);
    } else {
      ++lane->second;
    }
  }
  turns_.push_back(std::move(turn));
}

// Its list is another one: what stands in it again keeps its times.
void Roster::enter_anew(const Source& source, const View& view) {
  const auto before = places_;
  release(source);
  enter(source, view);
  for (auto& [key, place] : places_) {
    const auto known = before.find(key);
    if (known == before.end()) continue;
    place.warmed_at = known->second.warmed_at;
    place.until = known->second.until;
  }
}

void Roster::enter(const Source& source, const View& view) {
  const auto lanes = view.lanes();
  const auto& assets = named_by(source);
  for (const auto& lane : lanes) {
    for (const auto& asset : assets) add(source, lane, asset);
    if (!source.window || source.window->popular == 0) continue;
    for (const auto& asset : view.renewals.most_asked(lane, source.window->popular, looked_at_))
      add(source, lane, asset);
  }
}

void Roster::add(const Source& source, const refill::LanePtr& lane, const std::string& asset) {
  const std::string key = refill::key_of(*lane, asset, 0);
  // What stands in two lists is of the pinned ones, which drop nothing, else of the first.
  if (const auto known = places_.find(key); known != places_.end()) {
    if (!source.window) known->second.source = &source;
    return;
  }
  if (places_.size() < kMostPlaces) places_.emplace(key, Place{lane, asset, &source, {}, {}});
}

bool Roster::is_unasked(std::string_view key,
                        const Place& place,
                        const refill::Renewals& renewals,
                        TimePoint now) {
  if (!place.source->window || place.warmed_at == TimePoint{}) return false;
  const auto asks = renewals.asks_of(key, now);
  return !asks || asks->last + pacing::AskCount::kGrain <= place.warmed_at;
}

void Roster::note(std::string_view key, TimePoint until, TimePoint now) {
  const auto place = places_.find(key);
  if (place == places_.end()) return;
  place->second.warmed_at = now;
  place->second.until = until;
  next_ = std::min(next_, until);
}

void Roster::note_failed(std::string_view key, TimePoint now) {
  const auto place = places_.find(key);
  if (place != places_.end()) place->second.until = now + options_.retry;
}

std::vector<Roster::Pick> Roster::kept() const {
  std::vector<Pick> kept;
  for (const auto& [key, place] : places_)
    kept.push_back({place.lane, place.asset, name_of(*place.source)});
  return kept;
}

std::vector<Roster::Turn> Roster::take_turns() { return std::exchange(turns_, {}); }

}  // namespace quotecached::warm
