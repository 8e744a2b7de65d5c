// One request in, one reply out: the provider's behaviour without any socket.
//
// Routes, checks key and limits, lets faults strike, answers, counts credits, writes the call log.
// Not thread-safe; owned by the server's loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "answer.hpp"
#include "call_log.hpp"
#include "faults.hpp"
#include "latency.hpp"
#include "plan.hpp"
#include "sim_time.hpp"

namespace cmcsim {

struct SimRequest {
  std::string method, target, key_header, body;
  std::uint64_t connection = 0;
};

struct SimReply {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::chrono::microseconds latency{0};
  Effects effects;  // The session acts on the transport faults.
};

struct SimulatorOptions {
  std::chrono::milliseconds tick{60000};  // 0: every call.
  Lateness late = {};                     // of a tick that is not 0
  std::uint64_t price_seed = 1;
  PlanLimits limits = {};
  std::vector<std::string> keys;  // Empty: any key will do.
  V3Shape v3_shape = V3Shape::Array;
  Latency latency;
  std::vector<std::string> new_parameters;  // that every endpoint takes in addition, without effect
  bool gzip = true;
  bool stamps = false;                // Assets say when they were written, see AnswerContext.
  std::optional<TimePoint> clock_at;  // Where the clock stands until it is moved.
};

struct ConnectionCounts {
  std::uint64_t open = 0, most_open = 0, accepted = 0;
};

class Simulator {
 public:
  Simulator(Universe universe, SimulatorOptions options);

  // API and control paths alike. Never throws.
  [[nodiscard]] SimReply handle(const SimRequest& request);

  [[nodiscard]] bool gzip() const { return options_.gzip; }
  [[nodiscard]] std::uint64_t fault_clearings() const { return faults_.clearings(); }
  ConnectionCounts& connections() { return connections_; }

 private:
  struct Outcome;  // What becomes of one API call.

  SimReply handle_api(const SimRequest& request);
  void answer_call(Outcome& outcome, Target& target, const SimRequest& request);
  void answer_endpoint(Outcome& outcome, const Endpoint& endpoint, const Query& query);
  std::string check_key(Query& query, const SimRequest& request) const;
  void apply_answer_faults(Outcome& outcome) const;
  void write_envelope(Outcome& outcome, const Answer* answer) const;
  CallRecord record_of(const Outcome& outcome,
                       const SimRequest& request,
                       const Target& target) const;

  // Control paths under /_sim/.
  SimReply handle_control(const SimRequest& request);
  [[nodiscard]] std::string calls_json(const Query& query) const;
  [[nodiscard]] std::string stats_json() const;
  [[nodiscard]] std::string faults_json() const;
  std::string add_fault(const std::string& body);
  std::string advance_clock(const std::string& body);
  std::string change_coin(const std::string& body);
  std::string change_settings(const std::string& body);

  Universe universe_;
  SimulatorOptions options_;
  Market market_;
  Accounts accounts_;
  FaultBox faults_;
  CallLog log_;
  SimClock clock_;
  std::mt19937_64 random_;
  ConnectionCounts connections_;
  std::uint64_t calls_ = 0;
  std::int64_t credits_charged_ = 0;
};

}  // namespace cmcsim
