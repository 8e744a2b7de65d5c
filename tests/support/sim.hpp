// The simulated upstream as a process (docs/cmcsim.md), and what it saw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {

struct SimCall {
  std::uint64_t seq = 0;
  std::string method;
  std::string target;
  std::string key;
  int status = 0;  // 0: never answered
  std::int64_t error_code = 0;
  std::int64_t credits = 0;
  std::uint64_t connection = 0;
};

struct SimStats {
  std::int64_t calls = 0;
  std::int64_t credits_charged = 0;
  std::int64_t connections_open = 0;
  std::int64_t connections_max = 0;
  std::int64_t connections_accepted = 0;
};

class Sim {
 public:
  struct Options {
    bool has_tls = false;                  // listens for https too
    std::vector<std::string> arguments{};  // further ones for cmcsim
  };

  Sim();
  // On return it listens.
  explicit Sim(Options options);

  [[nodiscard]] const std::string& base_url() const noexcept { return http_; }
  // Requires: has_tls.
  [[nodiscard]] const std::string& tls_base_url() const noexcept { return https_; }
  [[nodiscard]] std::filesystem::path ca_file() const { return dir_ / "ca.pem"; }

  // Every verb throws when the simulator does not answer 200.
  std::vector<SimCall> calls();
  // Those whose target starts with `path`.
  std::vector<SimCall> calls(std::string_view path);
  void clear_calls();
  SimStats stats();
  void fault(const std::string& json);  // {"kind": ..., ...}
  void clear_faults();
  void set(const std::string& json);          // {"latency": ..., ...}
  void change_coin(const std::string& json);  // {"id": ..., "symbol": ..., ...}
  void advance_clock(milliseconds by);

  Process& process() { return *process_; }

 private:
  std::string control(const std::string& method,
                      const std::string& path,
                      const std::string& body = {});

  TempDir dir_;
  std::optional<Process> process_;
  std::string http_;
  std::string https_;
  HttpClient client_;
};

}  // namespace quotecached::test
