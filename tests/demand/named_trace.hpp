// Demand as requests of the API: what its assets are called, and how clients ask for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demand/demand.hpp"
#include "trace/trace_reader.hpp"

namespace quotecached::test {

// What an asset is called. Each name leads to it alone.
struct AssetNames {
  std::string id, symbol, slug;
};

enum class Asking : std::uint8_t {
  ById,    // v2 quotes by id
  Prices,  // prices alone, by id, of /quotes
  Mixed,   // by id, by symbol or by slug, in equal parts; and one listing in eleven requests
};

// The requests, in the order of time; those of one second are spread over it. The same demand, way
// of asking and seed give the same requests, and the asks of Mixed are those of ById but for the
// listings. Requires: as many names as the demand has assets.
[[nodiscard]] std::vector<trace::TracedRequest> named_trace(const Demand& demand,
                                                            const std::vector<AssetNames>& names,
                                                            Asking asking,
                                                            unsigned seed);

// Made up: ids from 1 on.
[[nodiscard]] std::vector<AssetNames> numbered_names(std::size_t count);

// The first `count` assets of an answer of /v1/cryptocurrency/map that are active and alone in
// having their symbol, and a symbol that can be asked for. Throws when there are fewer.
[[nodiscard]] std::vector<AssetNames> names_in_map(std::string_view body, std::size_t count);

// The whole trace as text.
[[nodiscard]] std::string trace_text(TimePoint start,
                                     const std::vector<trace::TracedRequest>& requests);

}  // namespace quotecached::test
