// prices SERVER SYMBOL...: the price of each coin in dollars, one a line.
#include <iostream>
#include <string>
#include <vector>

#include <quotecache/client.hpp>

namespace {

void print(const quotecache::Quotes& quotes) {
  for (const auto& row : quotes.rows) {
    std::cout << row.symbol << ' ' << row.price.text << ' ' << row.convert;
    if (row.is_stale) std::cout << " (stale: " << row.age.count() / 1000 << " s old)";
    std::cout << '\n';
  }
  for (const auto& one : quotes.missing) std::cout << one.asked << " does not exist\n";
  for (const auto& one : quotes.ambiguous)
    std::cout << one.asked << " may be any of " << one.candidates.size() << " coins\n";
  for (const auto& one : quotes.unavailable)
    std::cout << one.asked << " cannot be had: " << to_string(one.code) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: prices SERVER SYMBOL...\n";
    return 64;
  }
  quotecache::ClientOptions options;
  options.servers = {argv[1]};
  const auto client = quotecache::Client::make(options);
  if (!client) {
    std::cerr << client.error().message << '\n';
    return 64;
  }
  std::vector<quotecache::Asset> assets;
  for (int at = 2; at < argc; ++at) assets.push_back(quotecache::Asset::symbol(argv[at]));
  const auto quotes = client->quotes(assets);
  if (!quotes) {
    std::cerr << to_string(quotes.error().code) << ": " << quotes.error().message << '\n';
    return 1;
  }
  print(*quotes);
  return 0;
}
