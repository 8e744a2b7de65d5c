// Whom a request is sent to: what the Host field, or a target in absolute form, names.
//
// Pure. By the grammar of RFC 3986, 3.2, without user information.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace quotecached::routing {

// How the host is named. A name without a dot is nobody's to give; the owner of a domain may have
// it lead anywhere, also here.
enum class HostKind : std::uint8_t { None, Address, Name, Domain };

struct Authority {
  std::string_view host;  // an IPv6 address with its brackets
  std::string_view port;  // without the colon; may be empty
  HostKind kind = HostKind::None;
};

// An empty text names nobody, and is well-formed. nullopt: it is not.
[[nodiscard]] std::optional<Authority> parse_authority(std::string_view text) noexcept;

// A target in absolute form, "http://host:80/path?query", cut in two.
struct AbsoluteTarget {
  std::string_view authority;
  std::string_view target;  // in origin form: "/path?query", "/" when there is no path
};

// nullopt: it is of another form. The authority may be any text.
[[nodiscard]] std::optional<AbsoluteTarget> split_absolute(std::string_view target) noexcept;

// Letters of either case are the same.
[[nodiscard]] bool same_host(std::string_view a, std::string_view b) noexcept;

}  // namespace quotecached::routing
