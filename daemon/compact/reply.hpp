// A picture as an answer to the client: the body in the format asked for, its tag and its headers.
//
// Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "compact/format.hpp"
#include "proxy/answer.hpp"

namespace quotecached::compact {

// Adds body, age and tag to what `out` says of its outcome and cost.
void fill(proxy::Answer& out, const Sheet& sheet);

// The hashes of the keys whose copies were enough, each list once: what hits are counted as asks
// for.
[[nodiscard]] std::vector<std::uint64_t> keys_asked(const Picture& picture);

// The assets that the names of the ask led to, each once, into `ids`.
void read_ids(const Picture& picture, std::vector<std::uint64_t>& ids);

// The endpoint that told most of the rows; null when there are none.
[[nodiscard]] const catalog::Endpoint* teller_of(const Picture& picture);

}  // namespace quotecached::compact
