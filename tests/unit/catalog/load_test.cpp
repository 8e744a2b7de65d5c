// Reading a catalogue from TOML: what is refused, and that all of it is told at once.
#include <string>

#include <doctest/doctest.h>

#include "catalog/catalogue.hpp"

using namespace quotecached;
using namespace quotecached::catalog;

namespace {

const std::string kFamily = R"([families.quotes]
fresh = "60s"
stale_while_revalidate = "1m"
stale_if_error = "24h"
)";

std::string row(std::string_view more, std::string_view parameters = R"("id")") {
  return kFamily + R"([parameters.id]
role = "ids"
type = "id_list"
[[endpoint]]
name = "v9.quotes"
path = "/v9/quotes"
family = "quotes"
price = { base = 1, step = 100 }
parameters = [)" +
         std::string(parameters) + "]\n" + std::string(more);
}

std::string mistakes(const std::string& text) {
  const auto catalogue = Catalogue::parse(text, "mine.toml");
  return catalogue ? "" : catalogue.error().message;
}

}  // namespace

TEST_SUITE("catalog::load") {
  TEST_CASE("a small catalogue is read") {
    const auto catalogue =
        Catalogue::parse(row("mode = \"assets\"\none_of = [\"id\"]"), "mine.toml");
    REQUIRE(catalogue);
    const auto* endpoint = catalogue->find("/v9/quotes");
    REQUIRE(endpoint != nullptr);
    CHECK(endpoint->mode == CacheMode::Assets);
    CHECK(endpoint->price.step == 100);
    CHECK_FALSE(endpoint->price.per_convert);
    CHECK(endpoint->freshness.get().stale_while_revalidate == std::chrono::minutes(1));
    REQUIRE(endpoint->parameters.size() == 1);
    CHECK(endpoint->parameters[0].role == Role::Ids);
    CHECK(endpoint->parameters[0].alternative);
  }

  TEST_CASE("each mistake is named with its line") {
    struct Case {
      const char* name;
      std::string text;
      const char* expected;
    };
    for (const auto& c : {
             Case{"broken toml", "[families.quotes\nfresh", "mine.toml:1: "},
             Case{"nothing", "", "[families] is missing"},
             Case{"no rows", kFamily, "no [[endpoint]]"},
             Case{"unknown key", row("speed = 1"), "mine.toml:14: unknown key \"speed\""},
             Case{"wrong type",
                  row("batch = \"many\""),
                  "mine.toml:14: \"batch\" is of the wrong type"},
             Case{
                 "wrong word", row("mode = \"some\""), "mine.toml:14: \"mode\" cannot be \"some\""},
             Case{"zero batch", row("batch = 0"), "batch must be 1 or more"},
             Case{"unknown label", row("", "\"ids\""), "mine.toml:13: no [parameters.ids]"},
             Case{"twice", row("", R"("id", "id")"), "parameter \"id\" stands there twice"},
             Case{"no such choice", row("one_of = [\"slug\"]"), "one_of names \"slug\""},
             Case{"no choice", row("mode = \"assets\""), "needs one_of"},
             Case{"no type", row("", R"({ name = "x" })"), "\"x\" has no type"},
             Case{"no name", row("", R"({ type = "text" })"), "\"\" cannot name a parameter"},
             Case{"bad name",
                  row("", R"({ name = "a b", type = "text" })"),
                  "cannot name a parameter"},
             Case{"no values",
                  row("", R"({ name = "x", type = "enum" })"),
                  "must have 1 to 64 values"},
             Case{"no characters",
                  row("", R"({ name = "x", type = "pattern" })"),
                  "has no characters"},
             Case{"bad default",
                  row("", R"({ name = "x", type = "integer", default = "many" })"),
                  "bad default: \"x\" must be a number"},
             Case{"unbounded converts",
                  row("", R"({ name = "convert", role = "convert", type = "id_list" })"),
                  "must have a maximum from 1 to 120"},
             Case{"converts as text",
                  row("", R"({ name = "convert", role = "convert", type = "text", maximum = 5 })"),
                  "must be a list by its role"},
             Case{"skip_invalid without default",
                  row("", R"({ name = "s", role = "skip_invalid", type = "boolean" })"),
                  "must be a boolean with a default"},
             Case{"limit as text",
                  row("", R"({ name = "l", role = "limit", type = "text" })"),
                  "must be an integer by its role"},
             Case{"no family", row("") + "[[endpoint]]\nprice = {}\n", "no [families.]"},
             Case{"second path",
                  row("") + "[[endpoint]]\nname = \"b\"\npath = \"/v9/quotes\"\nfamily = "
                            "\"quotes\"\nprice = {}\n",
                  "a second /v9/quotes"},
             Case{"no price",
                  row("") + "[[endpoint]]\nname = \"b\"\npath = \"/v9/b\"\nfamily = \"quotes\"\n",
                  "[price] is missing"},
             Case{"bad time",
                  "[families.quotes]\nfresh = \"60\"\nstale_while_revalidate = \"1w\"\n"
                  "stale_if_error = \"-1s\"\n",
                  "\"fresh\" must be a time"},
         }) {
      CAPTURE(c.name);
      const auto message = mistakes(c.text);
      CAPTURE(message);
      CHECK(message.find(c.expected) != std::string::npos);
    }
    CHECK(mistakes(row("")).empty());
  }

  TEST_CASE("all mistakes come at once") {
    const auto message = mistakes(row("speed = 1\nbatch = 0\nmode = \"some\""));
    CHECK(message.find("speed") != std::string::npos);
    CHECK(message.find("batch") != std::string::npos);
    CHECK(message.find("mode") != std::string::npos);
  }

  TEST_CASE("defaults and value lists are brought into canonical form") {
    const auto catalogue = Catalogue::parse(
        row("",
            R"({ name = "aux", type = "enum_list", values = ["b", "c", "a"], default = "b,a,b" },
                   { name = "n", type = "integer", default = "007" })"),
        "mine.toml");
    REQUIRE(catalogue);
    const auto& parameters = catalogue->find("/v9/quotes")->parameters;
    REQUIRE(parameters.size() == 2);
    CHECK(parameters[0].default_value == "a,b");
    CHECK(parameters[1].default_value == "7");
  }
}
