#include "catalog/page.hpp"
#include "catalog/parameter_of.hpp"
#include "catalog/query.hpp"
#include "catalog/request.hpp"

namespace quotecached::catalog {

namespace {

constexpr std::string_view kPrefix = "qc1:";

Role role_of(KeyKind kind) noexcept {
  switch (kind) {
    case KeyKind::Id: return Role::Ids;
    case KeyKind::Symbol: return Role::Symbols;
    case KeyKind::Slug: return Role::Slugs;
    case KeyKind::None: break;
  }
  return Role::Other;
}

void append_joined(std::string& out,
                   const Parameter& parameter,
                   std::span<const std::string> values) {
  out.append(parameter.name).append("=");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    append_encoded(out, values[i]);
  }
}

bool are_default(const Parameter& parameter, std::span<const std::string> values) noexcept {
  return values.size() == 1 && values.front() == parameter.default_value;
}

// Part of each caller: it is on the hot path.
[[gnu::always_inline]] inline void append_parts(std::string& out, const AssetKey& key) {
  out.append(kPrefix).append(key.endpoint.name).append(":");
  out.append(to_string(key.kind)).append(":").append(key.asset).append(":");
  if (key.convert_is_id) out += '#';
  out.append(key.convert).append(":").append(key.variant);
}

}  // namespace

std::string_view to_string(KeyKind kind) noexcept {
  switch (kind) {
    case KeyKind::Id: return "id";
    case KeyKind::Symbol: return "symbol";
    case KeyKind::Slug: return "slug";
    case KeyKind::None: break;
  }
  return "none";
}

void append_key(std::string& out, const Request& request, std::size_t asset, std::size_t convert) {
  append_parts(out,
               AssetKey{*request.endpoint,
                        request.kind,
                        request.assets[asset],
                        request.converts[convert],
                        request.converts_are_ids,
                        request.variant});
}

void append_key(std::string& out, const AssetKey& key) { append_parts(out, key); }

void append_alias_key(std::string& out,
                      const Endpoint& endpoint,
                      KeyKind kind,
                      std::string_view name) {
  out.append(kPrefix).append(kAliases).append(":").append(endpoint.name).append(":");
  out.append(to_string(kind)).append(":").append(name);
}

bool may_alias(const Endpoint& endpoint, KeyKind kind) noexcept {
  if (endpoint.mode != CacheMode::Assets) return false;
  if (kind != KeyKind::Symbol && kind != KeyKind::Slug) return false;
  return parameter_of(endpoint, role_of(kind)) != nullptr &&
         parameter_of(endpoint, Role::Ids) != nullptr;
}

void append_whole_key(std::string& out, const Request& request) {
  append_query_key(out, *request.endpoint, request.query);
}

void append_query_key(std::string& out, const Endpoint& endpoint, std::string_view query) {
  out.append(kPrefix).append(endpoint.name).append(":query:").append(query);
}

std::string upstream_target(const Request& lane,
                            std::span<const std::string> assets,
                            std::span<const std::string> converts) {
  const auto& endpoint = *lane.endpoint;
  std::string out = endpoint.path + '?';
  if (const auto* names = parameter_of(endpoint, role_of(lane.kind))) {
    append_joined(out, *names, assets);
  }
  const auto role = lane.converts_are_ids ? Role::ConvertId : Role::Convert;
  const auto* convert = parameter_of(endpoint, role);
  if (convert != nullptr && !are_default(*convert, converts)) {
    out += '&';
    append_joined(out, *convert, converts);
  }
  out += lane.options;
  if (const auto* skips = parameter_of(endpoint, Role::SkipInvalid)) {
    out.append("&").append(skips->name).append("=true");
  }
  return out;
}

std::string whole_target(const Request& request) {
  if (request.endpoint == nullptr) return request.forward_target;
  const auto& path = request.endpoint->path;
  if (request.kind == KeyKind::None)
    return request.query.empty() ? path : path + '?' + request.query;
  const std::vector<std::string> assets(request.assets.begin(), request.assets.end());
  const std::vector<std::string> converts(request.converts.begin(), request.converts.end());
  return upstream_target(request, assets, converts);
}

}  // namespace quotecached::catalog
