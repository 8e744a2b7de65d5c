// Requests made of what the description of our own routes says, and how their answers are held
// against it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "e2e/bed.hpp"
#include "e2e/event_source.hpp"
#include "support/api_description.hpp"
#include "support/json_schema.hpp"

namespace quotecached::test {

constexpr std::size_t kLongestTarget = 16 * 1024;  // longer ones are 414

struct Given {
  std::string name;
  std::string value;  // as it stands in the query, form or body
};

// The parameters with examples, those of `given` in place of them or added.
inline std::string form_of(const std::vector<ApiParameter>& all, const std::vector<Given>& given) {
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += (text.empty() ? "" : "&") + name + "=" + value;
  };
  for (const auto& one : all) {
    const bool is_given = std::ranges::count(given, one.name, &Given::name) > 0;
    if (!is_given && !one.example.empty()) add(one.name, one.example);
  }
  for (const auto& one : given) add(one.name, one.value);
  return text;
}

inline std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

// The value as JSON.
inline std::string json_of(const ApiParameter& member, const std::string& text) {
  if (member.type == "integer" || member.type == "boolean") return text;
  return in_quotes(text);
}

// The members that are required, and those of `given`, whose values are JSON.
inline std::string json_body_of(const ApiBody& body, const std::vector<Given>& given) {
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += (text.empty() ? "{" : ",") + in_quotes(name) + ":" + value;
  };
  for (const auto& one : body.members) {
    const bool is_given = std::ranges::count(given, one.name, &Given::name) > 0;
    if (one.is_required && !is_given) add(one.name, json_of(one, one.example));
  }
  for (const auto& one : given) add(one.name, one.value);
  return text.empty() ? "{}" : text + "}";
}

struct ApiRequest {
  std::string target;
  std::string body;
  HttpHeaders headers;
};

inline bool has_form(const ApiOperation& operation) {
  return operation.body && operation.body->media_type != "application/json";
}

// As the examples have it, but for what is given.
inline ApiRequest ask_of(const ApiOperation& operation, const std::vector<Given>& given = {}) {
  ApiRequest ask;
  ask.target = operation.path;
  const auto query = has_form(operation) ? std::string() : form_of(operation.query, given);
  if (!query.empty()) ask.target += "?" + query;
  if (!operation.body) return ask;
  ask.headers.push_back("Content-Type: " + operation.body->media_type);
  ask.body = has_form(operation) ? form_of(operation.body->members, given)
                                 : operation.body->content.example;
  return ask;
}

inline HttpResponse send(Daemon& daemon, const ApiOperation& operation, const ApiRequest& ask) {
  return daemon.request(operation.method, ask.target, ask.body, ask.headers);
}

inline std::string media_type_of(const HttpResponse& answer) {
  const auto type = answer.header("content-type");
  return type.substr(0, type.find(';'));
}

inline bool is_json(std::string_view type) {
  return type == "application/json" || type.ends_with("+json");
}

// Each is a row.
inline void check_lines(const JsonSchemas& schemas, std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    CHECK(schemas.fault(R"({"$ref":"#/components/schemas/Row"})", line) == "");
  }
}

// Its status, type and JSON are among those described.
inline void check_described(const JsonSchemas& schemas,
                            const ApiOperation& operation,
                            const HttpResponse& answer) {
  const std::string name = operation.name();
  CAPTURE(name);
  CAPTURE(answer.status);
  CAPTURE(answer.body);
  const auto* const described = operation.answer(answer.status);
  REQUIRE(described != nullptr);
  if (operation.method == "HEAD" || answer.status == 304) {
    CHECK(answer.body.empty());
    return;
  }
  const auto type = media_type_of(answer);
  const auto content = described->find(type);
  REQUIRE_MESSAGE(content != described->end(), type);
  if (is_json(type)) CHECK(schemas.fault(content->second.schema, answer.body) == "");
  if (type == "application/x-ndjson") check_lines(schemas, answer.body);
}

// Listens until there is a row.
inline void check_stream(const JsonSchemas& schemas, Daemon& daemon, const ApiRequest& ask) {
  EventSource source(daemon.base_url(), ask.target);
  CHECK(source.head.starts_with("HTTP/1.1 200 "));
  CHECK(source.head.find("\r\nContent-Type: text/event-stream") != std::string::npos);
  const auto row = source.next("quote");
  REQUIRE(row);
  CAPTURE(row->data);
  CHECK(schemas.fault(R"({"$ref":"#/components/schemas/StreamRow"})", row->data) == "");
}

inline bool is_stream(const ApiOperation& operation) {
  return operation.method == "GET" && operation.path == "/quotes/stream";
}

}  // namespace quotecached::test
