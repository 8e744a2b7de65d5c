// Takes a whole upstream answer as one fragment, for endpoints that are not cached per asset.
//
// Pure. The bytes are kept as they are; the one thing that changes when it is served again is
// the cost in its status, whose value the fragment's only slot marks.
#pragma once

#include <string_view>

#include "base/fragment.hpp"
#include "base/result.hpp"
#include "catalog/endpoint.hpp"
#include "catalog/whole_ask.hpp"
#include "quote/join.hpp"
#include "quote/whole_facts.hpp"

namespace quotecached::quote {

struct Whole {
  Fragment fragment;
  std::string_view data;  // the text of `data`, inside the body given
  WholeFacts facts;       // what stands in it
};

// Fails with Invalid when `body` is not one complete JSON object with a status and data. Whether it
// answers what was asked, check_whole.hpp judges by the facts.
Result<Whole> whole(const catalog::Endpoint& endpoint,
                    std::string_view body,
                    const catalog::WholeAsk& ask = {});

// Appends the answer with `credit_count` (decimal digits) in place of the stored one.
void append_whole(Pieces& out, const Fragment& fragment, std::string_view credit_count);

}  // namespace quotecached::quote
