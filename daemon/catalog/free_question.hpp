// A question to the provider whether it knows a parameter, that can bring no data and so costs
// nothing. Pure.
//
// The provider looks at the parameters that it knows first, then refuses those that it does not,
// and last looks at how parameters go together (the order of Joi's object rules). So a request that
// is wrong in nothing but the last is refused in two ways: `"colour" is not allowed`, or for how
// its parameters go together - and then "colour" has passed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/types.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::catalog {

struct FreeQuestion {
  std::string target;
  Credits if_answered;  // what it costs should the provider answer it after all
};

// Nothing when the endpoint has no parameters that must or must not go together or needs one whose
// values are not known, and of a name that is no plain word (`[A-Za-z][A-Za-z0-9_-]*`) or may be
// that of a secret.
std::optional<FreeQuestion> free_question(const Endpoint& endpoint, std::string_view parameter);

}  // namespace quotecached::catalog
