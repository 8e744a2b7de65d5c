// Clients that ask one daemon for quotes until told to stop, each over a connection of its own, and
// check every answer: the status, and that it is about the asset that was asked for.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/http_client.hpp"

namespace quotecached::test {

using Steady = std::chrono::steady_clock;
using std::chrono::microseconds;

inline std::string quotes_of(int id) {
  return "/v2/cryptocurrency/quotes/latest?id=" + std::to_string(id);
}

// Is this the provider's shape of one asset asked for by id, and of this one?
inline bool is_about(const std::string& body, int id) {
  const std::string number = std::to_string(id);
  return body.find("\"data\":{\"" + number + "\":{\"id\":" + number + ",") != std::string::npos;
}

// Does it say that it is stale, in every way there is?
inline bool says_stale(const HttpResponse& answer) {
  return answer.header("cache-status").find("ttl=-") != std::string::npos &&
         answer.header("warning").starts_with("110") &&
         answer.header("cache-control") == "private, max-age=0" &&
         std::atoi(answer.header("age").c_str()) > 0;
}

inline microseconds percentile(std::vector<microseconds> times, double part) {
  if (times.empty()) return microseconds(0);
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
}

class Load {
 public:
  struct Options {
    std::vector<int> ids{};
    std::string more{};  // behind the ids in the query
    std::size_t clients = 20;
    milliseconds pause{20};  // of each client between two requests
    std::vector<std::string> headers{};
  };
  struct Sample {
    Steady::time_point asked;
    microseconds elapsed;
    bool is_memory_hit;
    bool says_stale;
  };
  struct Report {
    std::vector<Sample> good;
    std::map<std::string, std::size_t> bad;  // what was wrong, and how often

    // Times of those that `wanted` names.
    template <class Wanted>
    [[nodiscard]] std::vector<microseconds> times(Wanted wanted) const {
      std::vector<microseconds> times;
      for (const Sample& sample : good) {
        if (wanted(sample)) times.push_back(sample.elapsed);
      }
      return times;
    }
    [[nodiscard]] std::string wrongs() const {
      std::string text;
      for (const auto& [what, count] : bad) text += std::to_string(count) + " x " + what + "; ";
      return text;
    }
  };

  Load(std::string base_url, Options options)
      : base_url_(std::move(base_url)), options_(std::move(options)) {
    for (std::size_t i = 0; i < options_.clients; ++i) {
      threads_.emplace_back([this, i] { ask(static_cast<unsigned>(i)); });
    }
  }
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // What was seen since the start or the last look.
  Report take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(report_, {});
  }
  Report stop() {
    is_stopping_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    return take();
  }

 private:
  void ask(unsigned seed) {
    HttpClient client;
    std::minstd_rand random(seed + 1);
    std::uniform_int_distribution<std::size_t> place(0, options_.ids.size() - 1);
    while (!is_stopping_) {
      const int id = options_.ids[place(random)];
      const auto asked = Steady::now();
      const HttpResponse answer =
          client.get(base_url_ + quotes_of(id) + options_.more, options_.headers);
      note(answer, id, asked);
      std::this_thread::sleep_for(options_.pause);
    }
  }
  void note(const HttpResponse& answer, int id, Steady::time_point asked) {
    const bool is_memory = answer.header("cache-status").ends_with("; detail=memory");
    const std::lock_guard lock(mutex_);
    if (answer.status == 0) {
      ++report_.bad["no answer: " + answer.error];
    } else if (answer.status != 200) {
      ++report_.bad["status " + std::to_string(answer.status)];
    } else if (!is_about(answer.body, id)) {
      ++report_.bad["another asset's answer"];
    } else {
      report_.good.push_back({asked, answer.elapsed, is_memory, says_stale(answer)});
    }
  }

  const std::string base_url_;
  const Options options_;
  std::atomic<bool> is_stopping_{false};
  std::mutex mutex_;
  Report report_;  // under the mutex
  std::vector<std::thread> threads_;
};

}  // namespace quotecached::test
