// prices SLUG...: the price of each coin in dollars, one a line.
//
// Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. Exit status: 0 with a price
// for each coin, 1 without, 64 when no coin is named.
#include <cstdlib>
#include <iostream>
#include <vector>

#include <quotecache/client.hpp>

namespace {

// False where something that was asked for has no price; why is told on standard error.
bool print(const quotecache::Quotes& quotes) {
  bool is_complete = true;
  const auto complain = [&](const auto& name, const auto& why) {
    std::cerr << "prices: " << name << ' ' << why << '\n';
    is_complete = false;
  };
  for (const auto& row : quotes.rows) {
    if (row.price.text.empty()) {
      complain(row.slug, "has no price");
      continue;
    }
    // The provider's digits; `row.price.value` is the double.
    std::cout << row.slug << ' ' << row.price.text << ' ' << row.convert;
    if (row.is_stale) std::cout << " (stale: " << row.age.count() / 1000 << " s old)";
    std::cout << '\n';
  }
  for (const auto& one : quotes.missing) complain(one.asked, "does not exist");
  for (const auto& one : quotes.unavailable) complain(one.asked, to_string(one.code));
  return is_complete;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: prices SLUG...\n";
    return 64;
  }
  quotecache::ClientOptions options;
  if (const char* server = std::getenv("QUOTECACHE_SERVER")) options.servers = {server};
  const auto client = quotecache::Client::make(options);
  if (!client) {
    std::cerr << "prices: " << client.error().message << '\n';
    return 1;
  }
  std::vector<quotecache::Asset> assets;
  for (int at = 1; at < argc; ++at) assets.push_back(quotecache::Asset::slug(argv[at]));
  const auto quotes = client->quotes(assets);  // one request for all of them
  if (!quotes) {
    std::cerr << "prices: " << quotes.error().message << '\n';
    return 1;
  }
  return print(*quotes) ? 0 : 1;
}
