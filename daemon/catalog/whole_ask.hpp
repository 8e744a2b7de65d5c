// What a request that is answered whole asks for, as far as its answer can be checked against it.
//
// Pure. Read from the canonical query when an answer is there; not on the hot path.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/endpoint.hpp"

namespace quotecached::catalog {

struct WholeAsk {
  KeyKind kind = KeyKind::None;     // how `assets` are named; None: the query names none
  std::vector<std::string> assets;  // canonical; the answer holds no others
  std::vector<std::string> converts;
  bool converts_are_ids = false;
  std::size_t start = 1;     // the first item of the page
  std::size_t limit = 0;     // of its items; 0: not known
  bool is_narrowed = false;  // something asked for leaves items out, nobody knows how many
};

// All but the converts. Requires: `query` is canonical.
[[nodiscard]] WholeAsk read_whole_ask(const Endpoint& endpoint, std::string_view query);

}  // namespace quotecached::catalog
