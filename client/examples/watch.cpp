// watch SERVER CHANGES SYMBOL...: prices as they change, until so many changes are told.
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <string>

#include <quotecache/throwing.hpp>

namespace {

quotecache::Ask ask_of(int count, char** symbols) {
  quotecache::Ask ask;
  for (int at = 0; at < count; ++at) ask.assets.push_back(quotecache::Asset::symbol(symbols[at]));
  return ask;
}

int watch(const quotecache::throwing::Client& client, int changes, quotecache::Ask ask) {
  std::mutex mutex;
  std::condition_variable is_done;
  int left = changes;
  quotecache::StreamHandler handler;
  handler.on_quote = [&](const quotecache::Quote& quote) {
    std::cout << quote.symbol << ' ' << quote.price.text << ' ' << quote.convert << std::endl;
    const std::lock_guard lock(mutex);
    if (--left == 0) is_done.notify_one();
  };
  handler.on_state = [](const quotecache::StreamState& state) {
    if (state.kind != quotecache::StreamState::Kind::Connected)
      std::cerr << state.error.message << '\n';
  };
  const auto subscription = client.subscribe(std::move(ask), std::move(handler));
  std::unique_lock lock(mutex);
  is_done.wait(lock, [&] { return left <= 0; });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: watch SERVER CHANGES SYMBOL...\n";
    return 64;
  }
  try {
    quotecache::ClientOptions options;
    options.servers = {argv[1]};
    return watch(
        quotecache::throwing::Client(options), std::stoi(argv[2]), ask_of(argc - 3, argv + 3));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
