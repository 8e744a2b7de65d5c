// The library against the real daemon and the simulated provider: every kind of error, failover
// while a daemon is killed, subscriptions over restarts.
#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "quotecache/client.hpp"
#include "support/daemon.hpp"
#include "support/sim.hpp"
#include "support/temp_dir.hpp"

namespace quotecache::test {
namespace {

using quotecached::test::Daemon;
using quotecached::test::Sim;
using std::chrono::milliseconds;
using std::chrono::seconds;

Daemon::Options settings_of(const Sim& sim, std::vector<std::string> more = {}) {
  std::vector<std::string> sets{"freshness.ttl_jitter=0", "upstream.failure_throttle=1s"};
  sets.insert(sets.end(), more.begin(), more.end());
  return {.base_url = sim.base_url(), .sets = std::move(sets), .toml = {}, .env = {}};
}

Client client_of(std::vector<std::string> servers, const std::string& token = "") {
  ClientOptions options;
  options.servers = std::move(servers);
  options.token = token;
  options.timeout = seconds(30);
  options.retries = 0;
  options.shortest_pause = milliseconds(50);
  auto client = Client::make(options);
  REQUIRE(client);
  return *std::move(client);
}

ErrorCode code_of(const Result<Quote>& quote) {
  REQUIRE_FALSE(quote);
  INFO(quote.error().message);
  return quote.error().code;
}

// What a subscriber makes of what it is told; checks that nothing is out of order.
class Picture {
 public:
  StreamHandler handler() {
    StreamHandler handler;
    handler.on_quote = [this](const Quote& quote) {
      const std::lock_guard lock(mutex_);
      Quote& row = rows_[quote.symbol];
      if (quote.fetched_at < row.fetched_at) is_out_of_order_ = true;
      row = quote;
      changed_.notify_all();
    };
    handler.on_state = [this](const StreamState& state) {
      const std::lock_guard lock(mutex_);
      connections_ += state.kind == StreamState::Kind::Connected ? 1 : 0;
      if (state.kind == StreamState::Kind::Ended) end_ = state.error.code;
      changed_.notify_all();
    };
    handler.on_lists = [this](const auto& missing, const auto&) {
      const std::lock_guard lock(mutex_);
      missing_ = missing.size();
      changed_.notify_all();
    };
    return handler;
  }
  template <class Condition>
  bool shows(const Condition& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(60), [&] { return condition(*this); });
  }

  std::map<std::string, Quote> rows_;
  int connections_ = 0;
  std::size_t missing_ = 0;
  bool is_out_of_order_ = false;
  std::optional<ErrorCode> end_;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

void move(Sim& sim, Daemon& daemon, seconds by) {
  sim.advance_clock(by);
  const auto body = "{\"advance\":\"" + std::to_string(by.count()) + "s\"}";
  REQUIRE(daemon.request("POST", "/admin/test/clock", body).status == 200);
}

}  // namespace

TEST_SUITE("sdk") {
  TEST_CASE("quotes by any name, over TCP and a Unix socket") {
    Sim sim;
    Daemon daemon(settings_of(sim));
    for (const auto& server : {daemon.base_url(), "unix:" + daemon.socket().string()}) {
      CAPTURE(server);
      const Client client = client_of({server});
      const auto one = client.quote(Asset::symbol("xrp"), "EUR");
      REQUIRE_MESSAGE(one, one.error().message);
      CHECK(one->id == 52);
      CHECK(one->convert == "EUR");
      CHECK(std::stod(one->price.text) == one->price.value);
      const auto all =
          client.quotes({{Asset::slug("ethereum"), Asset::id(1), Asset::id(99'999'999)},
                         {"USD", "EUR"},
                         {"volume_24h", "cmc_rank"}});
      REQUIRE(all);
      REQUIRE(all->rows.size() == 4);
      CHECK(all->rows[0].slug == "ethereum");
      CHECK(all->rows[1].convert == "EUR");
      CHECK(all->rows[2].id == 1);
      REQUIRE(all->rows[2].figure("cmc_rank") != nullptr);
      CHECK(all->rows[2].figure("cmc_rank")->value == 1);
      REQUIRE(all->missing.size() == 1);
      CHECK(all->missing[0].asked == "99999999");
      const auto raw = client.raw("/v2/cryptocurrency/quotes/latest?id=1");
      REQUIRE(raw);
      CHECK(raw->status == 200);
      CHECK(raw->content_type.starts_with("application/json"));
      CHECK(client.raw("/nonexistent")->status == 404);
      const auto whole = client.whole("/nonexistent");
      REQUIRE(whole);
      CHECK(whole->status == 404);
      CHECK(whole->head.starts_with("HTTP/1.1 404 Not Found\r\n"));
      CHECK(whole->head.ends_with("\r\n"));
      CHECK(whole->body == client.raw("/nonexistent")->body);
      const auto health = client.health();
      REQUIRE(health);
      CHECK(health->status == HealthStatus::Healthy);
      CHECK(health->checks.size() > 5);
      auto admin = client.admin();
      REQUIRE(admin);
      CHECK(admin->credits());
    }
  }

  TEST_CASE("every kind of error is the daemon's own") {
    Sim sim;
    Daemon daemon(settings_of(sim));
    const Client client = client_of({daemon.base_url()});
    CHECK(code_of(client.quote(Asset::symbol("NOSUCHCOIN"))) == ErrorCode::NotFound);
    CHECK(code_of(client.quote(Asset::id(1), "NOSUCHMONEY")) == ErrorCode::Invalid);
    sim.change_coin(R"({"id":1027,"symbol":"XRP"})");
    CHECK(code_of(client.quote(Asset::symbol("XRP"))) == ErrorCode::Ambiguous);
    sim.fault(R"({"kind":"status_5xx","count":-1})");
    CHECK(code_of(client.quote(Asset::id(74))) == ErrorCode::Unavailable);
    sim.clear_faults();
    Daemon spent(settings_of(sim, {"credits.per_day=1"}));
    const Client poor = client_of({spent.base_url()});
    REQUIRE(poor.quote(Asset::id(1)));
    CHECK(code_of(poor.quote(Asset::id(52))) == ErrorCode::BudgetExhausted);
    sim.fault(R"({"kind":"hang","count":-1})");
    Daemon slow(settings_of(sim, {"upstream.timeout=1s", "upstream.retries=0"}));
    const auto late = code_of(client_of({slow.base_url()}).quote(Asset::id(2)));
    CHECK((late == ErrorCode::Timeout || late == ErrorCode::Unavailable));
    sim.clear_faults();
    const Client nowhere = client_of({"unix:/nonexistent/quotecached.sock"});
    CHECK(code_of(nowhere.quote(Asset::id(1))) == ErrorCode::Unavailable);
    const Client elsewhere = client_of({sim.base_url()});
    CHECK(code_of(elsewhere.quote(Asset::id(1))) == ErrorCode::Protocol);
  }

  TEST_CASE("tokens: none, a wrong one, and one that has asked enough") {
    Sim sim;
    quotecached::test::TempDir dir;
    const std::string desk = "desk-0123456789-abcdef";
    const std::string limited = "slow-0123456789-abcdef";
    quotecached::test::write_file(dir / "tokens.toml",
                                  "[tokens.desk]\nsecret = \"" + desk +
                                      "\"\n[tokens.slow]\nsecret = \"" + limited +
                                      "\"\nrequests_per_minute = 1\n");
    Daemon daemon(settings_of(
        sim, {"auth.mode=tokens", "auth.tokens_file=" + (dir / "tokens.toml").string()}));
    CHECK(client_of({daemon.base_url()}, desk).quote(Asset::id(1)));
    CHECK(code_of(client_of({daemon.base_url()}).quote(Asset::id(1))) == ErrorCode::Unauthorized);
    CHECK(code_of(client_of({daemon.base_url()}, "wrong").quote(Asset::id(1))) ==
          ErrorCode::Unauthorized);
    const Client slow = client_of({daemon.base_url()}, limited);
    Result<Quote> quote = slow.quote(Asset::id(1));
    for (int call = 0; call < 5 && quote; ++call) quote = slow.quote(Asset::id(1));
    CHECK(code_of(quote) == ErrorCode::RateLimited);
    CHECK(quote.error().retry_after);
  }

  TEST_CASE("callers see no error while the first daemon is killed") {
    Sim sim;
    Daemon first(settings_of(sim));
    Daemon second(settings_of(sim));
    const Client client = client_of({first.base_url(), second.base_url()});
    std::atomic<bool> is_over{false};
    std::atomic<int> calls{0};
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int call = 0; !is_over; ++call) {
          const auto quote = client.quote(Asset::id(thread % 2 == 0 ? 1 : 1027));
          failures += quote ? 0 : 1;
          if (call % 4 == 0) failures += client.async_quotes({{Asset::id(52)}}).get() ? 0 : 1;
          ++calls;
        }
      });
    }
    while (calls < 100) std::this_thread::yield();
    first.kill9();
    const int at_kill = calls;
    while (calls < at_kill + 200) std::this_thread::yield();
    is_over = true;
    for (auto& thread : threads) thread.join();
    CHECK(failures == 0);
  }

  TEST_CASE("a subscription goes on over a restart, in order, up to the latest value") {
    Sim sim;
    Daemon daemon(settings_of(sim));
    const auto socket = "unix:" + daemon.socket().string();
    const Client client = client_of({socket});
    Picture picture;
    auto subscription = client.subscribe(
        {{Asset::slug("bitcoin"), Asset::slug("ethereum"), Asset::symbol("NOSUCHCOIN")}},
        picture.handler());
    REQUIRE(subscription);
    REQUIRE(picture.shows([](auto& p) { return p.rows_.size() == 2 && p.missing_ == 1; }));
    move(sim, daemon, seconds(130));
    const auto latest = [&] { return client.quote(Asset::slug("bitcoin"))->price.text; };
    std::string price = latest();
    CHECK(picture.shows([&](auto& p) { return p.rows_["BTC"].price.text == price; }));
    daemon.restart();
    REQUIRE(picture.shows([](auto& p) { return p.connections_ == 2; }));
    move(sim, daemon, seconds(600));
    price = latest();
    CHECK(picture.shows([&](auto& p) { return p.rows_["BTC"].price.text == price; }));
    daemon.kill9();
    daemon.start();
    REQUIRE(picture.shows([](auto& p) { return p.connections_ == 3; }));
    move(sim, daemon, seconds(1'200));
    price = latest();
    CHECK(picture.shows([&](auto& p) { return p.rows_["BTC"].price.text == price; }));
    subscription->end();
    CHECK_FALSE(picture.is_out_of_order_);
    CHECK_FALSE(picture.end_);
  }

  TEST_CASE("a subscription goes to another daemon, outlives its client, and ends in a callback") {
    Sim sim;
    Daemon first(settings_of(sim));
    Daemon second(settings_of(sim));
    Picture picture;
    std::optional<Client> client = client_of({first.base_url(), second.base_url()});
    auto subscription = client->subscribe({{Asset::id(1)}}, picture.handler());
    REQUIRE(subscription);
    client.reset();
    REQUIRE(picture.shows([](auto& p) { return p.rows_.size() == 1; }));
    first.kill9();
    CHECK(picture.shows([](auto& p) { return p.connections_ == 2; }));
    const Client other = client_of({second.base_url()});
    std::atomic<int> told{0};
    std::promise<void> done;
    std::optional<Subscription> own;
    std::promise<void> is_stored;
    auto stored = is_stored.get_future();
    StreamHandler handler{[&](const Quote&) {
      ++told;
      stored.wait();
      own.reset();
      done.set_value();
    }};
    auto ending = other.subscribe({{Asset::id(1), Asset::id(52)}}, handler);
    REQUIRE(ending);
    own.emplace(*std::move(ending));
    is_stored.set_value();
    done.get_future().wait();
    CHECK(told == 1);
  }

  TEST_CASE("a subscription tells what cannot be had, and why") {
    Sim sim;
    Daemon daemon(settings_of(sim));
    const Client client = client_of({daemon.base_url()});
    Ask ask{{Asset::id(1)}};
    ask.converts = {"NOSUCHMONEY"};
    Picture picture;
    std::promise<NotHad> told;
    std::atomic<bool> was_told{false};
    const auto subscription =
        client.subscribe(ask, picture.handler(), [&](const std::vector<NotHad>& unavailable) {
          if (!unavailable.empty() && !was_told.exchange(true)) told.set_value(unavailable.front());
        });
    REQUIRE(subscription);
    auto first = told.get_future();
    REQUIRE(first.wait_for(seconds(30)) == std::future_status::ready);
    const auto not_had = first.get();
    CHECK(not_had.asked == "1");
    CHECK(not_had.code == ErrorCode::Invalid);
  }

  TEST_CASE("a subscription that can never be ends, and says why") {
    Sim sim;
    quotecached::test::TempDir dir;
    quotecached::test::write_file(dir / "tokens.toml",
                                  "[tokens.desk]\nsecret = \"desk-0123456789-abcdef\"\n");
    Daemon daemon(settings_of(
        sim, {"auth.mode=tokens", "auth.tokens_file=" + (dir / "tokens.toml").string()}));
    const Client client = client_of({daemon.base_url()}, "wrong");
    Picture picture;
    const auto subscription = client.subscribe({{Asset::id(1)}}, picture.handler());
    REQUIRE(subscription);
    CHECK(picture.shows([](auto& p) { return p.end_ == ErrorCode::Unauthorized; }));
  }

  TEST_CASE("ten thousand assets in one call") {
    Sim sim;
    Daemon daemon(settings_of(sim));
    const Client client = client_of({daemon.base_url()});
    std::vector<Asset> assets;
    for (int id = 1; id <= 10'000; ++id) assets.push_back(Asset::id(id));
    const auto quotes = client.quotes(assets);
    REQUIRE_MESSAGE(quotes, quotes.error().message);
    CHECK(quotes->rows.size() + quotes->missing.size() + quotes->unavailable.size() == 10'000);
    CHECK(quotes->unavailable.empty());
    std::int64_t last = 0;
    for (const auto& row : quotes->rows) {
      CHECK(row.id > last);
      last = row.id;
    }
  }
}

}  // namespace quotecache::test
