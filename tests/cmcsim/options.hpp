// The command line of cmcsim.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "simulator.hpp"

namespace cmcsim {

struct Options {
  std::vector<std::string> listen, tls_listen;  // ADDRESS:PORT
  std::string cert_file, cert_key_file;
  std::size_t coins = 5000;
  std::string recordings;
  SimulatorOptions simulator;
};

// Null when the program is to end at once with `exit_code`: 0 after --help, 64 for bad options,
// which are explained on stderr.
[[nodiscard]] std::optional<Options> parse_options(int argc,
                                                   const char* const* argv,
                                                   int& exit_code);

}  // namespace cmcsim
