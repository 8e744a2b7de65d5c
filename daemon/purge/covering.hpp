// Whether one purge makes another needless. Pure.
#pragma once

#include "cache/purges.hpp"

namespace quotecached::purge {

// Whether all that `narrow` can cover is covered by `wide`, whatever the entries are. Says no where
// that is not plain from the words of both: a rule too many is held then, none too few. Requires:
// both are normalised.
[[nodiscard]] bool covers(const cache::PurgePattern& wide, const cache::PurgePattern& narrow);

// ... and was fetched no later. How long they hold is not compared.
[[nodiscard]] bool covers(const cache::PurgeRule& wide, const cache::PurgeRule& narrow);

}  // namespace quotecached::purge
