#include "cli/health.hpp"

#include <string_view>
#include <utility>

#include "cli/csv.hpp"
#include "cli/failure.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

int status_of_health(HealthStatus status) {
  switch (status) {
    case HealthStatus::Ready: return 0;
    case HealthStatus::Degraded: return kDegraded;
    case HealthStatus::Unready: return kUnhealthy;
  }
  return kUnhealthy;
}

std::string_view sentence_of(HealthStatus status) {
  switch (status) {
    case HealthStatus::Ready: return "healthy";
    case HealthStatus::Degraded: return "degraded: a part does not work, requests are served";
    case HealthStatus::Unready: return "unhealthy: requests are not served";
  }
  return "";
}

Tone tone_of_health(HealthStatus status) {
  if (status == HealthStatus::Ready) return Tone::Good;
  return status == HealthStatus::Degraded ? Tone::Warning : Tone::Bad;
}

}  // namespace

std::string health_text(const Health& health, const Look& look) {
  Table table({{"PART", Column::Align::Left},
               {"STATE", Column::Align::Left},
               {"DETAIL", Column::Align::Left, 0, 20, true}});
  for (const auto& part : health.parts)
    table.add_row({{clean(part.name, look)},
                   {part.is_ok ? "ok" : "failed", part.is_ok ? Tone::Good : Tone::Bad},
                   {clean(part.detail, look)}});
  const auto text = painted(sentence_of(health.status), tone_of_health(health.status), look) + '\n';
  return health.parts.empty() ? text : text + '\n' + table.render(look);
}

std::string health_csv(const Health& health) {
  Csv csv({"status", "part", "ok", "detail"});
  for (const auto& part : health.parts) {
    csv.field(to_string(health.status)).field(std::string_view(part.name));
    csv.field(std::string_view(part.is_ok ? "true" : "false"));
    csv.field(std::string_view(part.detail)).end_line();
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
