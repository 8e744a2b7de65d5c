// The floor as a program, beside which scripts/bench measures the daemon: see load/floor.hpp.
#include "load/floor.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

using quotecached::load::Floor;

Floor* running = nullptr;  // what a signal stops

bool read_number(std::string_view text, std::size_t& into, std::size_t most) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size() && into <= most;
}

bool read_options(int argc, char** argv, Floor::Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name(argv[i]);
    std::size_t value = 0;
    if (!read_number(argv[i + 1], value, std::size_t{1} << 30U)) return false;
    if (name == "--body") {
      options.body = value;
    } else if (name == "--total") {
      options.total = value;
    } else if (name == "--pieces" && value >= 1 && value <= Floor::kMostPieces) {
      options.pieces = value;
    } else if (name == "--port" && value <= 65535) {
      options.port = static_cast<std::uint16_t>(value);
    } else {
      return false;
    }
  }
  return argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Floor::Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: floor [--body BYTES | --total BYTES] [--pieces K] [--port PORT]\n");
    return 64;
  }
  const auto floor = Floor::open(options);
  if (!floor) {
    std::fprintf(stderr, "floor: %s\n", floor.error().message.c_str());
    return 1;
  }
  running = floor->get();
  struct sigaction stop{};
  stop.sa_handler = [](int) { running->stop(); };
  sigaction(SIGTERM, &stop, nullptr);
  sigaction(SIGINT, &stop, nullptr);
  std::printf("listening 127.0.0.1:%u\n", unsigned{running->port()});
  std::fflush(stdout);
  if (running->run()) return 0;
  std::perror("floor");
  return 1;
}
