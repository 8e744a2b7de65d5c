// watch SLUG...: the price of each coin in dollars whenever it changes, until Ctrl-C.
//
// Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. The library reconnects by
// itself, so that a daemon that is away is told and waited for. Exit status: 1 where waiting cannot
// help, 64 when no coin is named.
#include <cstdlib>
#include <future>
#include <iostream>
#include <string>
#include <utility>

#include <quotecache/throwing.hpp>

namespace {

using quotecache::StreamState;

// Returns why the subscription is over for good. Callbacks run on a thread of the client's, one at
// a time, and must not throw.
std::string watch(const quotecache::throwing::Client& client, quotecache::Ask ask) {
  std::promise<std::string> end;
  quotecache::StreamHandler handler;
  handler.on_quote = [](const quotecache::Quote& quote) {
    std::cout << quote.slug << ' ' << quote.price.text << ' ' << quote.convert << std::endl;
  };
  handler.on_gone = [](const quotecache::Gone& gone) {
    std::cerr << "watch: nothing is known of " << gone.id << " any more\n";
  };
  handler.on_lists = [](const auto& missing, const auto&) {
    for (const auto& one : missing) std::cerr << "watch: " << one.asked << " does not exist\n";
  };
  handler.on_state = [&](const StreamState& state) {
    if (state.kind == StreamState::Kind::Waiting)
      std::cerr << "watch: " << state.error.message << "; trying again\n";
    if (state.kind == StreamState::Kind::Ended) end.set_value(state.error.message);
  };
  const auto subscription = client.subscribe(std::move(ask), std::move(handler));
  return end.get_future().get();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: watch SLUG...\n";
    return 64;
  }
  try {
    quotecache::ClientOptions options;
    if (const char* server = std::getenv("QUOTECACHE_SERVER")) options.servers = {server};
    quotecache::Ask ask;
    for (int at = 1; at < argc; ++at) ask.assets.push_back(quotecache::Asset::slug(argv[at]));
    std::cerr << "watch: " << watch(quotecache::throwing::Client(options), std::move(ask)) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "watch: " << error.what() << '\n';
  }
  return 1;
}
