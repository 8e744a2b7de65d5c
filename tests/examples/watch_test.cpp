// The programs that listen print each change once, over a lost connection too.
#include <algorithm>
#include <csignal>
#include <set>

#include "examples/bed.hpp"
#include "examples/relay.hpp"

namespace quotecached::test {
namespace {

constexpr seconds kTick{130};  // until prices are others, and past what may be shown

struct Listener {
  std::string language;
  Words words;
  int interrupted;  // the exit status after Ctrl-C, -1 when it ends by the signal
  std::unique_ptr<Process> process{};
  std::unique_ptr<Relay> relay{};
};

std::vector<Listener> listeners() {
  std::vector<Listener> all;
  all.push_back({"C++", {built_program("example_watch").string()}, -1});
  if (is_there("python3"))
    all.push_back({"Python", {"python3", (kExamples / "python/watch.py").string()}, 0});
  if (is_there("node"))
    all.push_back({"JavaScript", {"node", (kExamples / "javascript/watch.mjs").string()}, -1});
  return all;
}

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

std::size_t count_of(const Listener& one, const std::string& slug) {
  const auto lines = lines_of(one.process->out());
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](auto& line) { return line.starts_with(slug + " "); }));
}

bool waits_until(std::vector<Listener>& all, const std::function<bool(Listener&)>& condition) {
  return wait_until([&] { return std::all_of(all.begin(), all.end(), condition); },
                    std::chrono::seconds(60));
}

bool says_last_id(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return head.find("\r\nlast-event-id: ") != std::string::npos;
}

}  // namespace

TEST_SUITE("examples: watch") {
  TEST_CASE("they print prices as they change, and go on where they were after a cut") {
    ExamplesBed bed;
    auto all = listeners();
    const TempDir dir;
    for (auto& one : all) {
      one.relay = std::make_unique<Relay>(port_of(bed.daemon->base_url()));
      auto words = one.words;
      words.insert(words.end(), {"bitcoin", "ethereum"});
      one.process = std::make_unique<Process>(
          Command{words, {{kServer, one.relay->address()}}}, dir.path(), one.language);
    }
    const auto has_both = [](std::size_t times) {
      return [times](Listener& one) {
        return count_of(one, "bitcoin") >= times && count_of(one, "ethereum") >= times;
      };
    };
    REQUIRE(waits_until(all, has_both(1)));
    bed.move(kTick);
    REQUIRE(waits_until(all, has_both(2)));
    for (auto& one : all) one.relay->cut();
    REQUIRE(waits_until(all, [](Listener& one) { return one.relay->heads().size() == 2; }));
    bed.move(kTick);
    REQUIRE(waits_until(all, has_both(3)));
    for (auto& one : all) {
      CAPTURE(one.language);
      CAPTURE(one.process->err());
      const auto lines = lines_of(one.process->out());
      CHECK(std::set<std::string>(lines.begin(), lines.end()).size() == lines.size());
      const auto heads = one.relay->heads();
      CHECK_FALSE(says_last_id(heads[0]));
      CHECK(says_last_id(heads[1]));
      one.process->signal(SIGINT);
      const auto status = one.process->wait();
      REQUIRE(status);
      CHECK(status->code == one.interrupted);
    }
  }

  TEST_CASE("a refusal ends them with one line; so does no name, and nobody there at the start") {
    const TempDir dir;
    write_file(dir / "tokens.toml", "[tokens.desk]\nsecret = \"desk-0123456789-abcdef\"\n");
    ExamplesBed bed({}, {"auth.mode=tokens", "auth.tokens_file=" + (dir / "tokens.toml").string()});
    for (auto& one : listeners()) {
      CAPTURE(one.language);
      CHECK(run_example(one.words, bed.daemon->base_url()).code == 64);
      auto words = one.words;
      words.push_back("bitcoin");
      const auto refused = run_example(words, bed.daemon->base_url());
      CHECK(refused.code == 1);
      CHECK(lines_of(refused.err).size() == 1);
      CHECK(refused.err.find("token") != std::string::npos);
      if (one.language == "C++") continue;  // the library waits for the daemon to come
      const auto nobody = run_example(words, nowhere());
      CHECK(nobody.code == 1);
      CHECK(lines_of(nobody.err).size() == 1);
      CHECK(nobody.err.find(nowhere().substr(7)) != std::string::npos);
    }
  }
}

}  // namespace quotecached::test
