#include "cli/health.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "cli/csv.hpp"
#include "cli/failure.hpp"
#include "cli/figures.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

int status_of_health(HealthStatus status) {
  switch (status) {
    case HealthStatus::Healthy: return 0;
    case HealthStatus::Degraded: return kDegraded;
    case HealthStatus::Unhealthy: return kUnhealthy;
  }
  return kUnhealthy;
}

std::string_view sentence_of(HealthStatus status) {
  switch (status) {
    case HealthStatus::Healthy: return "healthy";
    case HealthStatus::Degraded: return "degraded: a check warns, requests are served";
    case HealthStatus::Unhealthy: return "unhealthy: a check fails";
  }
  return "";
}

Cell state_of(HealthStatus status) {
  switch (status) {
    case HealthStatus::Healthy: return {"ok", Tone::Good};
    case HealthStatus::Degraded: return {"warns", Tone::Warning};
    case HealthStatus::Unhealthy: break;
  }
  return {"fails", Tone::Bad};
}

std::string measure_of(const HealthCheck& check) {
  if (!check.observed) return "";
  if (check.unit == "percent") return std::to_string(*check.observed) + " %";
  if (check.unit == "bytes") return bytes_text(*check.observed);
  return std::to_string(*check.observed) + ' ' + check.unit;
}

}  // namespace

std::string health_text(const Health& health, const Look& look) {
  Table table({{"CHECK", Column::Align::Left},
               {"STATE", Column::Align::Left},
               {"MEASURED", Column::Align::Right, 1},
               {"DETAIL", Column::Align::Left, 0, 20, true}});
  for (const auto& check : health.checks)
    table.add_row({{clean(check.name, look)},
                   state_of(check.status),
                   {clean(measure_of(check), look)},
                   {clean(check.detail, look)}});
  const auto tone = state_of(health.status).tone;
  const auto text = painted(sentence_of(health.status), tone, look) + '\n';
  return health.checks.empty() ? text : text + '\n' + table.render(look);
}

std::string health_csv(const Health& health) {
  Csv csv({"status", "check", "state", "observed", "unit", "time", "detail"});
  for (const auto& check : health.checks) {
    csv.field(to_string(health.status)).field(std::string_view(check.name));
    csv.field(to_string(check.status)).field(check.observed);
    csv.field(std::string_view(check.unit)).field(check.at);
    csv.field(std::string_view(check.detail)).end_line();
  }
  return std::move(csv).text();
}

Reply health(const Client& client, const CommandLine& line, const Look& look) {
  const auto told = client.health();
  if (!told) return failure(told.error(), look);
  Reply reply{status_of_health(told->status), "", ""};
  switch (line.format) {
    case Format::Table: reply.out = health_text(*told, look); break;
    case Format::Csv: reply.out = health_csv(*told); break;
    case Format::Json: reply.out = told->document + (told->document.ends_with('\n') ? "" : "\n");
  }
  return reply;
}

}  // namespace quotecache::cli
