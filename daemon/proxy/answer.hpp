// An answer to a client, as pieces of text to be written one after another.
//
// Reused by a session: clear() keeps the capacity. The pieces point into `head` and `body` and into
// the entries held by `owners`; all must live until the bytes are written. An answer may be moved:
// strings that pieces point into are kept on the heap (kHeapSize), where a move leaves their bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/refused_by.hpp"
#include "base/tier_kind.hpp"
#include "base/types.hpp"
#include "cache/entry.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::proxy {

// How an answer came about: the word in metrics and, with `detail`, in Cache-Status.
enum class Outcome : std::uint8_t {
  Hit,        // all fresh, from memory or a lower tier
  Stale,      // stale copies, being refreshed or because upstream cannot be asked
  Miss,       // upstream was asked for all of it
  Partial,    // upstream was asked for some of it
  Forwarded,  // not cached by rule
  Refused,    // the request was wrong, or we said no to it
  Failed,     // nothing could be served
};
inline constexpr std::size_t kOutcomes = 7;
std::string_view to_string(Outcome outcome) noexcept;

// The detail of an answer from memory alone.
inline constexpr std::string_view kFromMemory = to_string(TierKind::Memory);

struct Answer {
  static constexpr std::size_t kHeapSize = 64;  // reserving this puts a string on the heap

  unsigned http_status = 200;
  Outcome outcome = Outcome::Hit;
  std::string_view
      detail;  // the slowest source: "memory", "redis", ..., "upstream"; a literal or a tier's name
  bool has_asked = false;    // of cached answers: upstream was asked for some, for this request
  bool has_fetched = false;  // and brought it
  std::string stale_assets;  // of an answer that is fresh in part: names of what is not, "1,1027"
  Credits cost;              // what this very request cost
  bool has_age = false;      // age, max_age and etag say something
  bool is_whole = false;     // the one owner's text, with `cost` in its status: its bytes are known
  std::chrono::seconds age{0};
  std::chrono::seconds max_age{0};      // remaining freshness; negative when stale
  std::uint64_t etag = 0;               // of the data, not of the status
  std::chrono::seconds retry_after{0};  // 0: not sent
  RefusedBy refused_by = {};            // who of us says no; nobody: it is no refusal of ours
  std::string provider_headers;         // lines that the provider sent beside the answer
  // Of an answer of the daemon's own endpoint for quotes: whose data most of it is.
  const catalog::Endpoint* told_by = nullptr;
  // Of the same: the ids that its names led to, each once, whether or not there is a row.
  std::vector<std::uint64_t> led_to;
  std::string left_out;  // assets that were asked for and are not answered for
  std::string_view content_type = "application/json; charset=utf-8";
  std::string content_type_storage;  // what content_type points to when forwarded

  std::vector<std::string_view> pieces;  // the body
  std::vector<cache::EntryPtr> owners;
  std::vector<std::uint64_t> asked;  // of a hit from memory: hashes of the keys that were asked for
  std::string head;  // `{"status":{...},"data":{`; pieces may point here, so it is set once
  std::string body;  // a forwarded or refused answer's whole body; pieces may point here

  // The content coding that it is sent in, a literal; empty: none.
  std::string_view coding;
  // The body in that, which the one piece points to then. Null while it is not encoded yet.
  std::shared_ptr<const std::string> encoded;

  void clear();
  // It is a refusal of ours, which counts as one unless the daemon does not do its work.
  void set_refused_by(RefusedBy by);
  [[nodiscard]] std::size_t body_size() const noexcept;
};

}  // namespace quotecached::proxy
