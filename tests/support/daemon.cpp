#include "support/daemon.hpp"

#include <stdexcept>

namespace quotecached::test {

namespace {

// The field `address` of the log event `listening` that names a port; empty while there is none.
// Understands both forms of the log.
std::string listening_address(const std::string& log) {
  for (const std::string_view start :
       {"listening address=", "\"event\":\"listening\",\"address\":\""}) {
    for (auto at = log.find(start); at != std::string::npos; at = log.find(start, at + 1)) {
      const auto begin = at + start.size();
      const auto end = log.find_first_of(" \"\r\n", begin);
      if (end == std::string::npos) break;  // half a line yet
      const std::string address = log.substr(begin, end - begin);
      if (!address.starts_with("unix:") && !address.starts_with('/')) return address;
    }
  }
  return {};
}

constexpr const char* kNobody = "http://127.0.0.1:1";  // refuses connections

}  // namespace

bool Daemon::is_built() { return std::filesystem::exists(built_program("quotecached")); }

Daemon::Daemon(Options options) : options_(std::move(options)) {
  const std::string base_url = options_.base_url.empty() ? kNobody : options_.base_url;
  write_file(dir_ / "quotecached.toml",
             "listen.address = [\"127.0.0.1:0\", \"unix:" + socket().string() + "\"]\n" +
                 "upstream.base_url = \"" + base_url + "\"\n" + "tiers.sqlite.path = \"" +
                 database().string() + "\"\n" + "test.clock = true\n" + options_.toml);
  start();
}

void Daemon::start() {
  Command command{{built_program("quotecached").string(), "--config", dir_ / "quotecached.toml"},
                  options_.env};
  command.env.emplace("CMC_API_KEY", "test-key");
  // Tests count calls: one that wants key/info asked for says --set credits.plan=auto, or names a
  // plan in its file, which the environment would win over.
  if (options_.toml.find("plan = ") == std::string::npos)
    command.env.emplace("QUOTECACHED_CREDITS_PLAN", "explicit");
  // ... and that nothing is asked for by itself: one that wants that says --set warm.mode=daemon.
  command.env.emplace("QUOTECACHED_WARM_MODE", "off");
  // ... and no request is refused for want of speed, of which a debug build has little: one that
  // wants that says --set listen.shed_after=100ms.
  command.env.emplace("QUOTECACHED_LISTEN_SHED_AFTER", "0s");
  for (const std::string& set : options_.sets) {
    command.words.push_back("--set");
    command.words.push_back(set);
  }
  process_.emplace(command, dir_.path(), "quotecached");
  wait_until_serving();
}

void Daemon::wait_until_serving() {
  const auto is_serving = [this] {
    const std::string address = listening_address(log());
    if (address.empty()) return false;
    base_url_ = "http://" + address;
    return !options_.waits_until_ready || get("/health/ready").status == 200;
  };
  const auto is_settled = [&] { return !process_->is_running() || is_serving(); };
  if (wait_until(is_settled, kStartLimit) && process_->is_running()) return;
  throw std::runtime_error("quotecached did not start: " + log());
}

std::optional<ExitStatus> Daemon::sigterm(milliseconds limit) { return process_->terminate(limit); }

void Daemon::restart() {
  sigterm();
  start();
}

HttpResponse Daemon::get(const std::string& target, const HttpHeaders& headers) {
  return client_.get(base_url_ + target, headers);
}

HttpResponse Daemon::request(const std::string& method,
                             const std::string& target,
                             const std::string& body,
                             const HttpHeaders& headers) {
  return client_.request(method, base_url_ + target, body, headers);
}

}  // namespace quotecached::test
