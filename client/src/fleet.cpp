#include "src/fleet.hpp"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "src/failure.hpp"
#include "src/guard.hpp"

namespace quotecache {
namespace {

constexpr std::size_t kMostServers = 64;
constexpr std::size_t kMostConnections = 4'096;
constexpr int kMostRetries = 100;

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

bool is_sendable(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// Why the options cannot be used; null: they can.
const char* flaw_of(const ClientOptions& options) {
  const auto lasts = [](milliseconds time) {
    return time.count() > 0 && time <= std::chrono::hours(24);
  };
  if (options.servers.empty() || options.servers.size() > kMostServers)
    return "there must be from 1 to 64 servers";
  if (!is_sendable(options.token)) return "the token holds blanks or control characters";
  if (!lasts(options.timeout) || !lasts(options.connect_timeout) || !lasts(options.attempt_timeout))
    return "a timeout must be longer than nothing, and a day at most";
  if (!lasts(options.shortest_pause) || !lasts(options.longest_pause))
    return "a pause must be longer than nothing, and a day at most";
  if (options.retries < 0 || options.retries > kMostRetries) return "retries must be from 0 to 100";
  if (options.max_connections < 1 || options.max_connections > kMostConnections)
    return "max_connections must be from 1 to 4096";
  return nullptr;
}

}  // namespace

double chance() noexcept {
  thread_local std::minstd_rand random(static_cast<std::minstd_rand::result_type>(
      static_cast<std::size_t>(steady_now().time_since_epoch().count()) ^
      std::hash<std::thread::id>()(std::this_thread::get_id())));
  return static_cast<double>(random()) / static_cast<double>(std::minstd_rand::max());
}

Result<std::vector<HttpServer>> servers_of(const ClientOptions& options) {
  if (const char* const flaw = flaw_of(options)) return bad_request(flaw);
  std::vector<HttpServer> servers;
  for (const auto& text : options.servers) {
    auto address = ServerAddress::parse(text);
    if (!address) return std::move(address).error();
    if (!options.token.empty() && !address->keeps_secrets)
      return bad_request("a token is not sent over plain http to another machine: use https");
    servers.push_back({*std::move(address), options.token, options.connect_timeout});
  }
  return servers;
}

Fleet::Fleet(const ClientOptions& options, std::vector<HttpServer> servers)
    : options_(options),
      servers_(std::move(servers)),
      daemons_(servers_.size(), options.shortest_pause, options.longest_pause) {
  for (const auto& server : servers_)
    pools_.push_back(std::make_unique<HandlePool>(server, options.max_connections));
}

Result<HttpAnswer> Fleet::call(const HttpRequest& request, SteadyTime deadline) {
  Attempts attempts(options_, daemons_, budget_, deadline);
  for (;;) {
    const auto step = attempts.next(steady_now(), chance());
    if (step.kind == Attempts::Step::Kind::GiveUp) return attempts.take_error();
    if (step.kind == Attempts::Step::Kind::Pause) {
      std::this_thread::sleep_for(step.length);
      continue;
    }
    const auto handle = pools_[step.daemon]->take(deadline);
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_now());
    if (!handle || left.count() <= 0) {
      attempts.abandon(
          {ErrorCode::Timeout, "all connections were in use for the time of the call"});
      continue;
    }
    handle->prepare(request, std::min(step.length, left));
    auto answer = handle->finish(handle->perform(), request);
    if (answer) {
      attempts.worked();
      return answer;
    }
    attempts.failed(std::move(answer).error(), steady_now(), chance());
  }
}

// A call on the loop. Keeps itself alive by the tasks that it has there.
class Fleet::Call : public std::enable_shared_from_this<Fleet::Call> {
 public:
  Call(Fleet& fleet, Loop& loop, HttpRequest request, SteadyTime deadline, Done done)
      : fleet_(fleet),
        loop_(loop),
        request_(std::move(request)),
        attempts_(fleet.options_, fleet.daemons_, fleet.budget_, deadline),
        done_(std::move(done)) {}

  void go_on() noexcept {
    guard([this] { step(); });
  }

 private:
  void step() {
    if (loop_.is_stopping())
      return finish(Error{ErrorCode::Unavailable, "the client was closed during the call"});
    const auto step = attempts_.next(steady_now(), chance());
    switch (step.kind) {
      case Attempts::Step::Kind::GiveUp: return finish(attempts_.take_error());
      case Attempts::Step::Kind::Pause:
        return loop_.after(step.length, [self = shared_from_this()] { self->go_on(); });
      case Attempts::Step::Kind::Try: return attempt(step);
    }
  }

  void attempt(const Attempts::Step& step) {
    handle_ = std::make_unique<HttpHandle>(fleet_.servers_[step.daemon]);
    handle_->prepare(request_, step.length);
    loop_.start(handle_->get(), [self = shared_from_this()](CURLcode code) { self->end(code); });
  }

  void end(CURLcode code) noexcept {
    guard([this, code] {
      auto answer = handle_->finish(code, request_);
      if (answer) {
        attempts_.worked();
        return finish(std::move(answer));
      }
      attempts_.failed(std::move(answer).error(), steady_now(), chance());
      step();
    });
  }

  // The call ends with what is thrown.
  template <class Work>
  void guard(const Work& work) noexcept {
    if (auto error = caught(work)) finish(*std::move(error));
  }

  void finish(Result<HttpAnswer> result) noexcept { done_(std::move(result)); }

  Fleet& fleet_;
  Loop& loop_;
  const HttpRequest request_;
  Attempts attempts_;
  const Done done_;
  std::unique_ptr<HttpHandle> handle_;
};

void Fleet::start(Loop& loop, HttpRequest request, SteadyTime deadline, Done done) {
  std::make_shared<Call>(*this, loop, std::move(request), deadline, std::move(done))->go_on();
}

}  // namespace quotecache
