#include "support/api_description.hpp"

#include <algorithm>
#include <stdexcept>

#include <simdjson.h>

namespace quotecached::test {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string text_of(element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
}

std::string listed(element value) {
  simdjson::dom::array items;
  if (value.get(items) != simdjson::SUCCESS) return text_of(value);
  std::string text;
  for (const auto item : items) text += (text.empty() ? "" : ",") + text_of(item);
  return text;
}

ApiContent content_in(element media) {
  ApiContent content{simdjson::minify(element(media.at_key("schema"))), {}};
  element example;
  if (media.at_key("example").get(example) == simdjson::SUCCESS)
    content.example = simdjson::minify(example);
  return content;
}

bool is_listed(element list, std::string_view wanted) {
  for (const std::string_view one : list.get_array()) {
    if (one == wanted) return true;
  }
  return false;
}

bool flag_at(element value, std::string_view name, bool otherwise) {
  bool is_set = false;
  return value.at_key(name).get(is_set) == simdjson::SUCCESS ? is_set : otherwise;
}

template <class Number>
std::optional<Number> number_at(element schema, std::string_view name) {
  std::int64_t number = 0;
  if (schema.at_key(name).get(number) != simdjson::SUCCESS) return std::nullopt;
  return static_cast<Number>(number);
}

class Reader {
 public:
  explicit Reader(std::string_view description) {
    if (parser_.parse(simdjson::padded_string(description)).get(root_) != simdjson::SUCCESS)
      throw std::runtime_error("the description is no JSON");
  }

  std::vector<ApiOperation> read() const;

 private:
  [[nodiscard]] element resolved(element value) const;
  void add_query(element path_or_operation, ApiOperation& out) const;
  void add_schema(element schema, ApiParameter& out) const;
  [[nodiscard]] ApiBody body(element content) const;
  [[nodiscard]] ApiAnswer answer(element response) const;
  [[nodiscard]] ApiOperation operation(std::string_view path,
                                       element shared,
                                       std::string_view method,
                                       element described) const;

  simdjson::dom::parser parser_;
  element root_;
};

element Reader::resolved(element value) const {
  std::string_view name;
  while (value.at_key("$ref").get(name) == simdjson::SUCCESS)
    value = root_.at_pointer(name.substr(1)).value();
  return value;
}

void Reader::add_schema(element given, ApiParameter& out) const {
  const auto schema = resolved(given);
  out.type = text_of(schema.at_key("type"));
  element found;
  if (schema.at_key("enum").get(found) == simdjson::SUCCESS)
    for (const auto word : found.get_array()) out.words.push_back(text_of(word));
  out.has_form = schema.at_key("pattern").error() == simdjson::SUCCESS;
  out.least = number_at<std::int64_t>(schema, "minimum");
  out.most = number_at<std::int64_t>(schema, "maximum");
  out.least_items = number_at<std::size_t>(schema, "minItems");
  out.most_items = number_at<std::size_t>(schema, "maxItems");
  out.most_length = number_at<std::size_t>(schema, "maxLength");
  if (schema.at_key("items").get(found) != simdjson::SUCCESS) return;
  const auto item = resolved(found);
  out.item_type = text_of(item.at_key("type"));
  out.has_form = item.at_key("pattern").error() == simdjson::SUCCESS;
}

void Reader::add_query(element described, ApiOperation& out) const {
  element all;
  if (described.at_key("parameters").get(all) != simdjson::SUCCESS) return;
  for (const auto one : all.get_array()) {
    const auto given = resolved(one);
    if (text_of(given.at_key("in")) != "query") continue;
    ApiParameter parameter;
    parameter.name = text_of(given.at_key("name"));
    parameter.is_required = flag_at(given, "required", false);
    parameter.is_exploded = flag_at(given, "explode", true);
    element example;
    if (given.at_key("example").get(example) == simdjson::SUCCESS)
      parameter.example = listed(example);
    add_schema(given.at_key("schema"), parameter);
    out.query.push_back(std::move(parameter));
  }
}

ApiBody Reader::body(element content) const {
  ApiBody body;
  const object types = content;
  const auto [type, media] = *types.begin();
  body.media_type = type;
  body.content = content_in(media);
  const auto schema = resolved(media.at_key("schema"));
  const object members = schema.at_key("properties");
  element required;
  const bool has_required = schema.at_key("required").get(required) == simdjson::SUCCESS;
  for (const auto [name, member] : members) {
    ApiParameter parameter;
    parameter.name = name;
    parameter.is_exploded = false;
    parameter.is_required = has_required && is_listed(required, name);
    element example;
    if (media.at_key("example").at_key(name).get(example) == simdjson::SUCCESS)
      parameter.example = listed(example);
    add_schema(member, parameter);
    body.members.push_back(std::move(parameter));
  }
  return body;
}

ApiAnswer Reader::answer(element response) const {
  ApiAnswer answer;
  object content;
  if (resolved(response).at_key("content").get(content) != simdjson::SUCCESS) return answer;
  for (const auto [type, media] : content) answer.emplace(type, content_in(media));
  return answer;
}

ApiOperation Reader::operation(std::string_view path,
                               element shared,
                               std::string_view method,
                               element described) const {
  ApiOperation out;
  out.path = path;
  out.method = method;
  std::ranges::transform(
      out.method, out.method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  add_query(shared, out);
  add_query(described, out);
  out.needs_token = described.at_key("security").get_array().value().size() > 0;
  element found;
  if (described.at_key("requestBody").get(found) == simdjson::SUCCESS)
    out.body = body(resolved(found).at_key("content"));
  const object answers = described.at_key("responses");
  for (const auto [status, response] : answers) out.answers.emplace(status, answer(response));
  return out;
}

std::vector<ApiOperation> Reader::read() const {
  std::vector<ApiOperation> operations;
  const object paths = root_.at_key("paths");
  for (const auto [path, item] : paths) {
    const object members = item;
    for (const auto [method, described] : members) {
      if (method != "parameters") operations.push_back(operation(path, item, method, described));
    }
  }
  return operations;
}

}  // namespace

const ApiAnswer* ApiOperation::answer(long status) const {
  auto found = answers.find(std::to_string(status));
  if (found == answers.end()) found = answers.find(std::to_string(status / 100) + "XX");
  return found == answers.end() ? nullptr : &found->second;
}

std::vector<ApiOperation> operations_in(std::string_view description) {
  return Reader(description).read();
}

}  // namespace quotecached::test
