// The daemon as a process, with a configuration of its own that suits tests: free port, database in
// a directory that goes with the object, a clock that can be moved, the simulator as upstream.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace quotecached::test {

class Daemon {
 public:
  struct Options {
    std::string base_url{};                    // of the upstream; empty: none listens there
    std::vector<std::string> sets{};           // "tiers.order=[\"memory\"]": each a --set
    std::string toml{};                        // appended to the generated file
    std::map<std::string, std::string> env{};  // beside CMC_API_KEY
    bool waits_until_ready = true;             // else only until it listens
  };

  // Is the program there? End-to-end tests skip visibly where it is not.
  [[nodiscard]] static bool is_built();

  // On return it serves. Throws with its log when it does not.
  explicit Daemon(Options options);

  // Again with the same directory, database and settings. Requires: not running.
  void start();
  // SIGTERM; nothing when it does not end within the limit (and then it is killed).
  std::optional<ExitStatus> sigterm(milliseconds limit = kStartLimit);
  void kill9() { process_->kill9(); }
  // sigterm() and start().
  void restart();

  // "http://127.0.0.1:PORT". The port changes with each start.
  [[nodiscard]] const std::string& base_url() const noexcept { return base_url_; }
  [[nodiscard]] std::filesystem::path socket() const { return dir_ / "daemon.sock"; }
  [[nodiscard]] std::filesystem::path database() const { return dir_ / "quotecached.db"; }
  // What it wrote to standard error since it was started last.
  [[nodiscard]] std::string log() const { return process_->err(); }

  HttpResponse get(const std::string& target, const HttpHeaders& headers = {});
  HttpResponse request(const std::string& method,
                       const std::string& target,
                       const std::string& body = {},
                       const HttpHeaders& headers = {});
  // For HttpClient::get_all.
  [[nodiscard]] std::string url(const std::string& target) const { return base_url_ + target; }

  Process& process() { return *process_; }

 private:
  void wait_until_serving();

  Options options_;
  TempDir dir_;
  std::optional<Process> process_;
  std::string base_url_;
  HttpClient client_;
};

}  // namespace quotecached::test
