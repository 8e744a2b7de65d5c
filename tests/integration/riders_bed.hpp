// What rides along: assets that clients have asked for, and of which there are copies.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "refill_bed.hpp"

namespace quotecached::test {

using Names = std::vector<std::string>;

inline bool holds(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

inline Names last_ids(const Bed& bed) { return ids_of(bed.upstream.calls().back()); }

// Clients have asked for the ids from `first` to `last`, at most a hundred, and there are copies,
// which are not fresh any more.
inline void make_known(Bed& bed, int first, int last, const std::string& more = {}) {
  std::string target = kQuotes + std::to_string(first);
  for (int id = first + 1; id <= last; ++id) target += "," + std::to_string(id);
  target += more;
  const auto wanted = bed.want(target);
  bed.settle(wanted);
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  const auto lane = refill::lane_of(request);
  const auto width = lane->keys_per_asset();
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    const auto& one = *wanted[at];
    REQUIRE(one.entry);
    bed.refill.renewals().note_asked(
        lane, request.assets[at / width], at % width, one.key, *one.entry, bed.clock.now());
  }
  bed.clock.advance(std::chrono::seconds(70));
}

inline std::string key_of_id(const std::string& id, const std::string& convert = "USD") {
  catalog::Request request;
  const std::string target = kQuotes + id + "&convert=" + convert;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  std::string key;
  catalog::append_key(key, request, 0, 0);
  return key;
}

inline refill::Refill::Options without_retries() {
  refill::Refill::Options options;
  options.caller.retries = 0;
  return options;
}

// Whose provider fails all calls while it is down, and answers them otherwise.
struct OutageBed : Bed {
  OutageBed()
      : Bed(
            [this](const std::string& target) {
              return is_down ? Reply{.http_status = 500, .body = "<html>"} : good(target);
            },
            without_retries()) {}

  bool is_down = false;
};

inline Reply refused(const std::string& message) {
  return {.http_status = 400,
          .body = R"({"status":{"error_code":400,"error_message":")" + message + R"("}})"};
}

}  // namespace quotecached::test
