#include "routing/health.hpp"

#include <algorithm>

#include "base/json_text.hpp"

namespace quotecached::routing {

std::string to_json(const Health& health) {
  const bool all_ok =
      std::all_of(health.parts.begin(), health.parts.end(), [](const auto& p) { return p.is_ok; });
  std::string text = "{\"status\":\"";
  if (!health.is_ready) {
    text += "unready";
  } else {
    text += all_ok ? "ready" : "degraded";
  }
  text += "\",\"parts\":[";
  for (const auto& part : health.parts) {
    if (text.back() != '[') text += ',';
    text += "{\"name\":";
    append_json_string(text, part.name);
    text += part.is_ok ? ",\"ok\":true,\"detail\":" : ",\"ok\":false,\"detail\":";
    append_json_string(text, part.detail);
    text += '}';
  }
  text += "]}\n";
  return text;
}

}  // namespace quotecached::routing
