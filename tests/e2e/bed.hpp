// What end-to-end tests say often: what an answer tells of itself, the daemon's clock and memory,
// and which of the simulator's calls were the daemon's.
#pragma once

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "e2e/json_text.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"

namespace quotecached::test {

using std::chrono::seconds;

inline const std::string kV1Quotes = "/v1/cryptocurrency/quotes/latest";
inline const std::string kV2Quotes = "/v2/cryptocurrency/quotes/latest";
inline const std::string kV3Quotes = "/v3/cryptocurrency/quotes/latest";
inline const std::string kSimplePrice = "/v2/simple/price";

// --- answers ---

inline std::string data_of(const HttpResponse& answer) {
  return std::string(json_value(answer.body, "data"));
}

inline std::string status_of(const HttpResponse& answer, std::string_view name) {
  return json_text(json_value(answer.body, "status"), name);
}

inline long credits_of(const HttpResponse& answer) {
  return std::stol("0" + status_of(answer, "credit_count"));
}

// "memory", "redis", "upstream", "stale-memory", ...
inline std::string source_of(const HttpResponse& answer) {
  const std::string status = answer.header("cache-status");
  const auto at = status.rfind("detail=");
  return at == std::string::npos ? std::string() : status.substr(at + 7);
}

inline bool is_hit(const HttpResponse& answer) {
  return answer.header("cache-status").find("; hit;") != std::string::npos;
}

// -1 when it does not say.
inline long age_of(const HttpResponse& answer) {
  const std::string age = answer.header("age");
  return age.empty() ? -1 : std::stol(age);
}

// A coin that never had a price is stamped with the moment it was asked for: those come out
// different even when the simulator is asked twice, and are compared without that stamp.
inline std::string without_stamps(std::string text) {
  const std::string_view label = "\"last_updated\":\"";
  for (auto at = text.find(label); at != std::string::npos; at = text.find(label, at + 1)) {
    const auto begin = at + label.size();
    text.erase(begin, text.find('"', begin) - begin);
  }
  return text;
}

// Of Cache-Control, in seconds; -1 when it does not say.
inline long max_age_of(const HttpResponse& answer) {
  const std::string control = answer.header("cache-control");
  const auto at = control.find("max-age=");
  return at == std::string::npos ? -1 : std::stol(control.substr(at + 8));
}

// --- the daemon ---

inline void must(const HttpResponse& answer) {
  if (answer.status != 200) throw std::runtime_error(answer.body + answer.error);
}

// Answers when all that the move causes is over.
inline void advance(Daemon& daemon, seconds by) {
  must(daemon.request(
      "POST", "/admin/test/clock", "{\"advance\":\"" + std::to_string(by.count()) + "s\"}"));
}

// While something hangs or waits for its turn, and is to.
inline void advance_at_once(Daemon& daemon, seconds by) {
  must(daemon.request("POST",
                      "/admin/test/clock",
                      "{\"advance\":\"" + std::to_string(by.count()) + "s\",\"within\":\"0s\"}"));
}

inline void clear_memory(Daemon& daemon) {
  must(daemon.request("POST", "/admin/cache/clear-memory"));
}

// The value of a line of /metrics, 0 when there is none.
inline double metric(Daemon& daemon, const std::string& name) {
  const std::string text = "\n" + daemon.get("/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
}

inline double stores(Daemon& daemon, const std::string& tier) {
  return metric(daemon, "quotecached_tier_stores_total{tier=\"" + tier + "\"}");
}

// --- the simulator ---

// Asked directly, not by the daemon.
inline HttpResponse ask(Sim& sim, const std::string& target) {
  HttpClient client;
  HttpResponse answer = client.get(sim.base_url() + target, {"X-CMC_PRO_API_KEY: direct"});
  must(answer);
  return answer;
}

// What the daemon has asked since clear_calls().
inline std::vector<SimCall> daemon_calls(Sim& sim) {
  auto calls = sim.calls();
  std::erase_if(calls, [](const SimCall& call) { return call.key != "test-key"; });
  return calls;
}

inline std::int64_t charged(const std::vector<SimCall>& calls) {
  std::int64_t credits = 0;
  for (const SimCall& call : calls) credits += call.credits;
  return credits;
}

// Arguments that keep prices as they are. Ticks end at midnight, so not over that: keep_day().
inline std::vector<std::string> frozen(std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--tick", "86400"});
  return more;
}

inline void keep_day(Sim& sim) {
  const auto now = std::chrono::system_clock::now();
  const auto tomorrow = std::chrono::ceil<std::chrono::days>(now);
  if (tomorrow - now < std::chrono::minutes(5)) sim.advance_clock(seconds(600));
}

}  // namespace quotecached::test
