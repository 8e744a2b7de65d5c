#include "call_log.hpp"

#include <algorithm>

namespace cmcsim {

namespace {
constexpr std::size_t kMaxRows = 200000;
constexpr std::size_t kMaxBytes = std::size_t{256} << 20U;
}  // namespace

std::size_t CallLog::cost_of(const CallRecord& record) {
  // Asked items are parts of the target: a small string each.
  return sizeof(CallRecord) + record.target.size() + record.asked.size() * sizeof(std::string);
}

void CallLog::add(CallRecord record) {
  record.seq = ++last_seq_;
  bytes_ += cost_of(record);
  rows_.push_back(std::move(record));
  while (rows_.size() > kMaxRows || bytes_ > kMaxBytes) {
    bytes_ -= cost_of(rows_.front());
    rows_.pop_front();
  }
}

void CallLog::clear() {
  rows_.clear();
  bytes_ = 0;
}

void CallLog::write(JsonWriter& json, std::uint64_t since) const {
  auto row = std::ranges::upper_bound(rows_, since, {}, &CallRecord::seq);
  json.open('[');
  for (; row != rows_.end(); ++row) {
    json.open('{').key("seq").integer(static_cast<std::int64_t>(row->seq));
    json.key("time").text(iso_text(row->time)).key("method").text(row->method);
    json.key("target").text(row->target).key("key").text(row->key);
    json.key("status").integer(row->status).key("error_code").integer(row->error_code);
    json.key("credits").integer(row->credits).key("asked_by").text(row->asked_by);
    json.key("asked").open('[');
    for (const auto& item : row->asked) json.text(item);
    json.close(']').key("connection").integer(static_cast<std::int64_t>(row->connection));
    json.key("faults").open('[');
    for (const auto& fault : row->faults) json.text(fault);
    json.close(']').close('}');
  }
  json.close(']');
}

}  // namespace cmcsim
