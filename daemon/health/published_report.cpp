#include "health/published_report.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "health/document.hpp"

namespace quotecached::health {
namespace {

std::string_view reason_of(Readiness readiness) {
  return readiness == Readiness::Stopping ? "the daemon stops"
                                          : "upstream does not answer, and there is no copy";
}

}  // namespace

void PublishedReport::publish(std::vector<Check> checks, bool can_serve, TimePoint at, Time now) {
  can_serve_ = can_serve;
  const MutexLock lock(mutex_);
  last_ = Last{std::move(checks), at, now};
}

DocumentPtr PublishedReport::document(Time now) const {
  const MutexLock lock(mutex_);
  if (document_ && now - written_at_ < kKept) return document_;
  document_ = written(now);
  written_at_ = now;
  return document_;
}

DocumentPtr PublishedReport::written(Time now) const {
  Report report{version_, {}, {}};
  if (last_) {
    report.at = last_->at;
    report.checks = last_->checks;
    report.checks.push_back(engine_check(std::chrono::floor<milliseconds>(now - last_->looked_at)));
  }
  auto document = std::make_shared<Document>();
  document->status = status_of(report.checks);
  document->names = to_json(report, Detail::None);
  document->times = to_json(report, Detail::Time);
  document->brief = to_json(report, Detail::Trouble);
  document->verbose = to_json(report, Detail::All);
  document->checks = std::move(report.checks);
  return document;
}

Readiness PublishedReport::readiness() const noexcept {
  if (is_stopping_) return Readiness::Stopping;
  return can_serve_ ? Readiness::Ready : Readiness::NothingToServe;
}

std::string to_json(Readiness readiness) {
  std::string text;
  JsonWriter json(text);
  const bool is_ready = readiness == Readiness::Ready;
  json.begin_object().key("status").text(to_string(is_ready ? Status::Pass : Status::Fail));
  if (!is_ready) json.key("output").text(reason_of(readiness));
  json.end_object();
  text += '\n';
  return text;
}

}  // namespace quotecached::health
