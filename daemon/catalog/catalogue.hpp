// The endpoint catalogue: every upstream endpoint the daemon knows, loaded from endpoints.toml.
//
// Immutable after start-up, but for set_freshness(), and shared by all threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "catalog/endpoint.hpp"

namespace quotecached::catalog {

class Catalogue {
 public:
  // Reads the TOML text of a catalogue; `source` names it in errors. Fails with Invalid, listing
  // every mistake with its line.
  static Result<Catalogue> parse(std::string_view toml, std::string_view source);

  // Requires: paths and names are distinct (parse() sees to it).
  explicit Catalogue(std::vector<Endpoint> endpoints, std::string credential = {});

  // The catalogue compiled into the daemon.
  static const Catalogue& built_in();

  // The row whose path is `path`, or null.
  [[nodiscard]] const Endpoint* find(std::string_view path) const noexcept;
  [[nodiscard]] const Endpoint* by_name(std::string_view name) const noexcept;
  [[nodiscard]] std::span<const Endpoint> endpoints() const noexcept { return endpoints_; }
  // Position of a row of this catalogue, for tables indexed by endpoint.
  [[nodiscard]] std::size_t index_of(const Endpoint& endpoint) const noexcept;

  // Does this query parameter carry a client's key? In any letter case, so that no spelling of it
  // is passed on.
  [[nodiscard]] bool is_credential(std::string_view name) const noexcept;

  [[nodiscard]] bool has_family(std::string_view family) const noexcept;
  [[nodiscard]] std::vector<std::string_view> families() const;
  // Gives every endpoint of `family` these times, also while others read them; one thread at a
  // time. Requires: has_family(family).
  void set_freshness(std::string_view family, const Freshness& freshness);

 private:
  std::vector<Endpoint> endpoints_;   // sorted by path
  std::string credential_;            // lower case; empty: no parameter
  std::vector<std::uint16_t> slots_;  // open-addressed by the hash of the path: position + 1
};

}  // namespace quotecached::catalog
