// The assets that are kept warm by order rather than by their clients: pinned ones, and those of
// the windows that are open now.
//
// An asset of a window is warmed once when it opens, and renewed after that as long as somebody
// asked for it since: what nobody asks for drops out until the next day. A pinned one is renewed
// always. Pure. Owned by the Warmer and used on its loop only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "refill/lane.hpp"
#include "refill/renewals.hpp"
#include "warm/window.hpp"

namespace quotecached::warm {

class Roster {
 public:
  struct Options {
    std::vector<Window> windows;
    std::vector<std::string> pinned;  // by id
    // An asset that could not be warmed is tried again after this.
    std::chrono::milliseconds retry{30000};
  };
  // What the warmer knows of lanes.
  struct View {
    const refill::Renewals& renewals;
    // In which assets by id are asked for most, each with one convert.
    std::function<std::vector<refill::LanePtr>()> lanes;
    // So much earlier than copies of a lane end they are renewed.
    std::function<milliseconds(const refill::LanePtr&)> lead;
  };
  struct Pick {
    refill::LanePtr lane;
    std::string asset;
    std::string_view window;  // its name, lasts until change(); empty: it is pinned
    std::int64_t run = 0;     // of the window; the roster knows of none
  };

  explicit Roster(Options options);

  // Other windows and pinned assets from here on. What is in both lists goes on as it is; the
  // assets of a window or list that changed are warmed as when it opens, but for those that it had
  // before.
  void change(const std::vector<Window>& windows, std::vector<std::string> pinned);

  // What is to be warmed now. Cheap while nothing is.
  [[nodiscard]] std::vector<Pick> due(const View& view, TimePoint now);
  // When due() may tell something else.
  [[nodiscard]] TimePoint next() const noexcept { return next_; }

  // A copy of the asset is there, fresh until `until`, by whomever it was fetched.
  void note(std::string_view key, TimePoint until, TimePoint now);
  // The asset could not be had.
  void note_failed(std::string_view key, TimePoint now);

  // What is kept warm now, for people.
  [[nodiscard]] std::vector<Pick> kept() const;
  // The windows that opened or closed since this was asked last.
  struct Turn {
    std::string window;
    bool is_open = false;
    // One that opened has such assets; one that closed had these that could not be warmed once.
    std::vector<std::pair<refill::LanePtr, std::size_t>> assets;
  };
  [[nodiscard]] std::vector<Turn> take_turns();

 private:
  struct Source {
    std::optional<Window> window;                   // empty: the pinned ones
    std::optional<std::chrono::local_days> opened;  // the day whose list is being kept
    bool is_changed = false;                        // its list is to be entered again
  };
  struct Place {
    refill::LanePtr lane;
    std::string asset;
    const Source* source = nullptr;
    TimePoint warmed_at{};  // 1970: not yet
    TimePoint until{};      // look again then
  };

  void forget_times();
  void turn(Source& source, const View& view, TimePoint now);
  // Moves the source of that window (none: of the pinned ones) into `kept`, or makes it.
  void keep(const std::optional<Window>& window, bool is_changed, std::list<Source>& kept);
  void drop(const Source& source);
  void release(const Source& source);
  [[nodiscard]] const Source* heir_of(const Source& source, std::string_view asset) const;
  [[nodiscard]] const std::vector<std::string>& named_by(const Source& source) const;
  void tell(const Source& source, bool is_open);
  [[nodiscard]] static std::string_view name_of(const Source& source);
  void enter_anew(const Source& source, const View& view);
  void enter(const Source& source, const View& view);
  void add(const Source& source, const refill::LanePtr& lane, const std::string& asset);
  // Nobody asked for it since it was warmed.
  [[nodiscard]] static bool is_unasked(std::string_view key,
                                       const Place& place,
                                       const refill::Renewals& renewals,
                                       TimePoint now);

  Options options_;
  std::list<Source> sources_;                         // places point at them
  std::map<std::string, Place, std::less<>> places_;  // by key
  std::vector<Turn> turns_;
  TimePoint next_{};
  TimePoint looked_at_{};
};

}  // namespace quotecached::warm
