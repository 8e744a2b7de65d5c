// Refill against an upstream that says what the test wants: what is called, how often, and what
// those who wait are told.
#include "refill/refill.hpp"

#include <doctest/doctest.h>

#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "scripted_upstream.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::refill;
using test::Reply;
using test::ScriptedUpstream;

namespace {

const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?id=";
constexpr std::string_view kGood = R"({"status":{"error_code":0,"credit_count":1},"data":{)";

std::string quote_of(const std::string& id, const std::string& name) {
  return "\"" + id + "\":{\"id\":" + name + ",\"symbol\":\"X\",\"quote\":{\"USD\":{\"price\":1}}}";
}

// The ids a call asks for.
std::vector<std::string> ids_of(const std::string& target) {
  const auto begin = target.find("id=") + 3;
  const auto list = target.substr(begin, target.find('&', begin) - begin);
  std::vector<std::string> ids;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    ids.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return ids;
}

Reply good(const std::string& target) {
  std::string body(kGood);
  for (const auto& id : ids_of(target)) {
    if (body.back() == '}') body += ',';
    body += quote_of(id, id);
  }
  return {.body = body + "}}"};
}

// Without a database, which is no reason to stop here.
credit::Book::Options unrecorded() {
  credit::Book::Options options;
  options.stops_on_ledger_failure = false;
  return options;
}

class Bed {
 public:
  explicit Bed(ScriptedUpstream::Script script, const Refill::Options& options = {})
      : upstream(loop, std::move(script)),
        memory({}),
        chain(loop.get_executor(), memory, {}, {}, clock, Log()),
        client(make_client()),
        book(nullptr, {}, unrecorded(), clock, Log()),
        refill(loop.get_executor(), {chain, *client, book}, options, clock, Log()) {}

  std::vector<PendingPtr> want(const std::string& target) {
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
    std::vector<Missing> missing;
    for (std::size_t i = 0; i < request.assets.size() * request.converts.size(); ++i)
      missing.push_back({i / request.converts.size(), i % request.converts.size(), false});
    std::vector<PendingPtr> pendings;
    for (auto& one : refill.want(request, missing, Priority::Foreground, {}))
      pendings.push_back(std::move(one.pending));
    return pendings;
  }

  void run_until_called(std::size_t calls) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (upstream.calls().size() < calls && std::chrono::steady_clock::now() < end)
      loop.run_one_for(1s);
    REQUIRE(upstream.calls().size() == calls);
  }

  // Runs the loop until all of them are settled.
  void settle(const std::vector<PendingPtr>& pendings) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    for (const auto& one : pendings) {
      while (!one->settled.is_set() && std::chrono::steady_clock::now() < end) loop.run_one_for(1s);
      REQUIRE(one->settled.is_set());
    }
  }

  asio::io_context loop;
  SystemClock clock;
  ScriptedUpstream upstream;
  cache::MemoryTier memory;
  cache::Chain chain;
  std::unique_ptr<upstream::Client> client;
  credit::Book book;
  Refill refill;

 private:
  std::unique_ptr<upstream::Client> make_client() {
    upstream::Client::Options options;
    options.base_url = upstream.url();
    auto made = upstream::Client::make(loop.get_executor(), options, Log());
    REQUIRE(made);
    return std::move(*made);
  }
};

}  // namespace

TEST_SUITE("refill::Refill") {
  TEST_CASE("what is paid for and cannot be used is not paid for again at once") {
    // Under the key of one asset stands another.
    Bed bed([](const std::string&) {
      return Reply{.body = std::string(kGood) + quote_of("1", "2") + "}}"};
    });
    for (int i = 0; i < 5; ++i) {
      const auto wanted = bed.want(kQuotes + "1");
      bed.settle(wanted);
      CHECK(wanted.front()->entry == nullptr);
      REQUIRE(wanted.front()->failure);
      CHECK(wanted.front()->failure->http_status == 502);
    }
    CHECK(bed.upstream.calls().size() == 1);
  }

  TEST_CASE("a refusal that names nobody is narrowed down to its asset") {
    Bed bed([](const std::string& target) {
      const auto ids = ids_of(target);
      const bool is_bad = std::find(ids.begin(), ids.end(), "77") != ids.end();
      if (!is_bad) return good(target);
      return Reply{.http_status = 400,
                   .body = R"({"status":{"error_code":400,"error_message":"No."}})"};
    });
    std::string target = kQuotes + "1";
    for (int id = 2; id <= 100; ++id) target += "," + std::to_string(id);
    const auto wanted = bed.want(target);
    bed.settle(wanted);
    std::size_t found = 0;
    for (const auto& one : wanted) found += one->entry ? 1U : 0U;
    CHECK(found == 99);
    CHECK(bed.upstream.calls().size() <= 15);
  }

  TEST_CASE("a request that is wrong whatever its assets is not tried with each of them") {
    Bed bed([](const std::string&) {
      return Reply{.http_status = 400,
                   .body = R"({"status":{"error_code":400,"error_message":"No."}})"};
    });
    std::string target = kQuotes + "1";
    for (int id = 2; id <= 100; ++id) target += "," + std::to_string(id);
    bed.settle(bed.want(target));
    CHECK(bed.upstream.calls().size() <= 17);
  }

  TEST_CASE("nothing is called for that nobody waits for any more") {
    Refill::Options options;
    options.planner.max_calls = 1;
    options.caller.max_calls = 1;
    options.abandon_after = 50ms;
    Bed bed(
        [](const std::string& target) {
          auto reply = good(target);
          reply.delay = 200ms;
          return reply;
        },
        options);
    const auto first = bed.want(kQuotes + "1");
    bed.run_until_called(1);
    const auto late = bed.want(kQuotes + "2&convert=EUR");
    bed.settle(first);
    bed.settle(late);
    CHECK(first.front()->entry);
    CHECK_FALSE(late.front()->entry);
    REQUIRE(late.front()->failure);
    CHECK(late.front()->failure->http_status == 504);
    CHECK(bed.upstream.calls().size() == 1);
    CHECK(bed.refill.counters().abandoned == 1);
  }

  TEST_CASE("what a batch has given up can be had while the batch still runs for others") {
    Refill::Options options;
    options.planner.max_calls = 1;
    options.caller.max_calls = 1;
    options.abandon_after = 400ms;
    Bed bed(
        [](const std::string& target) {
          auto reply = good(target);
          reply.delay = ids_of(target).front() == "1" ? 600ms : 150ms;
          return reply;
        },
        options);
    const auto first = bed.want(kQuotes + "1");
    bed.run_until_called(1);
    const auto queued = bed.want(kQuotes + "2,3&aux=tags");
    bed.loop.run_for(400ms);
    const auto again = bed.want(kQuotes + "3&aux=tags");
    bed.run_until_called(2);
    CHECK(bed.upstream.calls().back().find("id=3&") != std::string::npos);
    REQUIRE(queued.front()->failure);
    const auto anew = bed.want(kQuotes + "2&aux=tags");
    bed.settle(again);
    bed.settle(anew);
    CHECK(again.front()->entry);
    CHECK(anew.front()->entry);
  }
}
