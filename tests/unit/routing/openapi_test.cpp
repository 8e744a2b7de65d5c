#include "routing/openapi.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <simdjson.h>

#include "app/version.hpp"
#include "routing/own_routes.hpp"

using namespace quotecached;
using namespace quotecached::routing;

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

class Document {
 public:
  Document() {
    const simdjson::padded_string text(description());
    REQUIRE(parser_.parse(text).get(root_) == simdjson::SUCCESS);
  }
  [[nodiscard]] element root() const { return root_; }
  [[nodiscard]] element at(std::string_view pointer) const {
    element found;
    CAPTURE(pointer);
    REQUIRE(root_.at_pointer(pointer).get(found) == simdjson::SUCCESS);
    return found;
  }
  [[nodiscard]] std::string text_at(std::string_view pointer) const {
    return std::string(std::string_view(at(pointer)));
  }

  // Calls `see(path, method, operation)` of each.
  template <class See>
  void each_operation(const See& see) const {
    const object paths = at("/paths");
    for (const auto [path, item] : paths) {
      const object members = item;
      for (const auto [method, operation] : members)
        if (method != "parameters") see(path, method, operation);
    }
  }

 private:
  simdjson::dom::parser parser_;
  element root_;
};

std::string word_of(Method method) {
  switch (method) {
    case Method::Get: return "get";
    case Method::Head: return "head";
    case Method::Post: return "post";
    case Method::Delete: return "delete";
    case Method::Options:
    case Method::Other: break;
  }
  return "other";
}

// Calls `see(name, value)` of all members, however deep.
template <class See>
void each_member(element value, const See& see) {
  simdjson::dom::array list;
  object members;
  if (value.get(list) == simdjson::SUCCESS) {
    for (const auto item : list) each_member(item, see);
  } else if (value.get(members) == simdjson::SUCCESS) {
    for (const auto [name, member] : members) {
      see(name, member);
      each_member(member, see);
    }
  }
}

}  // namespace

TEST_SUITE("routing::description") {
  TEST_CASE("has every own route, and nothing else") {
    std::set<std::string> routes;
    for (const auto& own : own_paths())
      routes.insert(word_of(own.method) + " " + std::string(own.path));
    std::set<std::string> described;
    const Document document;
    document.each_operation([&](auto path, auto method, element) {
      described.insert(std::string(method) + " " + std::string(path));
    });
    CHECK(described == routes);
  }

  TEST_CASE("is of OpenAPI 3.1 and of this version of the daemon") {
    const Document document;
    CHECK(document.text_at("/openapi").starts_with("3.1."));
    CHECK(document.text_at("/info/version") == app::kVersion);
    CHECK(!document.text_at("/info/title").empty());
  }

  TEST_CASE("refers to nothing that is not there, and has nothing that is not referred to") {
    const Document document;
    std::set<std::string> used;
    each_member(document.root(), [&](std::string_view name, element value) {
      if (name != "$ref") return;
      const std::string_view target = value;
      REQUIRE(target.starts_with("#/components/"));
      (void)document.at(target.substr(1));
      used.insert(std::string(target));
    });
    for (const auto* const kind : {"schemas", "parameters", "responses", "headers"}) {
      const std::string folder = "/components/" + std::string(kind);
      const object all = document.at(folder);
      for (const auto [name, value] : all) {
        const auto reference = "#" + folder + "/" + std::string(name);
        const bool is_of_stream =
            name == "StreamRow" || name == "StreamGone" || name == "StreamLists";
        CAPTURE(reference);
        CHECK((used.contains(reference) || is_of_stream));
      }
    }
  }

  TEST_CASE("names each operation once, and knows the tags and tokens that it names") {
    const Document document;
    std::set<std::string> tags;
    for (const auto tag : document.at("/tags").get_array())
      tags.insert(std::string(std::string_view(tag.at_key("name"))));
    std::set<std::string> ids;
    document.each_operation([&](std::string_view path, auto, element operation) {
      CAPTURE(path);
      CHECK(ids.insert(std::string(std::string_view(operation.at_key("operationId")))).second);
      CHECK(operation.at_key("summary").error() == simdjson::SUCCESS);
      for (const std::string_view tag : operation.at_key("tags").get_array())
        CHECK(tags.contains(std::string(tag)));
      for (const auto one : operation.at_key("security").get_array()) {
        const object schemes = one;
        for (const auto [scheme, scopes] : schemes)
          (void)document.at("/components/securitySchemes/" + std::string(scheme));
      }
    });
  }

  TEST_CASE("says what each parameter means and what each answer is") {
    const Document document;
    const auto has = [](element of, std::string_view name) {
      return of.at_key("$ref").error() == simdjson::SUCCESS ||
             of.at_key(name).error() == simdjson::SUCCESS;
    };
    each_member(document.root(), [&](std::string_view name, element value) {
      if (name == "parameters" && value.is_array()) {
        for (const auto parameter : value.get_array()) {
          CHECK(has(parameter, "description"));
          CHECK(has(parameter, "schema"));
        }
      }
      if (name != "responses") return;
      const object answers = value;
      for (const auto [status, answer] : answers) CHECK(has(answer, "description"));
    });
  }
}
