// Requests under way, so that whoever asks the same joins one instead of asking again
// (single-flight).
//
// The first to ask leads: it makes the request and completes it for all. The lead completes it in
// any case, at its own end at the latest, so that nobody waits for an answer that never comes.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "quotecache/error.hpp"
#include "quotecache/quote.hpp"
#include "src/daemons.hpp"
#include "src/loop.hpp"

namespace quotecache {

// Thread-safe. Outlives its leads.
class SharedRequests {
 public:
  class Request;

  // Of who makes the request.
  class Lead {
   public:
    Lead(SharedRequests& requests, std::shared_ptr<Request> request) noexcept
        : requests_(&requests), request_(std::move(request)) {}
    Lead(Lead&&) noexcept = default;
    Lead& operator=(Lead&&) = delete;
    ~Lead();

    // Tells all who joined. Once.
    void complete(const Result<Quotes>& result) noexcept;

   private:
    SharedRequests* requests_;
    std::shared_ptr<Request> request_;
  };

  struct Joined {
    std::shared_ptr<Request> request;
    std::optional<Lead> lead;  // nothing: another has it
  };
  // The request under way of this key, or a new one.
  [[nodiscard]] Joined join(const std::string& key);

  // What the lead got. Fails with Timeout where that is not there by then.
  [[nodiscard]] static Result<Quotes> wait(Request& request, SteadyTime deadline);
  // Posts the task to the loop as soon as the request is complete.
  static void when_complete(Request& request, Loop& loop, Loop::Tasks task) noexcept;
  // What the lead got. Requires: the request is complete.
  [[nodiscard]] static Result<Quotes> outcome(const Request& request);

 private:
  void complete(Request& request, const Result<Quotes>& result) noexcept;

  std::mutex mutex_;
  std::unordered_map<std::string_view, std::shared_ptr<Request>> requests_;  // by their own keys
};

}  // namespace quotecache
