// What GET /admin/requests answers: the requests that memory could not answer and that are in
// progress, with what each waits for.
//
// docs/admin.md names the members.
#pragma once

#include <string>

#include "proxy/open_requests.hpp"

namespace quotecached::admin {

inline constexpr std::size_t kMostShownRequests = 100;

[[nodiscard]] std::string to_json(const proxy::OpenRequests::List& list);

}  // namespace quotecached::admin
