#include "health/document.hpp"

#include <array>
#include <limits>

#include "base/json_writer.hpp"

namespace quotecached::health {
namespace {

constexpr std::size_t kWhole = std::numeric_limits<std::size_t>::max();

// Not within a character of several bytes.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto is_inside = [&] { return (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U; };
  while (most > 0 && is_inside()) --most;
  return text.substr(0, most);
}

void write_measure(JsonWriter& json, const Check& check) {
  if (check.observed) {
    json.key("observedValue").integer(*check.observed);
    json.key("observedUnit").text(check.unit);
  }
}

bool has_text(const Check& check, Detail detail) {
  if (detail == Detail::Trouble) return check.status != Status::Pass;
  return detail == Detail::All;
}

std::string written(const Report& report, Detail detail, std::size_t most_text) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("status").text(to_string(status_of(report.checks)));
  json.key("version").text(report.version);
  json.key("checks").begin_object();
  for (const auto& check : report.checks) {
    json.key(check.name).begin_array().begin_object();
    json.key("status").text(to_string(check.status));
    if (detail == Detail::All) write_measure(json, check);
    if (detail == Detail::All || detail == Detail::Time)
      json.key("time").time(check.at.value_or(report.at));
    const auto output = cut(check.detail, most_text);
    if (has_text(check, detail) && !output.empty()) json.key("output").text(output);
    json.end_object().end_array();
  }
  json.end_object().end_object();
  text += '\n';
  return text;
}

}  // namespace

std::string to_json(const Report& report, Detail detail) {
  if (detail != Detail::Trouble) return written(report, detail, kWhole);
  for (const std::size_t most : std::to_array<std::size_t>({240, 120, 60, 30, 15})) {
    auto text = written(report, detail, most);
    if (text.size() < kShort) return text;
  }
  return written(report, detail, 0);
}

}  // namespace quotecached::health
