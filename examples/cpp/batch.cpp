// batch SLUG...: what each coin costs in dollars and in euros, from two requests that are under way
// at the same time.
//
// Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. Exit status: 0 with all
// prices, 1 without, 64 when no coin is named.
#include <cstdlib>
#include <future>
#include <iostream>
#include <utility>
#include <vector>

#include <quotecache/client.hpp>

namespace {

using Answer = quotecache::Result<quotecache::Quotes>;

bool print(const Answer& answer, std::size_t expected) {
  if (!answer) {
    std::cerr << "batch: " << answer.error().message << '\n';
    return false;
  }
  std::size_t priced = 0;
  for (const auto& row : answer->rows) {
    if (row.price.text.empty()) {
      std::cerr << "batch: " << row.slug << " has no price\n";
      continue;
    }
    ++priced;
    std::cout << row.slug << ' ' << row.price.text << ' ' << row.convert << '\n';
  }
  for (const auto& one : answer->missing)
    std::cerr << "batch: " << one.asked << " does not exist\n";
  for (const auto& one : answer->unavailable)
    std::cerr << "batch: " << one.asked << ' ' << to_string(one.code) << '\n';
  return priced == expected;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: batch SLUG...\n";
    return 64;
  }
  quotecache::ClientOptions options;
  if (const char* server = std::getenv("QUOTECACHE_SERVER")) options.servers = {server};
  const auto client = quotecache::Client::make(options);
  if (!client) {
    std::cerr << "batch: " << client.error().message << '\n';
    return 1;
  }
  quotecache::Ask ask;
  for (int at = 1; at < argc; ++at) ask.assets.push_back(quotecache::Asset::slug(argv[at]));
  const auto count = ask.assets.size();
  // Neither call waits. (One ask with both currencies in `converts` would be cheaper still: asks
  // that differ in more than that are what futures are for.)
  std::vector<std::future<Answer>> answers;
  for (const char* convert : {"USD", "EUR"}) {
    ask.converts = {convert};
    answers.push_back(client->async_quotes(ask));
  }
  bool is_complete = true;
  for (auto& answer : answers) is_complete = print(answer.get(), count) && is_complete;
  return is_complete ? 0 : 1;
}
