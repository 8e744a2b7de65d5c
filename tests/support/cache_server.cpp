#include "support/cache_server.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>

namespace quotecached::test {

namespace {

// 'T' for stopped, 'S' for sleeping, ...
char state_of(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos ? '?' : stat.at(name_end + 2);
}

}  // namespace

CacheServer::CacheServer(Transport transport, const std::string& name)
    : name_(name), socket_(dir_ / (name + ".sock")) {
  if (transport == Transport::Tcp) port_.emplace();
}

void CacheServer::start() {
  process_.emplace(command(), dir(), name_);
  if (wait_until([this] { return !is_running() || answers(); }, kStartLimit) && is_running())
    return;
  throw std::runtime_error(name_ + " did not start: " + process_->out() + process_->err());
}

void CacheServer::stop() {
  if (process_) process_->terminate();
}

void CacheServer::kill9() {
  if (process_) process_->kill9();
}

void CacheServer::sigstop() {
  process_->signal(SIGSTOP);
  if (!wait_until([this] { return state_of(process_->pid()) == 'T'; })) {
    throw std::runtime_error(name_ + " does not stop");
  }
}

void CacheServer::sigcont() { process_->signal(SIGCONT); }

bool CacheServer::answers() {
  try {
    ping();
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace quotecached::test
