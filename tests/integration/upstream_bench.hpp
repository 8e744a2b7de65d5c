// A client under test on a loop of its own, and the simulator's switches.
#pragma once

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "upstream/client.hpp"
#include "upstream_servers.hpp"

namespace quotecached::test {

using namespace std::chrono_literals;
using upstream::Client;
using upstream::Fetched;
using upstream::Request;
using upstream::Response;
namespace asio = boost::asio;

inline constexpr const char* kKey = "very-secret-key-0123456789";

inline Fetched never_ended() {
  upstream::TransportError loss{{ErrorCode::Invalid, "never ended"}, false};
  return tl::unexpected<upstream::TransportError>(std::move(loss));
}

// A client on a loop of its own, driven step by step.
class Bench {
 public:
  explicit Bench(const std::string& base_url,
                 const std::function<void(Client::Options&)>& tune = {})
      : out_(std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_))) {
    out_->set_level(spdlog::level::trace);
    Client::Options options;
    options.base_url = base_url;
    options.secret_headers = {"X-CMC_PRO_API_KEY: " + std::string(kKey)};
    options.timeout = 10s;
    if (tune) tune(options);
    auto made = Client::make(loop.get_executor(), std::move(options), Log(out_, Log::Format::Text));
    REQUIRE(made);
    client = std::move(*made);
  }
  // Whatever a test did, the key was not talked about.
  ~Bench() { CHECK(lines_.str().find(kKey) == std::string::npos); }

  Fetched get(const std::string& target) {
    Request request;
    request.target = target;
    return ask(std::move(request));
  }

  Fetched ask(Request request) {
    std::vector<Request> one(1, std::move(request));
    auto results = ask_all(std::move(one));
    return std::move(results.front());
  }

  // All at once; in the order asked.
  std::vector<Fetched> ask_all(std::vector<Request> requests) {
    std::vector<Fetched> results(requests.size(), never_ended());
    for (std::size_t i = 0; i < requests.size(); ++i) start(std::move(requests[i]), results[i]);
    finish();
    for (const auto& result : results)
      if (!result) CHECK(result.error().message.find(kKey) == std::string::npos);
    return results;
  }

  void start(Request request, Fetched& into) {
    ++pending_;
    asio::co_spawn(loop,
                   client->fetch(std::move(request)),
                   [this, &into](std::exception_ptr failure, Fetched got) {
                     --pending_;
                     if (failure) std::rethrow_exception(failure);
                     into = std::move(got);
                   });
  }

  void finish() {
    run_until([this] { return pending_ == 0; });
  }

  void run_until(const std::function<bool()>& is_done) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    loop.restart();
    while (!is_done() && std::chrono::steady_clock::now() < deadline) loop.run_one_until(deadline);
    REQUIRE(is_done());
  }

  std::string log() const { return lines_.str(); }

  asio::io_context loop;
  std::unique_ptr<Client> client;

 private:
  int pending_ = 0;
  std::ostringstream lines_;
  std::shared_ptr<spdlog::logger> out_;
};

// Posts to the simulator's control paths and reads them, over a client of its own.
class Control {
 public:
  explicit Control(const Cmcsim& sim)
      : bench_(sim.url(), [](Client::Options& options) { options.max_connections = 1; }) {}

  void fault(const std::string& body) { post("/_sim/faults", body); }
  void settings(const std::string& body) { post("/_sim/settings", body); }

  std::int64_t stat(const std::string& name) {
    const auto answer = bench_.get("/_sim/stats");
    REQUIRE(answer);
    const auto at = answer->body.find('"' + name + "\":");
    REQUIRE(at != std::string::npos);
    return std::stoll(answer->body.substr(at + name.size() + 3));
  }

 private:
  void post(const std::string& path, const std::string& body) {
    Request request;
    request.target = path;
    request.method = "POST";
    request.content_type = "application/json";
    request.body = body;
    const auto answer = bench_.ask(std::move(request));
    REQUIRE(answer);
    CAPTURE(answer->body);
    REQUIRE(answer->http_status == 200);
  }

  Bench bench_;
};

}  // namespace quotecached::test
