// A second provider, in a dialect of its own, served by the same catalogue, book, refill and proxy.
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "proxy/proxy.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "scripted_upstream.hpp"
#include "toy_provider.hpp"
#include "upstream/client.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
namespace asio = boost::asio;
using ledger::Closure;
using test::Reply;
using test::ScriptedUpstream;

namespace {

constexpr std::string_view kToken = "toy-secret";

// The coins a call asks for.
std::vector<std::string> coins_of(std::string target) {
  target = target.substr(target.find("coins=") + 6);
  target = target.substr(0, target.find('&'));
  for (auto at = target.find("%2C"); at != std::string::npos; at = target.find("%2C"))
    target.replace(at, 3, ",");
  std::vector<std::string> coins(1);
  for (const char c : target) {
    if (c == ',') {
      coins.emplace_back();
    } else {
      coins.back() += c;
    }
  }
  return coins;
}

Reply toys(const std::string& target) {
  const auto coins = coins_of(target);
  std::string rows;
  for (const auto& coin : coins) {
    if (!rows.empty()) rows += ',';
    rows += fmt::format(R"("{0}":{{"id":{0},"in":{{"USD":{{"price":{0}.5}}}}}})", coin);
  }
  const auto cost = std::max<std::size_t>(2, (coins.size() + 4) / 5);
  return {.body = fmt::format(R"({{"meta":{{"ok":true,"cost":{}}},"rows":{{{}}}}})", cost, rows)};
}

Reply toy_error(unsigned http_status, const char* code) {
  return {.http_status = http_status,
          .body = fmt::format(R"({{"meta":{{"ok":false,"err":"{}","why":"so"}}}})", code)};
}

catalog::Catalogue toy_catalogue() {
  auto parsed = catalog::Catalogue::parse(test::kToyCatalogue, "toy");
  if (!parsed) MESSAGE(parsed.error().message);
  REQUIRE(parsed);
  return std::move(*parsed);
}

credit::Book::Options unrecorded() {
  credit::Book::Options options;
  options.stops_on_ledger_failure = false;
  options.adopts_plan = true;
  return options;
}

class ToyBed {
 public:
  explicit ToyBed(ScriptedUpstream::Script script)
      : upstream(loop, std::move(script)),
        memory({}),
        chain(loop.get_executor(), {memory, {}}, {}, clock, Log()),
        client(make_client()),
        book({nullptr, policy, clock}, {}, unrecorded(), Log()),
        clients(book, {}, {}, clock),
        refill(
            loop.get_executor(), {chain, *client, book, dialect, forms, policy}, {}, clock, Log()),
        proxy(loop.get_executor(),
              {memory, chain, refill, book, clients, dialect, forms, policy, clock},
              {},
              Log()) {
    book.on_settled([this](const credit::CallRecord& record) { records.push_back(record); });
  }

  // What a client gets, and its body.
  proxy::Answer ask(const std::string& target, std::string& body) {
    proxy::ClientRequest asked;
    REQUIRE_FALSE(
        catalog::parse_target(catalogue, target, asked.canonical, catalog::Unlisted::Keep));
    std::optional<proxy::Answer> got;
    asio::co_spawn(loop,
                   proxy.serve(std::move(asked)),
                   [&got](std::exception_ptr failure, proxy::Answer answer) {
                     if (!failure) got.emplace(std::move(answer));
                   });
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!got && std::chrono::steady_clock::now() < end) loop.run_one_for(1s);
    REQUIRE(got);
    body.clear();
    for (const auto piece : got->pieces) body += piece;
    return std::move(*got);
  }

  asio::io_context loop;
  MovableClock clock;
  const test::ToyProvider dialect;
  provider::StatusForms forms{100};
  const catalog::Catalogue catalogue = toy_catalogue();
  ScriptedUpstream upstream;
  cache::MemoryTier memory;
  cache::Chain chain;
  std::unique_ptr<upstream::Client> client;
  pacing::PublishedPolicy policy;
  credit::Book book;
  credit::ClientBook clients;
  refill::Refill refill;
  proxy::Proxy proxy;
  std::vector<credit::CallRecord> records;

 private:
  std::unique_ptr<upstream::Client> make_client() {
    upstream::Client::Options options;
    options.base_url = upstream.url();
    options.secret_headers.push_back(dialect.key_line(kToken).value());
    auto made = upstream::Client::make(loop.get_executor(), std::move(options), Log());
    REQUIRE(made);
    return std::move(*made);
  }
};

const std::string kTwelve = "/v9/prices?coins=1,2,3,4,5,6,7,8,9,10,11,12";

}  // namespace

TEST_SUITE("a second provider") {
  TEST_CASE("is asked, priced, booked, cut, cached and answered in its own words") {
    ToyBed bed(toys);
    std::string body;
    const auto answer = bed.ask(kTwelve, body);
    CHECK(answer.http_status == 200);
    CHECK(answer.cost == Credits{3});
    CHECK(body.starts_with(R"({"meta":{"ok":true,"cost":3},"rows":{"1":{"id":1,"in":{"USD":)"));
    CHECK(body.ends_with(R"("12":{"id":12,"in":{"USD":{"price":12.5}}}}})"));

    REQUIRE(bed.upstream.heads().size() == 1);
    CHECK(bed.upstream.heads()[0].find("\r\nToy-Token: toy-secret\r\n") != std::string::npos);
    REQUIRE(bed.records.size() == 1);
    const auto& call = bed.records[0];
    CHECK(call.intent.endpoint == "toy.prices");
    CHECK(call.intent.worst_case == Credits{3});  // twelve assets, five a credit
    CHECK(call.intent.predicted == Credits{3});
    CHECK(call.outcome.charge.credits == Credits{3});
    CHECK(call.outcome.charge.is_told);
    CHECK(bed.book.view().uses[2].spent == 3);

    catalog::Request again;
    REQUIRE_FALSE(catalog::parse_target(bed.catalogue, "/v9/prices?coins=2,7", again));
    proxy::Answer cached;
    REQUIRE(bed.proxy.try_answer(again, cached));
    std::string text;
    for (const auto piece : cached.pieces) text += piece;
    CHECK(text == R"({"meta":{"ok":true,"cost":0},"rows":{"2":{"id":2,"in":{"USD":{"price":2.5}}},)"
                  R"("7":{"id":7,"in":{"USD":{"price":7.5}}}}})");
  }

  TEST_CASE("few assets cost what its price rule says") {
    ToyBed bed(toys);
    std::string body;
    CHECK(bed.ask("/v9/prices?coins=1", body).cost == Credits{2});
    CHECK(bed.records.at(0).intent.worst_case == Credits{2});
  }

  TEST_CASE("its spent quota closes the day, and clients hear it in its words") {
    ToyBed bed([](const std::string&) { return toy_error(429, "E42"); });
    std::string body;
    const auto first = bed.ask("/v9/prices?coins=1", body);
    CHECK(first.http_status == 429);
    CHECK(body == R"({"meta":{"ok":false,"err":"E42","why":"No more toys today."}})");
    const auto closed = bed.book.closed(bed.clock.now());
    REQUIRE(closed);
    CHECK(closed->closure == Closure::Day);
    CHECK(closed->error_code == 42);
    const auto second = bed.ask("/v9/prices?coins=2", body);
    CHECK(second.http_status == 429);
    CHECK(second.retry_after > 0s);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.book.view().uses[2].spent == 0);
  }

  TEST_CASE("its bad key closes the key, and is not the client's") {
    ToyBed bed([](const std::string&) { return toy_error(403, "E7"); });
    std::string body;
    CHECK(bed.ask("/v9/prices?coins=1", body).http_status == 502);
    const auto closed = bed.book.closed(bed.clock.now());
    REQUIRE(closed);
    CHECK(closed->closure == Closure::Key);
    CHECK(bed.book.view().key_error == 7);
    CHECK(bed.ask("/v9/prices?coins=2", body).http_status == 502);
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE("an answer that is cut short, or of another provider's shape, is not good") {
    const std::string good = toys("/v9/prices?coins=1").body;
    for (const auto& bad :
         {good.substr(0, good.size() - 1),
          std::string(R"({"status":{"error_code":0,"credit_count":1},"data":{"1":{"id":1,)"
                      R"("quote":{"USD":{"price":1}}}}})")}) {
      CAPTURE(bad);
      ToyBed bed([&bad](const std::string&) { return Reply{.body = bad}; });
      std::string body;
      CHECK(bed.ask("/v9/prices?coins=1", body).http_status == 502);
    }
  }

  TEST_CASE("it tells its limits and use in its own way") {
    ToyBed bed([](const std::string& target) {
      if (target != "/v9/me") return toys(target);
      return Reply{.body = R"({"meta":{"ok":true,"cost":0},"rows":{"limit":500,"used":40}})"};
    });
    refill::Reconciler reconciler(
        bed.loop.get_executor(), bed.refill, bed.book, bed.dialect, {}, Log());
    reconciler.start();
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!bed.book.view().plan && std::chrono::steady_clock::now() < end)
      bed.loop.run_one_for(1s);
    REQUIRE(bed.book.view().plan);
    CHECK(bed.book.view().plan->caps.per_month == Credits{500});
    CHECK(bed.records.at(0).intent.endpoint == "toy.me");
  }

  TEST_CASE("a question about a parameter that is answered with data is the last") {
    ToyBed bed([](const std::string&) { return toys("/v9/prices?coins=1"); });
    std::string body;
    CHECK(bed.ask("/v9/prices?coins=1&colour=red", body).http_status == 400);
    CHECK(body.find(R"(\"colour\" is not allowed)") != std::string::npos);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.book.view().uses[2].spent == 2);
    CHECK(bed.ask("/v9/prices?coins=1&shape=round", body).http_status == 503);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.ask("/v9/prices?coins=1", body).http_status == 200);
  }

  TEST_CASE("a question that is refused and charged all the same is the last") {
    ToyBed bed([](const std::string&) {
      return Reply{.http_status = 404,
                   .body = R"({"meta":{"ok":false,"cost":2,"err":"E9",)"
                           R"("why":"I do not know this word."}})"};
    });
    std::string body;
    CHECK(bed.ask("/v9/prices?coins=1&colour=red", body).http_status == 400);
    for (const char* name : {"shape", "size"}) {
      const auto answer = bed.ask("/v9/prices?coins=1&" + std::string(name) + "=1", body);
      CHECK(answer.http_status == 503);
      CHECK(answer.retry_after > 23h);
    }
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.book.view().uses[2].spent == 2);
  }

  TEST_CASE("it says in its own words that it does not know a parameter") {
    ToyBed bed([](const std::string& target) {
      if (target.find("colour") == std::string::npos) return toys(target);
      return Reply{.http_status = 404,
                   .body = R"({"meta":{"ok":false,"err":"E9","why":"I do not know this word."}})"};
    });
    std::string body;
    CHECK(bed.ask("/v9/prices?coins=1&colour=red", body).http_status == 400);
    CHECK(bed.ask("/v9/prices?coins=2&colour=blue", body).http_status == 400);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.book.view().uses[2].spent == 0);
  }

  TEST_CASE("clients show its key in its own parameter, which is not passed on") {
    const auto catalogue = toy_catalogue();
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(catalogue, "/v9/prices?coins=1&Toy_Token=abc", request));
    CHECK(request.credential == "abc");
    CHECK(catalog::parse_target(catalogue, "/v9/prices?coins=1&CMC_PRO_API_KEY=abc", request));
  }
}
