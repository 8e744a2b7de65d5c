// Runs a program for each alert: no shell, the alert as JSON on its standard input, its main fields
// in the environment.
//
// One that runs too long is asked to end (SIGTERM), then killed with all its process group.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "alert/child.hpp"
#include "alert/sink.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace quotecached::alert {

class Command final : public Sink {
 public:
  struct Options {
    std::vector<std::string> arguments;      // the first is the program
    std::chrono::milliseconds limit{10000};  // then SIGTERM ...
    std::chrono::milliseconds grace{2000};   // ... and after this SIGKILL
  };

  // Fails with Invalid without a program.
  static Result<std::unique_ptr<Command>> make(asio::any_io_executor loop,
                                               Options options,
                                               const Clock& clock);

  [[nodiscard]] std::string_view name() const noexcept override { return "command"; }

  // Delivered is what it took with exit status 0.
  asio::awaitable<Result<void>> deliver(std::shared_ptr<const Message> message) override;

 private:
  Command(asio::any_io_executor loop, Options options, const Clock& clock);
  [[nodiscard]] Child::Program program_for(const Message& message) const;

  asio::any_io_executor loop_;
  Options options_;
  const Clock& clock_;
};

}  // namespace quotecached::alert
