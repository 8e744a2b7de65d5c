// Signs what is posted to a webhook, so that its receiver knows who wrote it and when. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quotecached::alert {

// "t=<unix seconds>,v1=<hex>", the latter being HMAC-SHA256 over "<unix seconds>.<body>".
// Requires: `secret` is not empty.
[[nodiscard]] std::string sign(std::string_view secret,
                               std::int64_t unix_seconds,
                               std::string_view body);

}  // namespace quotecached::alert
