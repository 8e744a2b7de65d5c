// Reads the settings and tokens anew while the daemon runs: whole, or not at all.
//
// Owned by the parts and used on the engine's loop only. All that files may have wrong is found
// before anything is switched; then each part is given what is its own, and requests keep to what
// they began with. What a reload cannot take up is named, and stays as it was until the restart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log_output.hpp"
#include "settings/changes.hpp"
#include "settings/load.hpp"

namespace quotecached::app {

struct Parts;

// What came of a reload.
struct Reload {
  std::vector<settings::Changed> changed;  // nothing where it was refused
  settings::Problems problems;             // why it was; empty: it was not

  [[nodiscard]] bool is_refused() const noexcept { return !problems.empty(); }
};

// As JSON: {"changed":[...],"needs_restart":[...]}.
[[nodiscard]] std::string to_json(const Reload& reload);
// One line, for people.
[[nodiscard]] std::string summary_of(const Reload& reload);

class Reloader {
 public:
  // Reads what the daemon was started with. `parts` and `output` must outlive it.
  Reloader(Parts& parts, settings::LoadInput input, LogOutput& output);

  // `by`: who wanted it, for the log. Tells the service manager too. Reads files: takes a
  // millisecond, and longer where a disk is slow.
  Reload reload(std::string_view by);

  // The daemon stops: every further reload is refused.
  void end() noexcept { is_over_ = true; }
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }

 private:
  Reload reload_or_refuse();
  Reload try_reload();
  void switch_parts(const settings::Settings& now, const std::vector<settings::Changed>& changed);
  void tell(const Reload& reload, std::string_view by) const;

  Parts& parts_;
  settings::LoadInput input_;
  LogOutput& output_;
  bool is_over_ = false;
};

}  // namespace quotecached::app
