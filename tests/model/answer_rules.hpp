// What an answer may say, given what upstream told: identity and age. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/call.hpp"
#include "model/finding.hpp"
#include "model/seen.hpp"
#include "model/timeline.hpp"

namespace quotecached::model {

// What upstream has told of each thing so far.
class Told {
 public:
  // `clock`: of the daemon, when the call was made.
  void add(const Call& call, milliseconds clock);
  // Only what it may be excused by: of calls that came while the answer was on its way.
  void add_lapses(const Call& call, milliseconds clock);

  // May a flaw be shown instead of a price? When there is no good copy that may still answer, or
  // when the provider insists: three times over five minutes.
  [[nodiscard]] bool may_be_flawed(const std::string& thing, milliseconds clock) const;
  // May it be left out? When the provider left it out, and the same.
  [[nodiscard]] bool may_be_missing(const std::string& thing, milliseconds clock) const;

 private:
  struct Lapses {
    std::size_t count = 0;
    milliseconds first{0};
  };
  struct Facts {
    std::optional<milliseconds> good{};  // the last good one; since then:
    Lapses flawed{};
    Lapses left_out{};
  };
  static bool has_good(const Facts& facts, milliseconds clock);

  std::map<std::string, Facts> facts_;
};

struct AgeRules {
  milliseconds fresh{60'000};
  // How far from the future a copy may be and still be believed.
  milliseconds clock_tolerance{2'000};
};

// Every price is of the asset and currency it stands under, these were asked for, and none that was
// asked for is missing. `told`: before the answer was asked for, and lapses until it came.
[[nodiscard]] Findings check_identity(const World& world,
                                      const Told& told,
                                      milliseconds clock,
                                      const Seen& seen);

// Age, max-age and ttl against the generations that the prices tell.
[[nodiscard]] Findings check_age(const Timeline& timeline, const AgeRules& rules, const Seen& seen);

}  // namespace quotecached::model
