#include "support/sim.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <simdjson.h>

namespace quotecached::test {

namespace {

// The address in a line "listening SCHEME ADDRESS", empty while there is none.
std::string address_in(const std::string& output, const std::string& scheme) {
  std::istringstream lines(output);
  const std::string start = "listening " + scheme + " ";
  for (std::string line; std::getline(lines, line) && !lines.eof();) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return {};
}

std::int64_t integer(simdjson::dom::element object, const char* name) { return object[name]; }

std::string text(simdjson::dom::element object, const char* name) {
  std::string_view value;
  if (object[name].get(value) != simdjson::SUCCESS) return {};  // null
  return std::string(value);
}

SimCall to_call(simdjson::dom::element element) {
  SimCall call;
  call.seq = static_cast<std::uint64_t>(integer(element, "seq"));
  call.method = text(element, "method");
  call.target = text(element, "target");
  call.key = text(element, "key");
  call.status = static_cast<int>(integer(element, "status"));
  call.error_code = integer(element, "error_code");
  call.credits = integer(element, "credits");
  call.connection = static_cast<std::uint64_t>(integer(element, "connection"));
  return call;
}

void make_certificate(const TempDir& dir) {
  Process script(
      {{QUOTECACHED_SOURCE_DIR "/scripts/make_test_certificate", dir.path().string()}, {}},
      dir.path(),
      "certificate");
  const auto status = script.wait();
  if (!status || !status->is_success()) throw std::runtime_error("no certificate: " + script.err());
}

}  // namespace

Sim::Sim() : Sim(Options{}) {}

Sim::Sim(Options options) {
  std::vector<std::string> words{built_program("cmcsim").string(), "--listen", "127.0.0.1:0"};
  if (options.has_tls) {
    make_certificate(dir_);
    words.insert(words.end(),
                 {"--tls-listen",
                  "127.0.0.1:0",
                  "--cert",
                  dir_ / "server.pem",
                  "--cert-key",
                  dir_ / "server-key.pem"});
  }
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  process_.emplace(Command{words, {}}, dir_.path(), "cmcsim");
  const std::string last = options.has_tls ? "https" : "http";
  const bool has_ended = !wait_until(
      [&] { return !address_in(process_->out(), last).empty() || !process_->is_running(); },
      kStartLimit);
  if (has_ended || !process_->is_running()) {
    throw std::runtime_error("cmcsim did not start: " + process_->err());
  }
  http_ = "http://" + address_in(process_->out(), "http");
  https_ = "https://" + address_in(process_->out(), "https");
}

std::vector<SimCall> Sim::calls() {
  simdjson::dom::parser parser;
  const simdjson::padded_string body(control("GET", "calls"));
  std::vector<SimCall> calls;
  for (const simdjson::dom::element call : parser.parse(body)["calls"].get_array()) {
    calls.push_back(to_call(call));
  }
  return calls;
}

std::vector<SimCall> Sim::calls(std::string_view path) {
  auto all = calls();
  std::erase_if(all, [&](const SimCall& call) { return !call.target.starts_with(path); });
  return all;
}

void Sim::clear_calls() { control("DELETE", "calls"); }

SimStats Sim::stats() {
  simdjson::dom::parser parser;
  const simdjson::padded_string body(control("GET", "stats"));
  const simdjson::dom::element root = parser.parse(body);
  return {.calls = integer(root, "calls"),
          .credits_charged = integer(root, "credits_charged"),
          .connections_open = integer(root, "connections_open"),
          .connections_max = integer(root, "connections_max"),
          .connections_accepted = integer(root, "connections_accepted")};
}

void Sim::fault(const std::string& json) { control("POST", "faults", json); }
void Sim::clear_faults() { control("DELETE", "faults"); }
void Sim::set(const std::string& json) { control("POST", "settings", json); }

void Sim::change_coin(const std::string& json) { control("POST", "coins", json); }

void Sim::advance_clock(milliseconds by) {
  const double seconds = std::chrono::duration<double>(by).count();
  control("POST", "clock", "{\"advance_seconds\":" + std::to_string(seconds) + "}");
}

std::string Sim::control(const std::string& method,
                         const std::string& path,
                         const std::string& body) {
  HttpResponse response = client_.request(method, http_ + "/_sim/" + path, body);
  if (response.status != 200) {
    throw std::runtime_error("cmcsim " + path + ": " + std::to_string(response.status) + " " +
                             response.error + response.body);
  }
  return std::move(response.body);
}

}  // namespace quotecached::test
