#include "support/json_schema.hpp"

#include <doctest/doctest.h>

#include "support/api_description.hpp"

using namespace quotecached::test;

TEST_SUITE("test::JsonSchemas") {
  TEST_CASE("finds what a schema does not allow") {
    const JsonSchemas schemas(
        R"({"components":{"schemas":{"Count":{"type":"integer","minimum":0}}}})");
    const std::string schema = R"({
      "type": "object",
      "required": ["n", "word"],
      "properties": {
        "n": {"$ref": "#/components/schemas/Count"},
        "word": {"type": ["string", "null"], "enum": ["a", null]},
        "list": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "pattern": "^[a-z]+$"}},
        "at": {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "gone": false
      },
      "additionalProperties": false
    })";
    struct Row {
      const char* text;
      bool is_good;
    };
    const Row rows[] = {
        {R"({"n":0,"word":"a"})", true},
        {R"({"n":3,"word":null,"list":["a","b"],"at":"2026-11-21T10:00:00Z"})", true},
        {R"({"n":3,"word":null,"at":"2026-11-21T10:00:00.120Z"})", true},
        {R"({"n":3,"word":null,"at":null})", true},
        {R"([])", false},
        {R"({"word":"a"})", false},
        {R"({"n":-1,"word":"a"})", false},
        {R"({"n":1.5,"word":"a"})", false},
        {R"({"n":"1","word":"a"})", false},
        {R"({"n":1,"word":"b"})", false},
        {R"({"n":1,"word":"a","list":[]})", false},
        {R"({"n":1,"word":"a","list":["a","b","c"]})", false},
        {R"({"n":1,"word":"a","list":["A"]})", false},
        {R"({"n":1,"word":"a","at":"yesterday"})", false},
        {R"({"n":1,"word":"a","gone":1})", false},
        {R"({"n":1,"word":"a","more":1})", false},
    };
    for (const auto& row : rows) {
      const auto fault = schemas.fault(schema, row.text);
      CAPTURE(row.text);
      CAPTURE(fault);
      CHECK(fault.empty() == row.is_good);
    }
    CHECK(!schemas.fault(R"({"contains": {}})", "[]").empty());
    CHECK(!schemas.fault(R"({"$ref": "#/nowhere"})", "[]").empty());
  }

  TEST_CASE("reads the operations of a description") {
    const auto operations = operations_in(R"({
      "paths": {"/a": {
        "parameters": [{"$ref": "#/components/parameters/days"}],
        "get": {"security": [], "responses": {"4XX": {"description": "no"}}},
        "post": {
          "security": [{}],
          "requestBody": {"content": {"application/json": {
            "schema": {"required": ["m"], "properties": {"m": {"type": "string", "enum": ["x"]}}},
            "example": {"m": "x"}}}},
          "responses": {"200": {"content": {"text/plain": {"schema": {"type": "string"}}}}}
        }
      }},
      "components": {"parameters": {"days": {
        "name": "days", "in": "query", "example": 30, "schema": {"type": "integer", "maximum": 60}}}}
    })");
    REQUIRE(operations.size() == 2);
    CHECK(operations[0].name() == "GET /a");
    REQUIRE(operations[0].query.size() == 1);
    CHECK(operations[0].query[0].example == "30");
    CHECK(operations[0].query[0].most == 60);
    CHECK_FALSE(operations[0].needs_token);
    CHECK(operations[0].answer(404) != nullptr);
    CHECK(operations[0].answer(200) == nullptr);
    CHECK(operations[1].needs_token);
    REQUIRE(operations[1].body);
    CHECK(operations[1].body->content.example == R"({"m":"x"})");
    REQUIRE(operations[1].body->members.size() == 1);
    CHECK(operations[1].body->members[0].is_required);
    REQUIRE(operations[1].answer(200) != nullptr);
    CHECK(operations[1].answer(200)->contains("text/plain"));
  }
}
