// The head of a response: status line and header fields of an answer. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pacing/spend_mode.hpp"
#include "proxy/answer.hpp"
#include "routing/rate.hpp"

namespace quotecached::routing {

// For a 405 of what is read alone.
inline constexpr std::string_view kAllowRead = "Allow: GET, HEAD\r\n";

// What besides the answer itself decides about the head.
struct ResponseContext {
  std::string_view date;
  std::string_view extra_fields;   // whole lines, "Allow: GET, HEAD\r\n"
  std::string_view if_none_match;  // of the request
  std::string_view request_id;     // empty: not told
  bool is_own = false;             // not the provider's data: no word of how the cache did
  pacing::SpendMode spend_mode = pacing::SpendMode::Normal;  // told unless normal
  bool is_http_1_0 = false;
  bool keep_alive = true;
  bool is_stream = false;         // its body goes on for as long as somebody listens
  Rate rate = {};                 // of the client's token, told where there is a limit
  bool tells_cost = false;        // what it cost, the spend mode even where that is normal
  std::int64_t budget_left = -1;  // with it; negative: there is no cap
};

// May the answer be a 304, since the client has the data already?
[[nodiscard]] bool is_not_modified(const proxy::Answer& answer, const ResponseContext& context);

// Appends status line, fields and the empty line.
void append_head(std::string& out, const proxy::Answer& answer, const ResponseContext& context);

[[nodiscard]] std::string_view reason(unsigned status) noexcept;

// Makes `answer` an RFC 9457 problem, the shape of errors outside the provider's paths.
void fill_problem(proxy::Answer& answer, unsigned status, std::string_view detail = {});

// Makes `answer` a body of our own. Requires: `content_type` is a literal.
void fill_text(proxy::Answer& answer, std::string text, std::string_view content_type);
void fill_json(proxy::Answer& answer, std::string text);

}  // namespace quotecached::routing
