// What came of settings that a daemon was told to read anew. Plain values.
#pragma once

#include <string>
#include <vector>

namespace quotecache {

// A setting that differs, as TOML; of tokens and secrets in words that give nothing away.
struct ChangedSetting {
  std::string key;     // "log.level", "auth.tokens.desk"
  std::string before;  // empty: there was none
  std::string after;   // empty: there is none any more
};

struct ReloadReport {
  std::vector<ChangedSetting> changed;        // what holds from now on
  std::vector<ChangedSetting> needs_restart;  // what stays as it was until the daemon's next start
  std::string document;                       // the JSON all this was read from, as it came
};

}  // namespace quotecache
