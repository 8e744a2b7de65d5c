#include "support/memcached_server.hpp"

#include <memory>
#include <stdexcept>

#include <unistd.h>

namespace quotecached::test {

MemcachedServer::MemcachedServer(Transport transport, std::vector<std::string> arguments)
    : CacheServer(transport, "memcached"), arguments_(std::move(arguments)) {
  start();
}

std::string MemcachedServer::address() const {
  return is_unix() ? "unix:" + socket().string() : "127.0.0.1:" + std::to_string(port());
}

Command MemcachedServer::command() const {
  Command command{{"memcached", "-m", "64", "-t", "1"}, {}};
  std::vector<std::string>& words = command.words;
  if (::geteuid() == 0) words.insert(words.end(), {"-u", "root"});
  if (is_unix()) {
    words.insert(words.end(), {"-s", socket().string(), "-a", "0700"});
  } else {
    words.insert(words.end(), {"-l", "127.0.0.1", "-p", std::to_string(port()), "-U", "0"});
  }
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  return command;
}

std::string MemcachedServer::run(std::string_view text) {
  return run_within(milliseconds(10'000), text);
}

std::string MemcachedServer::run_within(milliseconds limit, std::string_view text) {
  const bool has_lines = text.starts_with("get") || text.starts_with("stats");
  const auto connection =
      is_unix() ? std::make_unique<Connection>(socket()) : std::make_unique<Connection>(port());
  connection->send(std::string(text) + "\r\n");
  return connection->read_until(has_lines ? "END\r\n" : "\r\n", limit);
}

void MemcachedServer::flush() {
  if (run("flush_all") != "OK\r\n") throw std::runtime_error("memcached: flush failed");
}

std::string MemcachedServer::get(std::string_view key) {
  const std::string reply = run("get " + std::string(key));
  const auto head_end = reply.find("\r\n");
  constexpr std::string_view kTail = "\r\nEND\r\n";
  if (!reply.starts_with("VALUE ") || reply.size() < head_end + 2 + kTail.size()) return {};
  return reply.substr(head_end + 2, reply.size() - head_end - 2 - kTail.size());
}

void MemcachedServer::ping() {
  if (!run_within(milliseconds(1'000), "mn").starts_with("MN"))
    throw std::runtime_error("memcached: no answer");
}

}  // namespace quotecached::test
