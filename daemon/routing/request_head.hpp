// What the daemon wants to know of a request's head; every other header field is skipped unread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "routing/authority.hpp"

namespace quotecached::routing {

enum class Method : std::uint8_t { Get, Head, Post, Delete, Options, Other };

// The views point into the received bytes or into the parser; see RequestParser.
struct RequestHead {
  Method method = Method::Other;
  std::string_view target;         // in origin form, with one slash before it; or "*"
  std::string_view host;           // with its port; of an absolute target that one's
  std::string_view api_key;        // what the key header holds
  std::string_view authorization;  // for the admin routes
  std::string_view if_none_match;  // empty as well when it was given twice
  std::string_view content_type;
  std::string_view accept;           // the last one given
  std::string_view accept_encoding;  // empty as well when it was given twice
  std::string_view last_event_id;
  std::string_view user_agent;
  std::string_view request_id;   // as the client sent it; empty: it did not
  std::string_view traceparent;  // likewise; of two fields what no trace is
  std::string_view origin;       // of the page whose script sent it
  bool is_http_1_0 = false;
  bool keep_alive = true;
  HostKind host_kind = HostKind::None;
  bool is_absolute = false;     // the target was in absolute form
  bool is_cross_site = false;   // a page of another site made its reader's browser send it
  bool is_relayed = false;      // a proxy says whom it speaks for
  bool only_if_cached = false;  // Cache-Control: only-if-cached (RFC 9111)
  bool no_transform = false;    // Cache-Control: no-transform: no content coding of ours
};

[[nodiscard]] constexpr std::string_view path_of(std::string_view target) noexcept {
  return target.substr(0, target.find('?'));
}

// What follows the '?'.
[[nodiscard]] constexpr std::string_view query_of(std::string_view target) noexcept {
  const auto at = target.find('?');
  return at == std::string_view::npos ? std::string_view() : target.substr(at + 1);
}

// Bounds of what a client may send.
struct RequestLimits {
  std::size_t target = 16 * 1024;
  std::size_t header = 16 * 1024;  // all fields together
  std::size_t body = 1024 * 1024;
};

}  // namespace quotecached::routing
