// The client over real sockets, against servers that say what the test tells them to.
#include "quotecache/client.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "client/answering_server.hpp"
#include "quotecache/throwing.hpp"
#include "support/address.hpp"

namespace quotecache::test {
namespace {

using quotecached::test::ReservedPort;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string row_text(int id, const std::string& price = "1.50") {
  return "{\"id\":" + std::to_string(id) +
         R"(,"symbol":"S","name":"N","slug":"s","convert":"USD","price":)" + price +
         R"(,"last_updated":null,"fetched_at":"2026-11-29T10:00:41.120Z","age":1,"stale":false})";
}

std::string rows_text(const std::string& rows) {
  return "{\"quotes\":[" + rows + "],\"missing\":[],\"ambiguous\":[],\"next\":null}";
}

Reply one_row(const std::string&) { return {200, rows_text(row_text(1))}; }

Client client_of(std::vector<std::string> servers, int retries = 0) {
  ClientOptions options;
  options.servers = std::move(servers);
  options.retries = retries;
  options.timeout = seconds(20);
  options.shortest_pause = milliseconds(1);
  auto client = Client::make(options);
  REQUIRE(client);
  return *std::move(client);
}

// Holds answers back until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(20), [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

template <class Condition>
bool comes_true(const Condition& condition) {
  const auto until = std::chrono::steady_clock::now() + seconds(20);
  while (!condition() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(milliseconds(2));
  return condition();
}

}  // namespace

TEST_SUITE("client::Client") {
  TEST_CASE("proxies in the environment are not used") {
    REQUIRE(::setenv("http_proxy", "http://127.0.0.1:9", 1) == 0);
    REQUIRE(::setenv("all_proxy", "http://127.0.0.1:9", 1) == 0);
    const AnsweringServer server(one_row);
    const Client client = client_of({server.address()});
    CHECK(client.quote(Asset::id(1)));
    REQUIRE(::unsetenv("http_proxy") == 0);
    REQUIRE(::unsetenv("all_proxy") == 0);
  }

  TEST_CASE("every way to fail has its own code") {
    struct Row {
      const char* name;
      Reply reply;
      ErrorCode code;
    };
    const auto problem = [](const char* code) {
      return std::string(R"({"title":"x","detail":"why","field":"ids","code":")") + code + "\"}";
    };
    const std::string names = R"({"quotes":[],"missing":[],"ambiguous":[],)";
    const std::vector<Row> rows{
        {"missing",
         {200, R"({"quotes":[],"missing":[{"asked":"1","by":"id"}],"ambiguous":[]})"},
         ErrorCode::NotFound},
        {"ambiguous",
         {200,
          R"({"quotes":[],"missing":[],"ambiguous":[{"asked":"1","by":"id","candidates":[]}]})"},
         ErrorCode::Ambiguous},
        {"not had",
         {200, names + R"("unavailable":[{"asked":"1","by":"id","code":"budget_exhausted"}]})"},
         ErrorCode::BudgetExhausted},
        {"nothing", {200, names + R"("next":null})"}, ErrorCode::Protocol},
        {"no token", {401, problem("unauthorized")}, ErrorCode::Unauthorized},
        {"not allowed", {403, ""}, ErrorCode::Unauthorized},
        {"no such path", {404, problem("not_found")}, ErrorCode::Protocol},
        {"too often",
         {429, problem("rate_limited"), "Retry-After: 90\r\n"},
         ErrorCode::RateLimited},
        {"spent",
         {429, problem("budget_exhausted"), "Retry-After: 90\r\n"},
         ErrorCode::BudgetExhausted},
        {"down", {503, problem("unavailable"), "Retry-After: 90\r\n"}, ErrorCode::Unavailable},
        {"slow", {504, problem("timeout")}, ErrorCode::Timeout},
        {"wrong", {400, problem("invalid")}, ErrorCode::Invalid},
        {"another server", {400, "<html>"}, ErrorCode::Protocol},
        {"elsewhere", {302, "", "Location: http://127.0.0.1:1/\r\n"}, ErrorCode::Protocol},
        {"no JSON", {200, "<html>"}, ErrorCode::Protocol},
        {"no HTTP", {200, "SSH-2.0-x\r\n", "", true}, ErrorCode::Protocol},
        {"hung up", {200, "", "", true}, ErrorCode::Unavailable},
    };
    for (const auto& one : rows) {
      CAPTURE(one.name);
      const AnsweringServer server([&](const std::string&) { return one.reply; });
      const Client client = client_of({server.address()});
      const auto quote = client.quote(Asset::id(1));
      REQUIRE_FALSE(quote);
      CHECK_MESSAGE(quote.error().code == one.code, quote.error().message);
      const bool says_when = one.reply.fields.starts_with("Retry-After");
      CHECK(quote.error().retry_after.has_value() == says_when);
      if (one.code == ErrorCode::Invalid) CHECK(quote.error().field == "ids");
      const auto later = client.async_quotes({{Asset::id(1)}}).get();
      if (one.reply.status != 200) CHECK(later.error().code == one.code);
      CHECK_THROWS_AS((void)throwing::value_of(client.quote(Asset::id(1))), throwing::Failure);
    }
  }

  TEST_CASE("options and asks that cannot be used are Invalid") {
    const auto code_of = [](const auto& change) {
      ClientOptions options;
      change(options);
      const auto client = Client::make(options);
      return client ? ErrorCode::Conflict : client.error().code;
    };
    CHECK(code_of([](auto& options) { options.servers.clear(); }) == ErrorCode::Invalid);
    CHECK(code_of([](auto& options) { options.servers = {"ftp://x"}; }) == ErrorCode::Invalid);
    CHECK(code_of([](auto& options) { options.token = "a b"; }) == ErrorCode::Invalid);
    CHECK(code_of([](auto& options) { options.timeout = seconds(0); }) == ErrorCode::Invalid);
    CHECK(code_of([](auto& options) { options.max_connections = 0; }) == ErrorCode::Invalid);
    CHECK(code_of([](auto& options) { options.retries = -1; }) == ErrorCode::Invalid);
    CHECK(code_of([](auto& options) {
            options.servers = {"http://quotes.example"};
            options.token = "t";
          }) == ErrorCode::Invalid);
    const Client client = client_of({"http://127.0.0.1:1"});
    CHECK(client.quotes(Ask{}).error().code == ErrorCode::Invalid);
    CHECK(client.async_quotes(Ask{}).get().error().code == ErrorCode::Invalid);
    CHECK(client.subscribe({{Asset::id(1)}}, {}).error().code == ErrorCode::Invalid);
    CHECK(client.subscribe({}, {[](const Quote&) {}}).error().code == ErrorCode::Invalid);
    CHECK(client.raw("no").error().code == ErrorCode::Invalid);
    CHECK(client.raw("/a b").error().code == ErrorCode::Invalid);
    CHECK(client.raw("/a#b").error().code == ErrorCode::Invalid);
    CHECK(client.admin(1).error().code == ErrorCode::Invalid);
    CHECK(client.admin());
  }

  TEST_CASE("another daemon answers for one that is not there, or fails, and nobody notices") {
    const ReservedPort port;
    const AnsweringServer failing([](const std::string&) { return Reply{503, "{}"}; });
    const AnsweringServer cutting([](const std::string&) {
      return Reply{200, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{", "", true};
    });
    const AnsweringServer good(&one_row);
    const Client client = client_of({"http://127.0.0.1:" + std::to_string(port.number()),
                                     "unix:/nonexistent/quotecached.sock",
                                     failing.address(),
                                     cutting.address(),
                                     good.address()});
    CHECK(client.quote(Asset::id(1)));
    CHECK(client.async_quotes({{Asset::id(1)}}).get());
    CHECK(client.raw("/v1/x")->status == 200);
  }

  TEST_CASE("a path is sent as it is given, and a form after it as one") {
    std::string seen;
    const AnsweringServer server([&](const std::string& request) {
      seen = request.substr(0, request.find(" HTTP"));
      return one_row(request);
    });
    const Client client = client_of({server.address()});
    CHECK(client.raw("/v1/../x/./y?a=%2F&b=1"));
    CHECK(seen == "GET /v1/../x/./y?a=%2F&b=1");
    std::vector<Asset> assets;
    for (int id = 1; id < 2'000; ++id) assets.push_back(Asset::id(id));
    CHECK(client.quotes(assets));
    CHECK(seen == "POST /quotes");
    CHECK(client.quote(Asset::id(1)));
    CHECK(seen == "GET /quotes?ids=1&convert=USD&fields=price");
  }

  TEST_CASE("a whole answer is one of any status, asked for where the provider's key goes") {
    std::string head;
    const AnsweringServer server([&head](const std::string& request) {
      head = request;
      return Reply{503, R"({"status":"fail","version":"1","checks":{}})"};
    });
    ClientOptions options;
    options.servers = {server.address()};
    options.token = "a-token";
    const auto client = Client::make(options);
    REQUIRE(client);
    const auto answer = client->whole("/v1/x");
    REQUIRE(answer);
    CHECK(answer->status == 503);
    CHECK(answer->head.starts_with("HTTP/1.1 503 "));
    CHECK(head.find("\r\nX-CMC_PRO_API_KEY: a-token\r\n") != std::string::npos);
    const auto health = client->health();
    REQUIRE(health);
    CHECK(health->status == HealthStatus::Unhealthy);
    CHECK(head.starts_with("GET /health?verbose=true HTTP/1.1\r\n"));
    CHECK_FALSE(client->raw("/v1/x"));
  }

  TEST_CASE("a daemon that hangs is given up for the next") {
    Gate gate;
    const AnsweringServer hanging([&](const std::string& request) {
      gate.pass();
      return one_row(request);
    });
    const AnsweringServer good(&one_row);
    ClientOptions options;
    options.servers = {hanging.address(), good.address()};
    options.attempt_timeout = milliseconds(50);
    const auto client = Client::make(options);
    REQUIRE(client);
    CHECK(client->quote(Asset::id(1)));
    gate.open();
    options.servers = {hanging.address()};
  }

  TEST_CASE("a call is begun anew, but no storm comes of it") {
    std::atomic<int> count{0};
    const AnsweringServer server([&](const std::string& request) {
      return ++count < 3 ? Reply{503, "{}"} : one_row(request);
    });
    CHECK(client_of({server.address()}, 2).quote(Asset::id(1)));
    CHECK(count == 3);
    const AnsweringServer down([](const std::string&) { return Reply{503, "{}"}; });
    const Client client = client_of({down.address()}, 2);
    for (int call = 0; call < 200; ++call) CHECK_FALSE(client.quote(Asset::id(1)));
    CHECK(down.requests() <= 200 + 10 + 20);
  }

  TEST_CASE("threads that ask the same at the same time share one request") {
    Gate gate;
    const AnsweringServer server([&](const std::string& request) {
      gate.pass();
      return one_row(request);
    });
    const Client client = client_of({server.address()});
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    std::vector<std::future<Result<Quotes>>> futures;
    threads.emplace_back([&] { good += client.quote(Asset::id(1)) ? 1 : 0; });
    REQUIRE(comes_true([&] { return server.requests() == 1; }));
    for (int at = 0; at < 7; ++at)
      threads.emplace_back([&] { good += client.quote(Asset::id(1)) ? 1 : 0; });
    for (int at = 0; at < 8; ++at) futures.push_back(client.async_quotes({{Asset::id(1)}}));
    std::this_thread::sleep_for(milliseconds(50));  // none of them asks by then
    CHECK(server.requests() == 1);
    gate.open();
    for (auto& thread : threads) thread.join();
    for (auto& future : futures) CHECK(future.get());
    CHECK(good == 8);
    CHECK(server.requests() <= 3);
  }

  TEST_CASE("sixteen threads on one client, with as many connections as allowed") {
    const AnsweringServer server([](const std::string& request) {
      const auto at = request.find("ids=") + 4;
      return Reply{200, rows_text(row_text(std::stoi(request.substr(at, 6))))};
    });
    ClientOptions options;
    options.servers = {server.address()};
    options.max_connections = 4;
    options.timeout = seconds(60);
    const auto client = Client::make(options);
    REQUIRE(client);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 16; ++thread) {
      threads.emplace_back([&, thread] {
        for (int call = 0; call < 50; ++call) {
          const int id = 1 + (thread * 7 + call) % 40;
          const auto quote = client->quote(Asset::id(id));
          good += quote && quote->id == id ? 1 : 0;
        }
        auto future = client->async_quotes({{Asset::id(thread + 1)}});
        const auto quotes = future.get();
        good += quotes && quotes->rows.front().id == thread + 1 ? 1 : 0;
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(good == 16 * 51);
    CHECK(server.connections() <= 8);  // four for calls that block, four for the others
  }

  TEST_CASE("an ask that is cut is put together again, and fails as one") {
    std::atomic<bool> is_failing{false};
    const AnsweringServer server([&](const std::string& request) {
      const auto at = request.rfind("ids=") + 4;
      std::string rows;
      for (std::size_t begin = at; begin < request.size();) {
        const auto end = std::min(request.find_first_of(",&", begin), request.size());
        if (!rows.empty()) rows += ',';
        rows += row_text(std::stoi(request.substr(begin, end - begin)));
        if (end == request.size() || request[end] == '&') break;
        begin = end + 1;
      }
      if (is_failing && request.find("ids=1,") == std::string::npos) return Reply{400, "{}"};
      return Reply{200, rows_text(rows)};
    });
    const Client client = client_of({server.address()});
    std::vector<Asset> assets;
    for (int id = 25'000; id > 0; --id) assets.push_back(Asset::id(id));
    const auto quotes = client.quotes(assets);
    REQUIRE_MESSAGE(quotes, quotes.error().message);
    REQUIRE(quotes->rows.size() == assets.size());
    CHECK(quotes->rows.front().id == 25'000);
    CHECK(quotes->rows.back().id == 1);
    CHECK(server.requests() == 3);
    is_failing = true;
    CHECK_FALSE(client.quotes(assets));
  }

  TEST_CASE("callbacks may ask the same client") {
    const AnsweringServer server(&one_row);
    const Client client = client_of({server.address()});
    std::promise<bool> answered;
    client.async_quotes({{Asset::id(1)}}, [&](Result<Quotes> first) {
      answered.set_value(first && client.quote(Asset::id(1)));
    });
    CHECK(answered.get_future().get());
  }

  TEST_CASE("a client that is closed ends what is under way") {
    Gate gate;
    const AnsweringServer server([&](const std::string& request) {
      gate.pass();
      return one_row(request);
    });
    std::future<Result<Quotes>> future;
    {
      const Client client = client_of({server.address()});
      future = client.async_quotes({{Asset::id(1)}});
      REQUIRE(comes_true([&] { return server.requests() == 1; }));
    }
    CHECK(future.get().error().code == ErrorCode::Unavailable);
    gate.open();
  }

  TEST_CASE("the time of a call is over for all its tries together") {
    Gate gate;
    const AnsweringServer server([&](const std::string& request) {
      gate.pass();
      return one_row(request);
    });
    ClientOptions options;
    options.servers = {server.address()};
    options.timeout = milliseconds(100);
    const auto client = Client::make(options);
    CHECK(client->quote(Asset::id(1)).error().code == ErrorCode::Timeout);
    CHECK(client->async_quotes({{Asset::id(1)}}).get().error().code == ErrorCode::Timeout);
    gate.open();
  }
}

}  // namespace quotecache::test
