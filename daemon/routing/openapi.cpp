#include "routing/openapi.hpp"

#include <chrono>

#include "base/hash.hpp"
#include "embedded.hpp"
#include "routing/response.hpp"

namespace quotecached::routing {
namespace {

// It changes with the daemon alone, but who has just installed another one wants to see that.
constexpr std::chrono::seconds kMaxAge{3600};

}  // namespace

std::string_view description() noexcept { return k_openapi_json; }

// The text outlives every answer: nothing of it is copied.
void fill_description(proxy::Answer& out) {
  static const auto tag = hash64(description());
  fill_json(out, {});
  out.pieces.assign(1, description());
  out.has_age = true;
  out.max_age = kMaxAge;
  out.etag = tag;
}

}  // namespace quotecached::routing
