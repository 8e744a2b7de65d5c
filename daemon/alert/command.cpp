#include "alert/command.hpp"

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace quotecached::alert {
namespace {

// Of the daemon's own environment, which may hold secrets, only what programs need to run.
constexpr const char* kPassedOn[] = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"};

// A value ends at its first NUL, so none may be inside.
std::string variable(std::string_view name, std::string_view value) {
  return fmt::format("{}={}", name, value.substr(0, value.find('\0')));
}

std::vector<std::string> environment_for(const alert::Alert& alert) {
  std::vector<std::string> environment;
  for (const char* name : kPassedOn) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (value) environment.push_back(variable(name, value));
  }
  environment.push_back(variable("QUOTECACHED_ALERT_KIND", to_string(alert.kind)));
  environment.push_back(variable("QUOTECACHED_ALERT_LEVEL", to_string(alert.level)));
  environment.push_back(variable("QUOTECACHED_ALERT_SUBJECT", alert.subject));
  environment.push_back(variable("QUOTECACHED_ALERT_STATE", state_of(alert)));
  environment.push_back(variable("QUOTECACHED_ALERT_MESSAGE", alert.message));
  return environment;
}

}  // namespace

Result<std::unique_ptr<Command>> Command::make(asio::any_io_executor loop,
                                               Options options,
                                               const Clock& clock) {
  if (options.arguments.empty() || options.arguments.front().empty())
    return fail(ErrorCode::Invalid, "command: names no program");
  return std::unique_ptr<Command>(new Command(std::move(loop), std::move(options), clock));
}

Command::Command(asio::any_io_executor loop, Options options, const Clock& clock)
    : loop_(std::move(loop)), options_(std::move(options)), clock_(clock) {}

Child::Program Command::program_for(const Message& message) const {
  Child::Program program;
  program.arguments = options_.arguments;
  program.environment = environment_for(message.alert);
  program.input = to_json(message, clock_.now()) + '\n';
  return program;
}

asio::awaitable<Result<void>> Command::deliver(std::shared_ptr<const Message> message) {
  auto child = Child::start(loop_, program_for(*message));
  if (!child) co_return std::move(child).failure();
  const auto ended = co_await child->wait_for(options_.limit);
  if (ended) co_return child->take_status();
  child->signal(SIGTERM);
  (void)co_await child->wait_for(options_.grace);
  // Those of its group that did not listen, and the child if it is one of them.
  child->signal(SIGKILL);
  (void)co_await child->wait_for(options_.grace);
  co_return fail(ErrorCode::Timeout, fmt::format("ended after {} ms", options_.limit.count()));
}

}  // namespace quotecached::alert
