#include "provider/coinmarketcap.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::provider;
using ledger::Closure;

namespace {

const CoinMarketCap kDialect;

upstream::Response answered(unsigned http_status, std::string body) {
  upstream::Response answer;
  answer.http_status = http_status;
  answer.content_type = "application/json";
  answer.body = std::move(body);
  return answer;
}

Reading read(unsigned http_status, std::string body, Asker asker = Asker::Daemon) {
  auto answer = answered(http_status, std::move(body));
  return kDialect.interpret(answer, asker);
}

std::string status(std::int64_t code, const std::string& more = {}) {
  return R"({"status":{"error_code":)" + std::to_string(code) + more + "}}";
}

}  // namespace

TEST_SUITE("provider::CoinMarketCap") {
  TEST_CASE("a good answer tells its price and that the key is good") {
    const auto reading = read(200, R"({"status":{"error_code":0,"credit_count":3},"data":{}})");
    CHECK(reading.verdict == Verdict::Ok);
    CHECK(reading.has_status);
    CHECK(reading.error_code == 0);
    CHECK_FALSE(reading.closes);
    CHECK(reading.accepts_key);
    CHECK(reading.charge.is_told);
    CHECK(reading.charge.booked({10}) == Credits{3});
  }

  TEST_CASE("a good answer tells the form that its endpoint writes the status in") {
    using Notice = StatusForm::Notice;
    struct Row {
      const char* status;
      StatusForm form;
    };
    for (const Row& row :
         {Row{R"("error_code":0,"error_message":null,"notice":null)", {false, false, Notice::Null}},
          Row{R"("error_code":"0","error_message":"")", {true, true, Notice::Absent}},
          Row{R"("error_code":"0","error_message":null,"notice":"x")", {true, false, Notice::Text}},
          Row{R"("error_code":0)", {false, false, Notice::Absent}}}) {
      CAPTURE(row.status);
      const auto body = std::string(R"({"status":{)") + row.status + R"(},"data":[]})";
      CHECK(read(200, body).form == row.form);
      const auto head = kDialect.interpret_head(answered(200, body));
      REQUIRE(head);
      CHECK(head->form == row.form);
    }
    CHECK_FALSE(read(400, status(400)).form);
    CHECK_FALSE(read(200, R"({"data":[]})").form);
  }

  TEST_CASE("an edge's page about the address is the provider's word for it") {
    const auto reading = read(429, "<html>error code: 1015</html>");
    CHECK(reading.verdict == Verdict::IpLimit);
    CHECK(reading.error_code == 1011);
    CHECK(reading.error_message == "You've hit an IP rate limit.");
    CHECK_FALSE(reading.closes);
  }

  TEST_CASE("an error without a status is told by its message") {
    const auto reading =
        read(404, R"({"statusCode":404,"error":"Not Found","message":"no such \"path\""})");
    CHECK(reading.verdict == Verdict::BadRequest);
    CHECK(reading.error_message == "no such \"path\"");
    CHECK(read(404, R"({"message":{}})").error_message.empty());
    CHECK(read(400, R"({"message":"m","status":{"error_code":400,"error_message":"s"}})")
              .error_message == "s");
    CHECK(read(400, R"({"status":{"error_code":400,"error_message":"s"},"message":"m"})")
              .error_message == "s");
  }

  TEST_CASE("a refusal closes what its code is about, and where it may tell its HTTP status") {
    struct Row {
      unsigned http_status;
      std::string body;
      std::optional<Closure> by_daemon;
      std::int64_t code;
      std::optional<Closure> by_probe;  // of the key
    };
    for (const Row& row : {Row{429, status(1008), Closure::Minute, 1008, Closure::Minute},
                           Row{429, status(1009), Closure::Day, 1009, Closure::Day},
                           Row{429, status(1010), Closure::Month, 1010, Closure::Month},
                           Row{401, status(1002), Closure::Key, 1002, Closure::Key},
                           Row{402, status(1004), Closure::Key, 1004, Closure::Key},
                           Row{401, "", {}, 1001, Closure::Key},
                           Row{402, "", {}, 1003, Closure::Key},
                           Row{401, status(401), {}, 1001, Closure::Key},
                           Row{429, status(429), Closure::Minute, 1008, Closure::Minute},
                           Row{200, status(402), {}, 1003, Closure::Key},
                           Row{200, status(1004), Closure::Key, 1004, Closure::Key},
                           Row{200, status(429), Closure::Minute, 1008, Closure::Minute},
                           Row{403, status(1006), {}, 1006, {}},
                           Row{429, status(1011), {}, 1011, {}},
                           Row{429, "", {}, 1011, {}},
                           Row{500, status(500), {}, 500, {}},
                           Row{200, status(0), {}, 0, {}}}) {
      CAPTURE(row.http_status);
      CAPTURE(row.body);
      const auto ours = read(row.http_status, row.body);
      CHECK(ours.closes == row.by_daemon);
      CHECK(ours.error_code == row.code);
      CHECK(ours.doubts_key == (row.by_probe == Closure::Key && !row.by_daemon));
      const auto probe = read(row.http_status, row.body, Asker::Probe);
      CHECK(probe.closes == row.by_probe);
      CHECK_FALSE(probe.doubts_key);
      const auto forwarded = read(row.http_status, row.body, Asker::Client);
      CHECK_FALSE(forwarded.closes);
      CHECK(forwarded.doubts_key == (row.by_daemon == Closure::Key));
    }
  }

  TEST_CASE("an answer that reports an error is not good, whatever its data") {
    for (const char* tail : {R"(,"data":{"1":{"id":1,"quote":{"USD":{"price":1}}}}})",
                             R"(,"data":{}})",
                             R"(,"data":null})",
                             "}"}) {
      CAPTURE(tail);
      const std::string head = R"({"status":{"error_code":1008,"error_message":"slow"})";
      CHECK(read(200, head + tail).verdict == Verdict::MinuteLimit);
      const std::string failed = R"({"status":{"error_code":500})";
      CHECK(read(200, failed + tail).verdict == Verdict::ServerFailure);
    }
  }

  TEST_CASE("an error that only a good key gets tells that the key is good") {
    struct Row {
      unsigned http_status;
      std::int64_t code;
      bool accepts;
    };
    // What is about the key, the plan or the address says nothing of whether the key is good.
    for (const Row& row : {Row{400, 400, true},
                           Row{403, 1006, true},
                           Row{401, 401, false},
                           Row{402, 402, false},
                           Row{429, 429, false},
                           Row{429, 1011, false},
                           Row{500, 500, false},
                           Row{401, 1001, false},
                           Row{200, 400, true},
                           Row{200, 1006, true},
                           Row{200, 401, false},
                           Row{200, 402, false},
                           Row{200, 429, false},
                           Row{200, 1011, false},
                           Row{200, 500, false}}) {
      CAPTURE(row.http_status);
      CAPTURE(row.code);
      CHECK(read(row.http_status, status(row.code), Asker::Client).accepts_key == row.accepts);
      CHECK(read(row.http_status, status(row.code)).accepts_key == row.accepts);
    }
    CHECK_FALSE(read(502, "<html>").accepts_key);
    CHECK_FALSE(read(404, "").accepts_key);
    CHECK_FALSE(read(200, "<html>").accepts_key);
    CHECK_FALSE(read(200, R"({"status":{"error_code":0},"data":)").accepts_key);
  }

  TEST_CASE("what does not tell its price may have been billed, unless it is an error") {
    struct Row {
      unsigned http_status;
      std::string body;
      std::int64_t booked;
    };
    for (const Row& row : {Row{200, status(0), 10},
                           Row{200, status(0, R"(,"credit_count":0)"), 0},
                           Row{200, "{", 10},
                           Row{400, status(400), 0},
                           Row{500, status(500), 0},
                           Row{502, "<html>", 0},
                           Row{503, "", 0},
                           Row{504, "<html>", 10},
                           Row{520, "", 10},
                           Row{524, "", 10},
                           Row{504, status(504), 0}}) {
      CAPTURE(row.http_status);
      CAPTURE(row.body);
      CHECK(read(row.http_status, row.body).charge.booked({10}) == Credits{row.booked});
    }
  }

  TEST_CASE("it is waited for as long as the provider says") {
    struct Row {
      const char* header;
      std::chrono::seconds wait;
    };
    auto answer = answered(429, status(429));
    for (const auto& row : {Row{"", 0s},
                            Row{"17", 17s},
                            Row{"-3", 0s},
                            Row{"1.5", 0s},
                            Row{"Wed, 21 Oct 2026 07:28:00 GMT", 0s},
                            Row{"99999999999", std::chrono::days(31)},
                            Row{"99999999999999999999", 0s}}) {
      CAPTURE(row.header);
      answer.retry_after = row.header;
      CHECK(kDialect.interpret(answer, Asker::Daemon).retry_after == row.wait);
    }
  }

  TEST_CASE("a head that comes first and is good says all that the whole answer would") {
    struct Row {
      unsigned http_status;
      std::string body;
      bool is_enough;
    };
    const std::string good = R"({"status":{"error_code":0,"credit_count":3},"data":{}})";
    const std::string pretty =
        "\n{ \"status\" :\t{ \"error_message\":\"a "
        "\\\"}{\",\"error_code\":\"0\"}";
    for (const Row& row :
         {Row{200, good, true},
          Row{200, good.substr(0, good.size() - 3), true},  // not its business
          Row{200, pretty + ",\"data\":[]}", true},
          Row{429, good, false},
          Row{500, good, false},
          Row{200, good.substr(0, 20), false},
          Row{200, R"({"data":{},"status":{"error_code":0}})", false},
          Row{200, R"({"status":{"error_code":1008},"data":{}})", false},
          Row{200, R"({"status":{"error_code":null},"data":{}})", false},
          Row{200, R"({"status":{"error_code":0,]},"data":{}})", false},
          Row{200, R"({"status":{},"data":{}})", false},
          Row{200, R"({"status":[],"data":{}})", false},
          Row{200, R"({"status":"}","data":{}})", false},
          Row{200,
              R"({"status":{"error_code":0,"x":")" + std::string(5000, 'x') + R"("},"data":{}})",
              false},
          Row{200, "<html>", false},
          Row{200, "", false}}) {
      CAPTURE(row.body.substr(0, 80));
      auto answer = answered(row.http_status, row.body);
      const auto head = kDialect.interpret_head(answer);
      CHECK(head.has_value() == row.is_enough);
      const auto whole = kDialect.interpret(answer, Asker::Daemon);
      if (!head || whole.verdict != Verdict::Ok) continue;
      CHECK(head->verdict == Verdict::Ok);
      CHECK(head->has_status);
      CHECK(head->accepts_key);
      CHECK(head->charge.credits == whole.charge.credits);
      CHECK(head->charge.is_told == whole.charge.is_told);
      CHECK(head->charge.may_be_billed == whole.charge.may_be_billed);
    }
  }

  TEST_CASE("names that are called unknown are read with the refusal") {
    const auto reading =
        read(400, status(400, R"(,"error_message":"Invalid value for \"id\": \"9999\"")"));
    CHECK(reading.verdict == Verdict::BadRequest);
    CHECK(reading.unknown.parameter == "id");
    CHECK(reading.unknown.names == std::vector<std::string>{"9999"});
  }

  TEST_CASE("a refusal tells whether a parameter is known") {
    struct Row {
      unsigned http_status;
      const char* message;
      ParameterVerdict verdict;
    };
    for (const Row& row :
         {Row{400, R"(\"colour\" is not allowed)", ParameterVerdict::Unknown},
          Row{400,
              R"(\"value\" must contain at least one of [id, symbol]. \"colour\" is not allowed)",
              ParameterVerdict::Unknown},
          Row{400,
              R"(\"value\" must contain at least one of [id, symbol, slug])",
              ParameterVerdict::Known},
          Row{400,
              R"(\"value\" contains a conflict between optional exclusive peers [a, b])",
              ParameterVerdict::Known},
          Row{400, R"(\"colour\" must be one of [red, blue])", ParameterVerdict::Known},
          Row{400, R"(\"colours\" is not allowed)", ParameterVerdict::Unsaid},
          Row{400, R"(\"amount\" is required)", ParameterVerdict::Unsaid},
          Row{400, "Bad Request", ParameterVerdict::Unsaid},
          Row{429, R"(\"colour\" is not allowed)", ParameterVerdict::Unsaid},
          Row{500, R"(\"value\" is too much)", ParameterVerdict::Unsaid},
          Row{200, R"(\"value\" is here)", ParameterVerdict::Unsaid}}) {
      CAPTURE(row.message);
      const auto code = row.http_status == 200 ? 0 : row.http_status;
      const auto body = status(code, std::string(R"(,"error_message":")") + row.message + '"');
      const auto reading = read(row.http_status, body, Asker::Client);
      CHECK(kDialect.judge_parameter(reading, "colour") == row.verdict);
    }
  }

  TEST_CASE("the key stands in its header, and one that could smuggle something in is refused") {
    CHECK(kDialect.key_line("abc-1").value() == "X-CMC_PRO_API_KEY: abc-1");
    for (const char* key : {"a\r\nX: b", "x y", "\xc3\xa4"}) {
      CAPTURE(key);
      const auto line = kDialect.key_line(key);
      REQUIRE_FALSE(line);
      CHECK(line.error().code == ErrorCode::Invalid);
      CHECK(line.error().message.find(key) == std::string::npos);
    }
  }

  TEST_CASE("why a key is refused is told for every code that says so") {
    for (const std::int64_t code : {1001, 1002, 1003, 1004, 1005, 1007}) {
      CAPTURE(code);
      CHECK_FALSE(kDialect.why_key_refused(code).empty());
    }
    CHECK(kDialect.why_key_refused(1001) == "it is not valid");
    CHECK(kDialect.why_key_refused(1006).empty());
  }

  TEST_CASE("refusals of our own are the provider's") {
    CHECK(kDialect.key_missing().error_code == 1002);
    CHECK(kDialect.key_wrong().error_code == 1001);
    CHECK(kDialect.key_wrong().http_status == 401);
    CHECK(kDialect.spent(Closure::Minute).error_code == 1008);
    CHECK(kDialect.spent(Closure::Day).error_code == 1009);
    CHECK(kDialect.spent(Closure::Month).error_code == 1010);
    CHECK(kDialect.spent(Closure::Month).http_status == 429);
    CHECK(kDialect.unknown("id", {"9999"}).message == R"(Invalid value for "id": "9999")");
  }
}
