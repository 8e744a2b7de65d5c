#include <utility>

#include "src/documents.hpp"
#include "src/json_fields.hpp"

namespace quotecache {
namespace {

ChangedSetting read_changed(const JsonFields& fields) {
  return {fields.text("key"), fields.text("before"), fields.text("after")};
}

ReloadReport read_report_of_reload(const JsonFields& fields) {
  return {fields.list("changed", &read_changed), fields.list("needs_restart", &read_changed), {}};
}

}  // namespace

Result<ReloadReport> read_reload(std::string document) {
  auto report = read_json(document, &read_report_of_reload);
  if (report) report->document = std::move(document);
  return report;
}

}  // namespace quotecache
