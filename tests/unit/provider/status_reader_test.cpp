#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "provider/cmc_status.hpp"

using namespace quotecached;
using provider::cmc::Shape;

namespace {

constexpr std::string_view kJson = "application/json; charset=utf-8";

provider::cmc::Status read(std::string body, std::string_view type = kJson) {
  const std::string before = body;
  auto status = provider::cmc::read_status(type, body);
  CHECK(body == before);
  return status;
}

const std::string kAnswer =
    R"({"status":{"timestamp":"2026-11-20T10:00:00.000Z","error_code":0,"error_message":null,)"
    R"("elapsed":12,"credit_count":3,"notice":null},"data":{"1":{"id":1,"name":"Bitcoin",)"
    R"("tags":["a","b"],"quote":{"USD":{"price":7e-8}}}}})";

}  // namespace

TEST_SUITE("provider::cmc::read_status") {
  TEST_CASE("reads the status of a good answer") {
    const auto status = read(kAnswer);
    CHECK(status.shape == Shape::Status);
    CHECK(status.error_code == 0);
    CHECK(status.error_message.empty());
    CHECK(status.credit_count == Credits{3});
  }

  TEST_CASE("reads a status that comes last") {
    const auto status = read(R"({"data":[{"status":{"error_code":5}}],"status":{"error_code":0,)"
                             R"("credit_count":1}})");
    CHECK(status.shape == Shape::Status);
    CHECK(status.error_code == 0);
    CHECK(status.credit_count == Credits{1});
  }

  TEST_CASE("reads the codes of the older endpoints and of the newer ones") {
    struct Row {
      const char* code;
      std::int64_t expected;
    };
    const std::vector<Row> rows = {{"1001", 1001},
                                   {"\"1001\"", 1001},
                                   {"\"0\"", 0},
                                   {"0", 0},
                                   {"\"\"", -1},
                                   {"\"12x\"", -1},
                                   {"null", -1},
                                   {"1.5", -1},
                                   {"{}", -1},
                                   {"99999999999999999999", -1},
                                   {"\"99999999999999999999\"", -1}};
    for (const auto& row : rows) {
      CAPTURE(row.code);
      const auto status = read(std::string(R"({"status":{"error_code":)") + row.code + "}}");
      CHECK(status.shape == Shape::Status);
      CHECK(status.error_code == row.expected);
    }
  }

  TEST_CASE("reads the message with its escapes undone") {
    const auto status = read(
        R"({"status":{"error_code":400,"error_message":"Invalid value for \"id\"","credit_count":0}})");
    CHECK(status.error_message == "Invalid value for \"id\"");
  }

  TEST_CASE("never counts fewer than zero credits") {
    CHECK(read(R"({"status":{"error_code":0,"credit_count":-5}})").credit_count == Credits{0});
    CHECK(read(R"({"status":{"error_code":0,"credit_count":"7"}})").credit_count == Credits{7});
    CHECK(read(R"({"status":{"error_code":0,"credit_count":null}})").credit_count == Credits{0});
    CHECK_FALSE(read(R"({"status":{"error_code":0,"credit_count":null}})").has_credit_count);
    CHECK_FALSE(read(R"({"status":{"error_code":0,"credit_count":1.5}})").has_credit_count);
    CHECK(read(R"({"status":{"error_code":0,"credit_count":1000000}})").has_credit_count);
    for (const char* absurd : {"1000001", "9223372036854775807", "1e14", "-1"}) {
      CAPTURE(absurd);
      const auto status =
          read(R"({"status":{"error_code":0,"credit_count":)" + std::string(absurd) + "}}");
      CHECK_FALSE(status.has_credit_count);
      CHECK(status.credit_count == Credits{0});
    }
    CHECK_FALSE(read(R"({"status":{"error_code":0}})").has_credit_count);
    CHECK(read(R"({"status":{"error_code":0,"credit_count":0}})").has_credit_count);
    CHECK(read(R"({"status":{"error_code":0,"credit_count":2.0}})").credit_count == Credits{2});
  }

  TEST_CASE("an answer cut anywhere is broken, though its status reads well") {
    for (std::size_t length = 0; length < kAnswer.size(); ++length) {
      CAPTURE(length);
      CHECK(read(kAnswer.substr(0, length)).shape == Shape::Broken);
    }
    CHECK(read(kAnswer + " \r\n").shape == Shape::Status);
    CHECK(read(kAnswer + "x").shape == Shape::Broken);
  }

  TEST_CASE("tells whole answers without a status from pages") {
    struct Row {
      const char* type;
      const char* body;
      Shape shape;
    };
    const std::vector<Row> rows = {
        {"application/json", R"({"statusCode":404,"error":"Not Found"})", Shape::NoStatus},
        {"application/json", R"({"status":"up"})", Shape::NoStatus},
        {"application/json", R"({"status":{"other":1}})", Shape::NoStatus},
        {"application/json", R"([{"id":1}])", Shape::NoStatus},
        {"application/json", R"([{"id":1})", Shape::Broken},
        {"application/json", "oops", Shape::Broken},
        {"application/json", "", Shape::Broken},
        {"", " {\"a\":1}", Shape::NoStatus},
        {"text/csv", "a,b\n1,2\n", Shape::NoStatus},
        {"text/html", "<!DOCTYPE html><html></html>", Shape::Broken},
        {"TEXT/HTML; charset=utf-8", "busy", Shape::Broken},
        {"application/json", "\n<html>", Shape::Broken},
        {"", "", Shape::Broken},
        {"text/plain", "  \n", Shape::Broken}};
    for (const auto& row : rows) {
      CAPTURE(row.type);
      CAPTURE(row.body);
      CHECK(read(row.body, row.type).shape == row.shape);
    }
  }

  TEST_CASE("numbers of any size pass, they are nobody's business here") {
    const auto status = read(
        R"({"status":{"error_code":0},"data":[{"total_supply":99999999999999999999999,"p":1e999}]})");
    CHECK(status.shape == Shape::Status);
  }

  TEST_CASE("survives nesting that no answer has") {
    CHECK(read(std::string(100000, '[')).shape == Shape::Broken);
    CHECK(read("{\"a\":" + std::string(100000, '[')).shape == Shape::Broken);
    CHECK(read("{\"status\":{\"error_code\":0},\"a\":[[[}]]]}").shape == Shape::Broken);
  }

  TEST_CASE("a status is read in every form the provider writes it") {
    struct Row {
      const char* name;
      const char* body;
      std::int64_t error_code;
      const char* message;
      std::int64_t credits;
      bool has_credits;
    };
    const Row rows[] = {
        {"numbers and null",
         R"({"status":{"timestamp":"t","error_code":0,"error_message":null,"elapsed":3,"credit_count":2,"notice":null},"data":{}})",
         0,
         "",
         2,
         true},
        {"texts",
         R"({"data":[],"status":{"error_code":"0","error_message":"","credit_count":1}})",
         0,
         "",
         1,
         true},
        {"error as number, no data",
         R"({"status":{"error_code":1001,"error_message":"This API Key is invalid.","credit_count":0}})",
         1001,
         "This API Key is invalid.",
         0,
         true},
        {"error as text",
         R"({"status":{"error_code":"1008","error_message":"slow down","credit_count":"0"}})",
         1008,
         "slow down",
         0,
         true},
        {"no credit count", R"({"status":{"error_code":0}})", 0, "", 0, false},
        {"null credit count",
         R"({"status":{"error_code":0,"credit_count":null}})",
         0,
         "",
         0,
         false},
        {"negative credit count",
         R"({"status":{"error_code":0,"credit_count":-5}})",
         0,
         "",
         0,
         false},
        {"escapes in the message",
         R"({"status":{"error_code":400,"error_message":"\"id\" is not allowed"}})",
         400,
         "\"id\" is not allowed",
         0,
         false},
        {"escaped keys", R"({"st\u0061tus":{"error\u005fcode":7}})", 7, "", 0, false},
        {"pretty",
         "{\n  \"status\" : {\r\n\t\"error_code\" : 3 ,\n \"credit_count\": 9 }\n}\n",
         3,
         "",
         9,
         true},
    };
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const auto status = read(row.body);
      CHECK(status.shape == Shape::Status);
      CHECK(status.error_code == row.error_code);
      CHECK(status.error_message == row.message);
      CHECK(status.credit_count.count == row.credits);
      CHECK(status.has_credit_count == row.has_credits);
    }
  }

  TEST_CASE("what has no readable status is none of a good answer") {
    for (const char* body : {"",
                             " ",
                             "null",
                             "[]",
                             "{}",
                             "<html>502 Bad Gateway</html>",
                             R"({"data":{}})",
                             R"({"status":null})",
                             R"({"status":[]})",
                             R"({"status":{}})",
                             R"({"status":{"error_code":null}})",
                             R"({"status":{"error_code":"none"}})",
                             R"({"status":{"error_code":1.5}})",
                             R"({"status":{"error_code":99999999999999999999}})",
                             R"({"status":{"error_code":0)",
                             R"({"status":{"error_code":0]})"}) {
      CAPTURE(body);
      const auto status = read(body);
      CHECK_FALSE((status.shape == Shape::Status && status.error_code == 0));
    }
  }
}
