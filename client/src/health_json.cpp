#include <utility>

#include "quotecache/health.hpp"
#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

HealthPart read_part(const JsonFields& fields) {
  return {fields.text("name"), fields.boolean("ok"), fields.text("detail")};
}

Health read_health_fields(const JsonFields& fields) {
  Health health;
  health.status = fields.word("status", &parse_health_status);
  health.parts = fields.list("parts", &read_part);
  return health;
}

}  // namespace

Result<Health> read_health(std::string document) {
  auto health = read_json(document, &read_health_fields);
  if (health) health->document = std::move(document);
  return health;
}

}  // namespace quotecache
