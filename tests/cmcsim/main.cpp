#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "options.hpp"
#include "recordings.hpp"
#include "server.hpp"

namespace {

// A thousand connections need more descriptors than the usual soft limit gives.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

cmcsim::Universe make_universe(const cmcsim::Options& options) {
  const auto seed = options.simulator.price_seed;
  if (options.recordings.empty()) return cmcsim::generate_universe(options.coins, seed);
  return cmcsim::load_recordings(options.recordings, seed);
}

void announce(const char* scheme, const std::string& address) {
  fmt::print("listening {} {}\n", scheme, address);
  std::fflush(stdout);
}

void run(const cmcsim::Options& options) {
  cmcsim::Simulator simulator(make_universe(options), options.simulator);
  boost::asio::io_context loop(1);
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&loop](const boost::system::error_code&, int) { loop.stop(); });
  for (const auto& address : options.listen) {
    announce("http", cmcsim::listen(loop, address, &simulator, nullptr));
  }
  if (!options.tls_listen.empty()) {
    const auto tls = cmcsim::make_tls(options.cert_file, options.cert_key_file);
    for (const auto& address : options.tls_listen) {
      announce("https", cmcsim::listen(loop, address, &simulator, tls));
    }
  }
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = cmcsim::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  raise_descriptor_limit();
  try {
    run(*options);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "cmcsim: {}\n", error.what());
    return EX_USAGE;
  } catch (const std::exception& error) {
    fmt::print(stderr, "cmcsim: {}\n", error.what());
    return 1;
  }
  return 0;
}
