#include "catalog/request.hpp"

#include <algorithm>

#include "catalog/forward.hpp"
#include "catalog/parameters.hpp"
#include "catalog/query.hpp"
#include "catalog/value.hpp"

namespace quotecached::catalog {

namespace {

// What programs without a key put before the provider's paths; the answers are the same.
constexpr std::string_view kKeyless = "/public-api";

void clear(Request& out) {
  out.endpoint = nullptr;
  out.kind = KeyKind::None;
  out.assets.clear();
  out.converts.clear();
  out.items = 0;
  out.list_price = {};
  out.names_symbols = false;
  out.is_open_range = false;
  out.converts_are_ids = false;
  out.skip_invalid = true;
  out.variant = "-";
  out.options.clear();
  out.unlisted.clear();
  out.query.clear();
  out.forward_target.clear();
  out.credential.clear();
  out.words.clear();
  out.extras.clear();
}

}  // namespace

RequestError not_allowed(std::string_view parameter) {
  return refuse(quoted(parameter) + " is not allowed");
}

std::optional<RequestError> parse_target(const Catalogue& catalogue,
                                         std::string_view target,
                                         Request& out,
                                         Unlisted unlisted) {
  clear(out);
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, mark);
  const auto query = target.substr(std::min(mark + 1, target.size()));
  // Decoded values and canonical words are never longer than the query, and each is kept once.
  Arena arena(out.storage, query.size() * 2 + 256);
  out.endpoint = catalogue.find(path.starts_with(kKeyless) ? path.substr(kKeyless.size()) : path);
  if (out.endpoint == nullptr) return read_forward(catalogue, path, query, arena, out);
  return read_parameters(catalogue, query, unlisted, arena, out);
}

}  // namespace quotecached::catalog
