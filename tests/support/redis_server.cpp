#include "support/redis_server.hpp"

#include <memory>
#include <stdexcept>

#include <hiredis/hiredis.h>

namespace quotecached::test {

namespace {

constexpr timeval kPingLimit{1, 0};
constexpr timeval kLimit{10, 0};

std::string to_text(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
    case REDIS_REPLY_NIL: return "";
    case REDIS_REPLY_ARRAY: break;
    default: return {reply.str, static_cast<std::size_t>(reply.len)};
  }
  std::string text;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    if (i > 0) text += '\n';
    text += to_text(*reply.element[i]);
  }
  return text;
}

}  // namespace

RedisServer::RedisServer(Transport transport, std::vector<std::string> arguments)
    : CacheServer(transport, "redis"), arguments_(std::move(arguments)) {
  start();
}

std::string RedisServer::url() const {
  return is_unix() ? "unix:" + socket().string() : "redis://127.0.0.1:" + std::to_string(port());
}

Command RedisServer::command() const {
  Command command{{"redis-server",
                   "--port",
                   std::to_string(port()),
                   "--bind",
                   "127.0.0.1",
                   "--save",
                   "",
                   "--appendonly",
                   "no",
                   "--daemonize",
                   "no",
                   "--dir",
                   dir().string()},
                  {}};
  if (is_unix()) {
    command.words.insert(command.words.end(),
                         {"--unixsocket", socket().string(), "--unixsocketperm", "700"});
  }
  command.words.insert(command.words.end(), arguments_.begin(), arguments_.end());
  return command;
}

std::string RedisServer::run(const std::vector<std::string>& words) {
  return run_within(kLimit, words);
}

std::string RedisServer::run_within(const timeval& limit, const std::vector<std::string>& words) {
  const std::unique_ptr<redisContext, void (*)(redisContext*)> context(
      is_unix() ? redisConnectUnixWithTimeout(socket().c_str(), limit)
                : redisConnectWithTimeout("127.0.0.1", port(), limit),
      redisFree);
  if (!context || context->err != 0) throw std::runtime_error("redis: cannot connect");
  redisSetTimeout(context.get(), limit);
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<redisReply, void (*)(void*)> reply(
      static_cast<redisReply*>(redisCommandArgv(
          context.get(), static_cast<int>(texts.size()), texts.data(), sizes.data())),
      freeReplyObject);
  if (!reply) throw std::runtime_error(std::string("redis: ") + context->errstr);
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error("redis: " + to_text(*reply));
  return to_text(*reply);
}

void RedisServer::ping() {
  if (run_within(kPingLimit, {"PING"}) != "PONG") throw std::runtime_error("redis: no PONG");
}

}  // namespace quotecached::test
