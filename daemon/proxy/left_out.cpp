#include "proxy/left_out.hpp"

#include <algorithm>

namespace quotecached::proxy {
namespace {

constexpr std::size_t kMostNames = 50;
constexpr std::size_t kLongestNames = 512;  // characters: they stand in one header

}  // namespace

catalog::Request without(const catalog::Request& request, std::span<const std::size_t> odd) {
  catalog::Request rest;
  rest.endpoint = request.endpoint;
  rest.kind = request.kind;
  rest.converts = request.converts;
  rest.converts_are_ids = request.converts_are_ids;
  rest.skip_invalid = request.skip_invalid;
  for (std::size_t i = 0; i < request.assets.size(); ++i) {
    if (!std::ranges::binary_search(odd, i)) rest.assets.push_back(request.assets[i]);
  }
  return rest;
}

std::string names_of(const catalog::Request& request, std::span<const std::size_t> odd) {
  std::string names;
  for (const auto at : odd.first(std::min(odd.size(), kMostNames))) {
    const auto name = request.assets[at];
    if (names.size() + name.size() > kLongestNames) return names + ",...";
    if (!names.empty()) names += ',';
    names += name;
  }
  return odd.size() > kMostNames ? names + ",..." : names;
}

}  // namespace quotecached::proxy
