// Alerts to a real web server and real programs.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>
#include <openssl/hmac.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>

#include "alert/command.hpp"
#include "alert/notifier.hpp"
#include "alert/webhook.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"
#include "support/webhook.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using alert::Command;
using alert::Notifier;
using alert::Outbox;
using test::read_file;
using test::TempDir;
namespace asio = boost::asio;

namespace {

const std::string kSecret = "a secret of the webhook's";

class SetClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override {
    return TimePoint(std::chrono::sys_days(std::chrono::year_month_day(std::chrono::year(2026),
                                                                       std::chrono::month(11),
                                                                       std::chrono::day(21)))
                         .time_since_epoch());
  }
};

alert::Alert alert_saying(std::string message) {
  alert::Alert alert;
  alert.kind = alert::AlertKind::Window;
  alert.level = alert::AlertLevel::Critical;
  alert.subject = "month";
  alert.message = std::move(message);
  return alert;
}

// Tries often, so that a test need not wait.
Outbox::Options quick() {
  Outbox::Options options;
  options.first_pause = 20ms;
  options.last_pause = 100ms;
  options.max_tries = 1000;
  return options;
}

// A notifier on a loop of its own, driven step by step.
struct Bed {
  Bed()
      : out(std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines))),
        notifier(loop.get_executor(), Log(out, Log::Format::Text)) {}
  ~Bed() { stop(); }

  void add_webhook(const std::string& url, Outbox::Options options, milliseconds timeout = 10s) {
    alert::Webhook::Options webhook;
    webhook.url = url;
    webhook.secret = kSecret;
    webhook.timeout = timeout;
    auto made = alert::Webhook::make(loop.get_executor(), webhook, clock);
    REQUIRE(made);
    notifier.add(std::move(*made), options);
  }
  void add_command(std::vector<std::string> arguments,
                   milliseconds limit = 10s,
                   milliseconds grace = 2s) {
    Command::Options options{std::move(arguments), limit, grace};
    auto made = Command::make(loop.get_executor(), std::move(options), clock);
    REQUIRE(made);
    notifier.add(std::move(*made), alert::once());
  }

  void run_until(const std::function<bool()>& is_done, milliseconds limit = 20s) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    loop.restart();
    while (!is_done() && std::chrono::steady_clock::now() < deadline) {
      const auto turn = std::chrono::steady_clock::now() + 20ms;
      loop.run_one_until(std::min(turn, deadline));
      if (loop.stopped()) loop.restart();
    }
    REQUIRE(is_done());
  }
  void run_until_idle() {
    run_until([this] {
      const auto counts = notifier.counts();
      return std::ranges::all_of(counts, [](const auto& count) { return count.queued == 0; });
    });
  }
  void stop(milliseconds limit = 0ms) {
    bool is_stopped = false;
    asio::co_spawn(
        loop, notifier.stop(limit), [&](const std::exception_ptr&) { is_stopped = true; });
    run_until([&] { return is_stopped; });
  }

  [[nodiscard]] Outbox::Counts counts() const { return notifier.counts().at(0); }
  [[nodiscard]] std::string log() const { return lines.str(); }

  SetClock clock;
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> out;
  asio::io_context loop;
  Notifier notifier;
};

// As the documentation tells a receiver to do it.
bool is_signed(const test::Webhook::Post& post) {
  const auto found = post.headers.find("quotecached-signature");
  if (found == post.headers.end()) return false;
  const auto comma = found->second.find(",v1=");
  if (!found->second.starts_with("t=") || comma == std::string::npos) return false;
  const std::string text = found->second.substr(2, comma - 2) + "." + post.body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(),
       kSecret.data(),
       static_cast<int>(kSecret.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       digest,
       &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4U];
    hex += "0123456789abcdef"[digest[i] & 15U];
  }
  return found->second.substr(comma + 4) == hex;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool is_running(const std::string& pid) { return ::kill(std::stoi(pid), 0) == 0; }

}  // namespace

TEST_SUITE("alert::Webhook") {
  TEST_CASE("an alert is posted as JSON, signed, with an id and without any key") {
    test::Webhook server;
    Bed bed;
    bed.add_webhook(server.url("/hooks/T0/secret-path?channel=ops"), quick());
    bed.notifier.tell(alert_saying("91 % are spent"));
    bed.run_until_idle();
    const auto posts = server.posts();
    REQUIRE(posts.size() == 1);
    CHECK(posts[0].target == "/hooks/T0/secret-path?channel=ops");
    CHECK(posts[0].headers.at("content-type") == "application/json");
    CHECK(posts[0].headers.at("quotecached-signature").starts_with("t=1795219200,v1="));
    CHECK(is_signed(posts[0]));
    CHECK(posts[0].headers.at("idempotency-key").size() == 32);
    CHECK_FALSE(posts[0].headers.contains("x-cmc_pro_api_key"));
    CHECK(holds(posts[0].body, R"("source":"quotecached")"));
    CHECK(holds(posts[0].body, R"("message":"91 % are spent")"));
    CHECK(holds(posts[0].body, posts[0].headers.at("idempotency-key")));
    CHECK(bed.counts().sent == 1);
    CHECK_FALSE(holds(bed.log(), "secret-path"));
  }

  TEST_CASE("without a secret nothing is signed") {
    test::Webhook server;
    Bed bed;
    alert::Webhook::Options options;
    options.url = server.url("");
    auto made = alert::Webhook::make(bed.loop.get_executor(), options, bed.clock);
    REQUIRE(made);
    bed.notifier.add(std::move(*made), quick());
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    REQUIRE(server.posts().size() == 1);
    CHECK_FALSE(server.posts()[0].headers.contains("quotecached-signature"));
    CHECK(server.posts()[0].target == "/");
  }

  TEST_CASE("what a webhook that is down missed is posted when it is back, in order, once") {
    test::Webhook server;
    Bed bed;
    bed.add_webhook(server.url(), quick());
    server.stop();
    for (const char* text : {"first", "second", "third"}) bed.notifier.tell(alert_saying(text));
    bed.run_until([&] { return bed.counts().failed >= 3; });
    CHECK(bed.counts().sent == 0);
    server.start();
    bed.run_until_idle();
    const auto posts = server.posts();
    REQUIRE(posts.size() == 3);
    CHECK(holds(posts[0].body, "first"));
    CHECK(holds(posts[1].body, "second"));
    CHECK(holds(posts[2].body, "third"));
    CHECK(bed.counts().dropped == 0);
  }

  TEST_CASE("only 2xx is delivered, and every try carries the same id") {
    for (const int status : {301, 404, 410, 429, 500, 503}) {
      CAPTURE(status);
      test::Webhook server;
      Bed bed;
      bed.add_webhook(server.url(), quick());
      server.answer_with(status);
      bed.notifier.tell(alert_saying("a"));
      bed.run_until([&] { return bed.counts().failed >= 2; });
      server.answer_with(200);
      bed.run_until_idle();
      const auto posts = server.posts();
      REQUIRE(posts.size() >= 3);
      CHECK(posts.front().headers.at("idempotency-key") ==
            posts.back().headers.at("idempotency-key"));
      CHECK(bed.counts().sent == 1);
      CHECK(holds(bed.log(), "it answered " + std::to_string(status)));
    }
  }

  TEST_CASE("a webhook that hangs delays neither the caller nor another sink") {
    test::Webhook hanging;
    test::Webhook fine;
    hanging.answer_with(0);
    Bed bed;
    bed.add_webhook(hanging.url(), quick());
    bed.add_webhook(fine.url(), quick());
    const auto before = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) bed.notifier.tell(alert_saying("a"));
    CHECK(std::chrono::steady_clock::now() - before < 500ms);
    bed.run_until([&] { return fine.posts().size() == 50; });
    CHECK(bed.counts().sent == 0);
    CHECK(bed.counts().queued == 50);
  }

  TEST_CASE("a webhook that hangs is given up after its time limit, and tried again") {
    test::Webhook server;
    server.answer_with(0);
    Bed bed;
    bed.add_webhook(server.url(), quick(), 100ms);
    bed.notifier.tell(alert_saying("a"));
    bed.run_until([&] { return bed.counts().failed >= 2; });
    server.answer_with(204);
    bed.run_until_idle();
    CHECK(bed.counts().sent == 1);
  }

  TEST_CASE("the queue is bounded, and what did not fit is counted and logged") {
    test::Webhook server;
    server.stop();
    Bed bed;
    Outbox::Options options = quick();
    options.max_queued = 100;
    bed.add_webhook(server.url(), options);
    for (int i = 0; i < 130; ++i)
      bed.notifier.tell(alert_saying("number " + std::to_string(i) + "."));
    CHECK(bed.counts().queued == 100);
    CHECK(bed.counts().dropped == 30);
    CHECK(holds(bed.log(), "alert dropped"));
    server.start();
    bed.run_until_idle();
    const auto posts = server.posts();
    REQUIRE(posts.size() == 100);
    CHECK(holds(posts[0].body, "number 0."));
    CHECK(holds(posts[1].body, "number 31."));
    CHECK(holds(posts[99].body, "number 129."));
  }

  TEST_CASE("stopping delivers what it can within its limit, and says what it gives up") {
    test::Webhook server;
    Bed bed;
    bed.add_webhook(server.url(), quick());
    bed.notifier.tell(alert_saying("a"));
    bed.stop(5s);
    CHECK(server.posts().size() == 1);

    server.answer_with(0);
    Bed other;
    other.add_webhook(server.url(), quick());
    other.notifier.tell(alert_saying("a"));
    const auto before = std::chrono::steady_clock::now();
    other.stop(100ms);
    CHECK(std::chrono::steady_clock::now() - before < 3s);
    CHECK(other.counts().dropped == 1);
    CHECK(other.counts().queued == 0);
  }

  TEST_CASE("URLs that are not safe are refused at the start") {
    for (const char* url : {"",
                            "hooks.example.com/x",
                            "http://hooks.example.com/x",
                            "ftp://127.0.0.1/x",
                            "https://name:secret@hooks.example.com/x",
                            "https://hooks.example.com/x#part",
                            "https://hooks.example.com/a b"}) {
      CAPTURE(url);
      Bed bed;
      alert::Webhook::Options options;
      options.url = url;
      const auto made = alert::Webhook::make(bed.loop.get_executor(), options, bed.clock);
      REQUIRE_FALSE(made);
      CHECK(made.error().code == ErrorCode::Invalid);
      CHECK_FALSE(holds(made.error().message, "secret"));
    }
  }
}

TEST_SUITE("alert::Command") {
  TEST_CASE("a program gets the alert as JSON on its input") {
    const TempDir dir;
    Bed bed;
    bed.add_command({"/usr/bin/tee", (dir / "alert.json").string()});
    bed.notifier.tell(alert_saying("91 % are spent"));
    bed.run_until_idle();
    CHECK(bed.counts().sent == 1);
    const std::string text = read_file(dir / "alert.json");
    CHECK(text.starts_with(R"({"source":"quotecached",)"));
    CHECK(text.ends_with("}\n"));
    CHECK(holds(text, R"("message":"91 % are spent")"));
  }

  TEST_CASE("no shell reads the arguments, and the environment holds the alert but no secret") {
    const TempDir dir;
    const std::string file = (dir / "out").string();
    ::setenv("QUOTECACHED_UPSTREAM__API_KEY", "very-secret", 1);
    Bed bed;
    bed.add_command({"sh", "-c", "{ echo \"$1\"; env; } > \"$0\"", file, "$(id); rm *"});
    bed.notifier.tell(alert_saying("$(touch pwned); \"quoted\"\nline"));
    bed.run_until_idle();
    ::unsetenv("QUOTECACHED_UPSTREAM__API_KEY");
    const std::string text = read_file(file);
    CHECK(text.starts_with("$(id); rm *\n"));
    CHECK(holds(text, "QUOTECACHED_ALERT_KIND=window\n"));
    CHECK(holds(text, "QUOTECACHED_ALERT_LEVEL=critical\n"));
    CHECK(holds(text, "QUOTECACHED_ALERT_SUBJECT=month\n"));
    CHECK(holds(text, "QUOTECACHED_ALERT_STATE=raised\n"));
    CHECK(holds(text, "QUOTECACHED_ALERT_MESSAGE=$(touch pwned); \"quoted\"\nline\n"));
    CHECK(holds(text, "PATH="));
    CHECK_FALSE(holds(text, "very-secret"));
  }

  TEST_CASE("a program inherits no descriptor of the daemon's and no ignored signal") {
    const TempDir dir;
    const std::string file = (dir / "out").string();
    asio::io_context other;
    asio::ip::tcp::acceptor listener(other, {asio::ip::address_v4::loopback(), 0});
    const auto socket =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(listener.native_handle()));
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    Bed bed;
    bed.add_command(
        {"sh", "-c", "ls -l /proc/$$/fd > \"$0\"; grep SigIgn /proc/$$/status >> \"$0\"", file});
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    std::signal(SIGPIPE, before);
    const std::string text = read_file(file);
    CAPTURE(text);
    CHECK(holds(text, "0 -> /memfd:alert"));
    CHECK(holds(text, "1 -> "));
    CHECK_FALSE(holds(text, socket.string()));
    const auto ignored = text.find("SigIgn:\t");
    REQUIRE(ignored != std::string::npos);
    const auto mask = std::stoull(text.substr(ignored + 8), nullptr, 16);
    CHECK((mask & 0x7fffffffU) == 0);  // but for two of the C library's own
  }

  TEST_CASE("a program that reads nothing is no trouble") {
    Bed bed;
    bed.add_command({"/bin/true"});
    for (int i = 0; i < 20; ++i) bed.notifier.tell(alert_saying(std::string(4000, 'x')));
    bed.run_until_idle();
    CHECK(bed.counts().sent == 20);
  }

  TEST_CASE("a program that fails is logged and not run again") {
    struct Row {
      const char* name;
      std::vector<std::string> arguments;
      const char* logged;
    };
    const TempDir dir;
    const Row rows[] = {
        {"exit status",
         {"sh", "-c", "echo ran >> \"$0\"; exit 3", (dir / "runs").string()},
         "exit status 3"},
        {"a signal", {"sh", "-c", "kill -9 $$"}, "ended by signal 9"},
        {"missing", {"/nowhere/program"}, "cannot be started: No such file or directory"},
        {"not executable", {"/etc/passwd"}, "cannot be started: Permission denied"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      Bed bed;
      bed.add_command(row.arguments);
      bed.notifier.tell(alert_saying("a"));
      bed.run_until_idle();
      CHECK(bed.counts().failed == 1);
      CHECK(bed.counts().dropped == 1);
      CHECK(holds(bed.log(), row.logged));
    }
    CHECK(read_file(dir / "runs") == "ran\n");
  }

  TEST_CASE("a program that hangs is ended, and the next alert gets its turn") {
    const TempDir dir;
    const std::string file = (dir / "pids").string();
    Bed bed;
    bed.add_command({"sh", "-c", "echo $$ >> \"$0\"; exec sleep 600", file}, 1s, 2s);
    bed.notifier.tell(alert_saying("a"));
    bed.notifier.tell(alert_saying("b"));
    bed.run_until_idle();
    CHECK(bed.counts().failed == 2);
    CHECK(holds(bed.log(), "ended after 1000 ms"));
    std::istringstream pids(read_file(file));
    std::string first;
    std::string second;
    REQUIRE((pids >> first >> second));
    CHECK_FALSE(is_running(first));
    CHECK_FALSE(is_running(second));
  }

  TEST_CASE("one that does not listen to SIGTERM is killed with the programs it started") {
    const TempDir dir;
    const std::string file = (dir / "pids").string();
    Bed bed;
    bed.add_command({"sh",
                     "-c",
                     "trap '' TERM; echo $$ > \"$0\"; sh -c 'echo $$ >> \"$0\"; sleep 600' \"$0\"",
                     file},
                    1500ms,
                    500ms);
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    CHECK(bed.counts().failed == 1);
    std::istringstream pids(read_file(file));
    std::string parent;
    std::string child;
    REQUIRE((pids >> parent >> child));
    CHECK(test::wait_until([&] { return !is_running(parent); }));
    CHECK(test::wait_until([&] {  // an orphan is reaped by whoever adopts it
      return !is_running(child) || holds(read_file("/proc/" + child + "/status"), "Z (zombie)");
    }));
  }

  TEST_CASE("stopping ends a program that runs") {
    const TempDir dir;
    const std::string file = (dir / "pid").string();
    Bed bed;
    bed.add_command({"sh", "-c", "echo $$ > \"$0\"; exec sleep 600", file});
    bed.notifier.tell(alert_saying("a"));
    bed.run_until([&] { return read_file(file).ends_with('\n'); });
    bed.stop(50ms);
    std::string pid = read_file(file);
    pid.pop_back();
    CHECK(test::wait_until([&] {
      return !is_running(pid) || holds(read_file("/proc/" + pid + "/status"), "Z (zombie)");
    }));
    CHECK(bed.counts().dropped == 1);
  }

  TEST_CASE("nothing is left open, nor any dead child") {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) continue;  // of other tests
    Bed bed;
    bed.add_command({"/bin/true"});
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 10; ++i) bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    CHECK(open_descriptors() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // there is no child, living or dead
  }
}

TEST_SUITE("alert::Notifier") {
  TEST_CASE("every alert is logged, as loud as it is") {
    Bed bed;
    alert::Alert told = alert_saying("91 % are spent");
    bed.notifier.tell(told);
    CHECK(holds(bed.log(), "error alert kind=window level=critical subject=month state=raised"));
    CHECK(holds(bed.log(), "message=\"91 % are spent\""));
    told.level = alert::AlertLevel::Warning;
    bed.notifier.tell(told);
    CHECK(holds(bed.log(), "warning alert kind=window level=warning"));
    told.is_recovery = true;
    bed.notifier.tell(told);
    CHECK(holds(bed.log(), "info alert kind=window level=warning subject=month state=recovered"));
  }
}
