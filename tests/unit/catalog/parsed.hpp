// Requests that tests parse, and their keys.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/request.hpp"

namespace quotecached::catalog::test {

inline const Catalogue& catalogue() { return Catalogue::built_in(); }

inline Request parsed(std::string_view target) {
  CAPTURE(target);
  Request request;
  const auto refusal = parse_target(catalogue(), target, request);
  CAPTURE((refusal ? refusal->message : std::string()));
  REQUIRE_FALSE(refusal);
  return request;
}

// All keys of a request, in its order.
inline std::vector<std::string> keys(const Request& request) {
  std::vector<std::string> all;
  if (request.endpoint == nullptr) return {request.forward_target};
  if (request.kind == KeyKind::None) {
    append_whole_key(all.emplace_back(), request);
    return all;
  }
  for (std::size_t a = 0; a < request.assets.size(); ++a) {
    for (std::size_t c = 0; c < request.converts.size(); ++c) {
      append_key(all.emplace_back(), request, a, c);
    }
  }
  return all;
}

inline std::vector<std::string> keys(std::string_view target) { return keys(parsed(target)); }

inline std::vector<std::string> strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

inline std::string refused(std::string_view target) {
  Request request;
  const auto refusal = parse_target(catalogue(), target, request);
  if (!refusal) return "";
  return std::to_string(refusal->http_status) + " " + refusal->message;
}

inline const std::string kV2 = "/v2/cryptocurrency/quotes/latest?";

}  // namespace quotecached::catalog::test
