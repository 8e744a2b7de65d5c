// Any bytes as a request target: parsing never crashes, and what it makes of them is stable - the
// canonical form parses to the same keys.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/request.hpp"

using namespace quotecached::catalog;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string keys(const Request& request) {
  std::string all;
  if (request.kind == KeyKind::None) {
    append_whole_key(all, request);
    return all;
  }
  for (std::size_t a = 0; a < request.assets.size(); ++a) {
    for (std::size_t c = 0; c < request.converts.size(); ++c) {
      append_key(all, request, a, c);
      all += '\n';
    }
  }
  return all;
}

void parse_again(const std::string& target, const std::string& expected) {
  Request again;
  require(!parse_target(Catalogue::built_in(), target, again, Unlisted::Keep));
  require(again.endpoint != nullptr && keys(again) == expected);
}

void check(const Request& request) {
  if (request.endpoint == nullptr) {
    Request again;
    require(!parse_target(Catalogue::built_in(), request.forward_target, again));
    require(again.forward_target == request.forward_target && again.credential.empty());
    return;
  }
  const auto expected = keys(request);
  for (const char c : expected) require(c == '\n' || (c > ' ' && c <= '~'));
  if (request.kind == KeyKind::None) {
    parse_again(request.endpoint->path + '?' + request.query, expected);
    return;
  }
  require(request.query.empty());
  const std::vector<std::string> assets(request.assets.begin(), request.assets.end());
  const std::vector<std::string> converts(request.converts.begin(), request.converts.end());
  parse_again(upstream_target(request, assets, converts), expected);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string target(reinterpret_cast<const char*>(data), size);
  // The first byte may stand for a catalogued path, which mutation would hardly find.
  const auto endpoints = Catalogue::built_in().endpoints();
  if (size > 0 && data[0] >= 128) {
    target = endpoints[data[0] % endpoints.size()].path + '?' + target.substr(1);
  }
  static Request request;
  if (!parse_target(Catalogue::built_in(), target, request, Unlisted::Keep)) check(request);
  return 0;
}
