// The upstream that knows everything: a server of this process whose prices tell what they are, and
// which remembers every call.
//
// Thread-safe. A thread for each connection, of which a daemon opens a handful.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "model/call.hpp"

namespace quotecached::model {

class KnowingUpstream {
 public:
  // What becomes of a call, and how long it takes. Called on several threads; a pure function of
  // its arguments.
  struct Plan {
    Fate fate = Fate::Good;
    milliseconds takes{0};
    bool lies_of_time = false;
  };
  using Planner = std::function<Plan(std::uint32_t call)>;
  // True time.
  using TrueTime = std::function<milliseconds()>;

  // When the data of a call that arrives now is of, as its answer says it; empty: it does not.
  using DataTime = std::function<std::string(std::uint32_t call, bool lies)>;

  KnowingUpstream(const World& world, TrueTime now, Planner planner, DataTime data_time);
  ~KnowingUpstream();
  KnowingUpstream(const KnowingUpstream&) = delete;
  KnowingUpstream& operator=(const KnowingUpstream&) = delete;

  [[nodiscard]] std::string base_url() const;

  // Those that have ended, in the order of their arrival.
  [[nodiscard]] std::vector<Call> calls() const;
  // Those that have ended since it was asked last, in the order of their ends.
  [[nodiscard]] std::vector<Call> take_ended();
  // Calls that have arrived and not ended.
  [[nodiscard]] std::size_t under_way() const;
  // Requests that it did not understand: "GET /nonsense".
  [[nodiscard]] std::vector<std::string> strange() const;

 private:
  void accept();
  void serve(int socket);
  // Answers one request; false when the connection is to end.
  bool answer(int socket, const std::string& head);
  Call begin(const std::string& key, const Question& question);
  void end(Call call);

  const World& world_;
  const TrueTime now_;
  const Planner planner_;
  const DataTime data_time_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;
  // Under the mutex:
  std::uint32_t calls_begun_ = 0;
  std::vector<Call> ended_;
  std::size_t taken_ = 0;
  std::vector<std::string> strange_;
  std::vector<int> sockets_;  // open
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace quotecached::model
