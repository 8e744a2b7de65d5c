// The daemon's own routes: one table of what it answers itself, beside the provider's paths.
//
// Whatever asks whether a path is the daemon's own, which methods it takes, who may ask and under
// which label it is counted, asks here. Immutable; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "health/published_report.hpp"
#include "metrics/registry.hpp"
#include "proxy/answer.hpp"
#include "routing/admin.hpp"
#include "routing/request_head.hpp"

namespace quotecached::routing {

// Where clients listen to quotes.
inline constexpr std::string_view kStreamPath = "/quotes/stream";

// What own routes answer from.
struct OwnSources {
  const AdminActions& admin;
  const health::PublishedReport& health;
  metrics::Registry& metrics;
  bool has_quotes = false;        // the router answers asks for quotes
  bool has_stream = false;        // and lets clients listen to them
  std::string_view version = {};  // of the daemon, for people
};

// All own routes below one first segment of a path: "/health". Every path in it is the daemon's
// own, those without a route answer 404.
struct OwnFolder {
  std::string_view path;
  bool is_for_operators = false;  // as every route in it
  bool is_for_clients = false;    // who may ask the provider's paths; likewise

  // Of its requests in metrics.
  [[nodiscard]] constexpr std::string_view label() const noexcept {
    return path == "/" ? "index" : path.substr(1);
  }
};

// In the order of the table. A position in it names a folder.
[[nodiscard]] std::span<const OwnFolder> own_folders() noexcept;

// A path and a method that it takes, in a daemon that has all there is.
struct OwnPath {
  std::string_view path;
  Method method = Method::Other;
};
// What config/openapi.json describes.
[[nodiscard]] std::vector<OwnPath> own_paths();

// The folder that the request target is in; nullopt: it is not the daemon's own.
[[nodiscard]] std::optional<std::size_t> own_folder_of(std::string_view target) noexcept;

// Refuses a request for an own path that has no route (404), whose route does not take the method
// (405 with an Allow field) or the parameters (400). What its body says does not matter for that.
// nullopt: it is not refused.
[[nodiscard]] std::optional<OwnReply> refuse_own(const OwnSources& sources,
                                                 const OwnRequest& request,
                                                 proxy::Answer& out);

// Answers a request for an own path that may be made, be it with a refusal. Requires: it is not for
// clients, whom the router answers itself.
[[nodiscard]] OwnReply answer_own(const OwnSources& sources,
                                  const OwnRequest& request,
                                  proxy::Answer& out);

}  // namespace quotecached::routing
