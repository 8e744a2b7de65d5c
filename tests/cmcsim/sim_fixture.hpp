// A simulator with a settable setup and short ways to ask it, for the tests.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "simulator.hpp"

namespace cmcsim {

// A reply with its body parsed; elements live as long as the parsed reply.
struct ParsedReply {
  SimReply reply;
  std::unique_ptr<simdjson::dom::parser> parser = std::make_unique<simdjson::dom::parser>();
  simdjson::dom::element root;

  explicit ParsedReply(SimReply answered) : reply(std::move(answered)) {
    root = parser->parse(simdjson::padded_string(reply.body));
  }
  [[nodiscard]] simdjson::dom::element at(std::string_view pointer) const {
    return root.at_pointer(pointer);
  }
  [[nodiscard]] bool has(std::string_view pointer) const {
    return root.at_pointer(pointer).error() == simdjson::SUCCESS;
  }
  [[nodiscard]] std::string text(std::string_view pointer) const {
    return std::string(std::string_view(at(pointer)));
  }
  [[nodiscard]] std::int64_t integer(std::string_view pointer) const { return at(pointer); }
  [[nodiscard]] std::string json(std::string_view pointer) const {
    return simdjson::minify(at(pointer));
  }
  [[nodiscard]] std::int64_t credits() const { return integer("/status/credit_count"); }
  [[nodiscard]] std::string message() const { return text("/status/error_message"); }
  [[nodiscard]] std::vector<std::string> keys(std::string_view pointer) const {
    std::vector<std::string> names;
    for (const auto field : simdjson::dom::object(at(pointer))) names.emplace_back(field.key);
    return names;
  }
};

inline SimulatorOptions quiet_options() {
  SimulatorOptions options;
  options.tick = std::chrono::hours(24 * 365);  // Prices stay for the whole test.
  return options;
}

class SimFixture {
 public:
  explicit SimFixture(SimulatorOptions options = quiet_options(),
                      Universe universe = generate_universe(600, 1))
      : simulator(std::move(universe), std::move(options)) {}

  ParsedReply get(const std::string& target, const std::string& key = "test-key") {
    SimRequest request;
    request.method = "GET";
    request.target = target;
    request.key_header = key;
    return ParsedReply(simulator.handle(request));
  }
  ParsedReply control(const std::string& method,
                      const std::string& path,
                      const std::string& body = "") {
    SimRequest request;
    request.method = method;
    request.target = "/_sim/" + path;
    request.body = body;
    return ParsedReply(simulator.handle(request));
  }

  // Makes sure that no minute ends for a while, nor anything longer.
  void keep_minute() {
    const auto now = std::chrono::system_clock::now();
    if (std::chrono::ceil<std::chrono::minutes>(now) - now < std::chrono::seconds(10))
      (void)control("POST", "clock", R"({"advance_seconds":10})");
  }

  Simulator simulator;
};

}  // namespace cmcsim
