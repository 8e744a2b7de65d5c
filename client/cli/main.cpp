// The command: reads its arguments and surroundings, and writes the reply.
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include <sysexits.h>

#include "cli/command_line.hpp"
#include "cli/environment.hpp"
#include "cli/output.hpp"
#include "cli/run.hpp"
#include "cli/terminal.hpp"

namespace {

using namespace quotecache::cli;

// False when not all of it could be written.
bool write_out(const std::string& text) {
  errno = 0;
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!is_written && errno == EPIPE) end_by_broken_pipe();
  return is_written;
}

int finish(const Reply& reply) {
  std::fputs(reply.before.c_str(), stderr);
  if (!write_out(reply.out)) {
    std::perror("quotecache: cannot write");
    return EX_IOERR;
  }
  std::fputs(reply.err.c_str(), stderr);
  return reply.status;
}

Reply answer(int argc, char** argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* reply = std::get_if<Reply>(&parsed)) return *reply;
  const Surroundings surroundings{
      variable("QUOTECACHE_SERVER"), variable("QUOTECACHE_TOKEN_FILE"), look_of_output()};
  return run(std::get<CommandLine>(parsed), surroundings);
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");   // NOLINT(concurrency-mt-unsafe): the terminal's character set
  std::signal(SIGPIPE, SIG_IGN);  // a daemon that hangs up is an error of the call
  try {
    return finish(answer(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quotecache: %s\n", error.what());
    return EX_SOFTWARE;
  }
}
