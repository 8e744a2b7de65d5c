#include "faults.hpp"

#include <doctest/doctest.h>

#include "sim_fixture.hpp"

using namespace cmcsim;

namespace {

const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?id=1,52";

void set_fault(SimFixture& sim, const std::string& body) {
  REQUIRE(sim.control("POST", "faults", body).reply.status == 200);
}

}  // namespace

TEST_SUITE("cmcsim::faults") {
  TEST_CASE("a fault strikes as often as it was told to, on its own paths only") {
    SimFixture sim;
    set_fault(sim,
              R"({"kind":"status_5xx","count":2,"path":"/v2/crypto","params":{"status":502}})");
    CHECK(sim.get("/v1/fiat/map").reply.status == 200);
    CHECK(sim.get(kQuotes).reply.status == 502);
    CHECK(sim.get(kQuotes).integer("/status/error_code") == 502);
    CHECK(sim.get(kQuotes).reply.status == 200);
    CHECK(sim.control("GET", "faults").json("") == "[]");
  }

  TEST_CASE("account faults come with the HTTP status of their code") {
    SimFixture sim;
    struct Row {
      int code;
      int status;
    };
    for (const Row& row :
         {Row{1001, 401}, Row{1003, 402}, Row{1006, 403}, Row{1008, 429}, Row{1011, 429}}) {
      CAPTURE(row.code);
      set_fault(sim, fmt::format(R"({{"kind":"auth","params":{{"code":{}}}}})", row.code));
      const auto parsed = sim.get(kQuotes);
      CHECK(parsed.reply.status == row.status);
      CHECK(parsed.integer("/status/error_code") == row.code);
    }
    set_fault(sim, R"({"kind":"error_in_200","params":{"code":1010}})");
    const auto lying = sim.get(kQuotes);
    CHECK(lying.reply.status == 200);
    CHECK(lying.integer("/status/error_code") == 1010);
    CHECK(sim.control("GET", "stats").integer("/credits_charged") == 0);
  }

  TEST_CASE("asset faults spoil that asset and no other") {
    SimFixture sim;
    set_fault(sim, R"({"kind":"missing_asset","params":{"id":52}})");
    CHECK(sim.get(kQuotes).keys("/data") == std::vector<std::string>{"1"});
    set_fault(sim, R"({"kind":"refused_asset","params":{"id":52}})");
    const auto refused = sim.get(kQuotes + "&skip_invalid=true");
    CHECK(refused.reply.status == 400);
    CHECK(refused.text("/status/error_message") == R"(Invalid value for "id": "52")");
    set_fault(sim, R"({"kind":"null_price","params":{"id":52}})");
    const auto null_price = sim.get(kQuotes);
    CHECK(null_price.at("/data/52/quote/USD/price").is_null());
    CHECK(null_price.at("/data/1/quote/USD/price").is_double());
    set_fault(sim, R"({"kind":"zero_price","params":{"id":52}})");
    CHECK(sim.get(kQuotes).integer("/data/52/quote/USD/price") == 0);
    set_fault(sim, R"({"kind":"string_price","params":{"id":52}})");
    CHECK(sim.get(kQuotes).at("/data/52/quote/USD/price").is_string());
  }

  TEST_CASE("a wrong credit count is what is charged") {
    SimFixture sim;
    set_fault(sim, R"({"kind":"wrong_credit_count","params":{"credits":4}})");
    CHECK(sim.get(kQuotes).credits() == 5);
    CHECK(sim.control("GET", "stats").integer("/credits_charged") == 5);
  }

  TEST_CASE("spoilt bodies are what their names say") {
    SimFixture sim;
    SimRequest request;
    request.method = "GET";
    request.target = kQuotes;
    request.key_header = "k";
    set_fault(sim, R"({"kind":"html_error"})");
    const SimReply html = sim.simulator.handle(request);
    CHECK(html.status == 503);
    CHECK(html.body.starts_with("<!DOCTYPE html>"));
    set_fault(sim, R"({"kind":"malformed_json"})");
    const SimReply malformed = sim.simulator.handle(request);
    simdjson::dom::parser parser;
    CHECK(parser.parse(simdjson::padded_string(malformed.body)).error() != simdjson::SUCCESS);
    set_fault(sim, R"({"kind":"oversized_body","params":{"bytes":200000}})");
    CHECK(sim.simulator.handle(request).body.size() == 200000);
  }

  TEST_CASE("a fault that makes no sense is refused with a reason") {
    SimFixture sim;
    for (const char* body : {"",
                             "[]",
                             "{}",
                             R"({"kind":"unheard_of"})",
                             R"({"kind":"hang","colour":1})",
                             R"({"kind":"hang","count":0})",
                             R"({"kind":"status_5xx","params":{"status":7}})",
                             R"({"kind":"hang","probability":"often"})"}) {
      CAPTURE(body);
      const auto parsed = sim.control("POST", "faults", body);
      CHECK(parsed.reply.status == 400);
      CHECK_FALSE(parsed.text("/error").empty());
    }
    CHECK(sim.control("GET", "faults").json("") == "[]");
  }

  TEST_CASE("calls are logged with what was asked, charged and broken") {
    SimFixture sim;
    (void)sim.get(kQuotes);
    set_fault(sim, R"({"kind":"hang"})");
    (void)sim.get("/v1/cryptocurrency/quotes/latest?symbol=BTC");
    const auto log = sim.control("GET", "calls");
    CHECK(log.integer("/last_seq") == 2);
    CHECK(log.text("/calls/0/target") == kQuotes);
    CHECK(log.json("/calls/0/asked") == R"(["1","52"])");
    CHECK(log.integer("/calls/0/credits") == 1);
    CHECK(log.json("/calls/1/faults") == R"(["hang"])");
    CHECK(log.integer("/calls/1/status") == 0);
    CHECK(sim.control("GET", "calls?since=1").at("/calls").get_array().size() == 1);
    (void)sim.control("DELETE", "calls");
    CHECK(sim.control("GET", "calls").json("/calls") == "[]");
  }
}
