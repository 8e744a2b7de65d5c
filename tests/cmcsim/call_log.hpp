// What the simulator was asked, for tests to count: every API call, bounded in rows and bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "json_writer.hpp"
#include "sim_time.hpp"

namespace cmcsim {

struct CallRecord {
  std::uint64_t seq = 0;  // Given by the log, from 1.
  TimePoint time;
  std::string method, target, key;
  int status = 0;  // 0: no answer was sent on purpose.
  int error_code = 0;
  std::int64_t credits = 0;
  std::string asked_by;  // id, slug, symbol or empty
  std::vector<std::string> asked;
  std::uint64_t connection = 0;
  std::vector<std::string> faults;
};

class CallLog {
 public:
  // Drops the oldest rows when full.
  void add(CallRecord record);
  void clear();
  // The rows with a seq greater than `since`.
  void write(JsonWriter& json, std::uint64_t since) const;
  [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }

 private:
  static std::size_t cost_of(const CallRecord& record);

  std::deque<CallRecord> rows_;
  std::uint64_t last_seq_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace cmcsim
