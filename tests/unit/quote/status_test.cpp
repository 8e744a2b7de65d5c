#include <doctest/doctest.h>

#include "quote/cut.hpp"

TEST_SUITE("quote::read_status") {
  using namespace quotecached;
  using quote::read_status;

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
      const auto status = read_status(row.body);
      REQUIRE(status);
      CHECK(status->error_code == row.error_code);
      CHECK(status->error_message == row.message);
      CHECK(status->credit_count.count == row.credits);
      CHECK(status->has_credit_count == row.has_credits);
    }
  }

  TEST_CASE("what has no readable status is invalid") {
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
                             R"({"status":{"error_code":0]})",
                             R"({"data":tru,"status":{"error_code":0}})"}) {
      CAPTURE(body);
      const auto status = read_status(body);
      REQUIRE(!status);
      CHECK(status.error().code == ErrorCode::Invalid);
    }
  }
}
