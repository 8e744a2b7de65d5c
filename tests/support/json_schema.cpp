#include "support/json_schema.hpp"

#include <map>
#include <regex>
#include <stdexcept>

#include <simdjson.h>

namespace quotecached::test {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string_view name_of_type(element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY: return "array";
    case simdjson::dom::element_type::OBJECT: return "object";
    case simdjson::dom::element_type::STRING: return "string";
    case simdjson::dom::element_type::BOOL: return "boolean";
    case simdjson::dom::element_type::DOUBLE: return "number";
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64: return "integer";
    case simdjson::dom::element_type::NULL_VALUE: break;
  }
  return "null";
}

// One value against one schema. Each word's check answers with the fault, or nothing.
class Check {
 public:
  explicit Check(element root) : root_(root) {}

  std::string schema(element schema, element value, const std::string& where) const;

 private:
  struct Subject {
    object schema;
    element value;
    const std::string& where;
  };
  using Word = std::string (Check::*)(element, const Subject&) const;
  static const std::map<std::string_view, Word>& words();

  std::string nothing(element, const Subject&) const { return {}; }
  std::string ref(element wanted, const Subject& of) const;
  std::string type(element wanted, const Subject& of) const;
  std::string one_of(element wanted, const Subject& of) const;
  std::string enumeration(element wanted, const Subject& of) const;
  std::string required(element wanted, const Subject& of) const;
  std::string properties(element wanted, const Subject& of) const;
  std::string further(element wanted, const Subject& of) const;
  std::string items(element wanted, const Subject& of) const;
  std::string pattern(element wanted, const Subject& of) const;
  std::string format(element wanted, const Subject& of) const;
  template <bool is_least>
  std::string bound(element wanted, const Subject& of) const;
  template <bool is_least>
  std::string size(element wanted, const Subject& of) const;

  static std::string wrong(const Subject& of, std::string_view why) {
    return of.where + ": " + std::string(why) + ": " + simdjson::minify(of.value);
  }

  element root_;
};

const std::map<std::string_view, Check::Word>& Check::words() {
  static const std::map<std::string_view, Word> kWords{
      {"$ref", &Check::ref},
      {"type", &Check::type},
      {"oneOf", &Check::one_of},
      {"enum", &Check::enumeration},
      {"required", &Check::required},
      {"properties", &Check::properties},
      {"additionalProperties", &Check::further},
      {"items", &Check::items},
      {"pattern", &Check::pattern},
      {"format", &Check::format},
      {"minimum", &Check::bound<true>},
      {"maximum", &Check::bound<false>},
      {"minItems", &Check::size<true>},
      {"maxItems", &Check::size<false>},
      {"maxLength", &Check::size<false>},
      {"description", &Check::nothing},
      {"default", &Check::nothing},
  };
  return kWords;
}

std::string Check::schema(element schema, element value, const std::string& where) const {
  bool is_allowed = false;
  if (schema.get(is_allowed) == simdjson::SUCCESS)
    return is_allowed ? std::string() : where + ": may not be there";
  object all;
  if (schema.get(all) != simdjson::SUCCESS) return where + ": no schema";
  const Subject subject{all, value, where};
  for (const auto [word, wanted] : all) {
    const auto known = words().find(word);
    if (known == words().end()) return where + ": unknown word of a schema: " + std::string(word);
    if (auto fault = (this->*known->second)(wanted, subject); !fault.empty()) return fault;
  }
  return {};
}

std::string Check::ref(element wanted, const Subject& of) const {
  const std::string_view name = wanted;
  element target;
  if (!name.starts_with("#/") || root_.at_pointer(name.substr(1)).get(target) != simdjson::SUCCESS)
    return of.where + ": leads nowhere: " + std::string(name);
  return schema(target, of.value, of.where);
}

std::string Check::type(element wanted, const Subject& of) const {
  const auto is = name_of_type(of.value);
  const auto fits = [is](std::string_view name) {
    return name == is || (name == "number" && is == "integer");
  };
  std::string_view one;
  if (wanted.get(one) == simdjson::SUCCESS) return fits(one) ? "" : wrong(of, "is of another type");
  for (const auto name : wanted.get_array()) {
    if (fits(name)) return {};
  }
  return wrong(of, "is of none of the types");
}

std::string Check::one_of(element wanted, const Subject& of) const {
  std::size_t count = 0;
  std::string faults;
  for (const auto one : wanted.get_array()) {
    const auto fault = schema(one, of.value, of.where);
    if (fault.empty()) ++count;
    faults += " / " + fault;
  }
  return count == 1 ? std::string() : of.where + ": fits not one of the schemas" + faults;
}

std::string Check::enumeration(element wanted, const Subject& of) const {
  for (const auto one : wanted.get_array()) {
    if (simdjson::minify(one) == simdjson::minify(of.value)) return {};
  }
  return wrong(of, "is none of the words");
}

std::string Check::required(element wanted, const Subject& of) const {
  object members;
  if (of.value.get(members) != simdjson::SUCCESS) return {};
  for (const std::string_view name : wanted.get_array()) {
    if (members.at_key(name).error() != simdjson::SUCCESS)
      return wrong(of, "lacks " + std::string(name));
  }
  return {};
}

std::string Check::properties(element wanted, const Subject& of) const {
  object members;
  if (of.value.get(members) != simdjson::SUCCESS) return {};
  for (const auto [name, value] : members) {
    element known;
    if (wanted.at_key(name).get(known) != simdjson::SUCCESS) continue;
    if (auto fault = schema(known, value, of.where + "/" + std::string(name)); !fault.empty())
      return fault;
  }
  return {};
}

// Of members that `properties` does not name.
std::string Check::further(element wanted, const Subject& of) const {
  object members;
  if (of.value.get(members) != simdjson::SUCCESS) return {};
  object known;
  const bool has_known = of.schema.at_key("properties").get(known) == simdjson::SUCCESS;
  for (const auto [name, value] : members) {
    if (has_known && known.at_key(name).error() == simdjson::SUCCESS) continue;
    if (auto fault = schema(wanted, value, of.where + "/" + std::string(name)); !fault.empty())
      return fault;
  }
  return {};
}

std::string Check::items(element wanted, const Subject& of) const {
  array list;
  if (of.value.get(list) != simdjson::SUCCESS) return {};
  std::size_t at = 0;
  for (const auto item : list) {
    const auto where = of.where + "/" + std::to_string(at++);
    if (auto fault = schema(wanted, item, where); !fault.empty()) return fault;
  }
  return {};
}

std::string Check::pattern(element wanted, const Subject& of) const {
  std::string_view text;
  if (of.value.get(text) != simdjson::SUCCESS) return {};
  const std::regex expression{std::string(std::string_view(wanted))};
  const std::string searched(text);
  return std::regex_search(searched, expression) ? std::string() : wrong(of, "has another form");
}

std::string Check::format(element wanted, const Subject& of) const {
  std::string_view text;
  if (of.value.get(text) != simdjson::SUCCESS) return {};
  if (std::string_view(wanted) != "date-time") return of.where + ": unknown format";
  static const std::regex kTime(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$)");
  return std::regex_match(std::string(text), kTime) ? std::string() : wrong(of, "is no time");
}

template <bool is_least>
std::string Check::bound(element wanted, const Subject& of) const {
  double number = 0;
  if (of.value.get(number) != simdjson::SUCCESS) return {};
  const double limit = wanted;
  return (is_least ? number >= limit : number <= limit) ? std::string()
                                                        : wrong(of, "out of bounds");
}

// Of a list, or of a text.
template <bool is_least>
std::string Check::size(element wanted, const Subject& of) const {
  array list;
  std::string_view text;
  const auto limit = static_cast<std::size_t>(std::uint64_t(wanted));
  std::size_t count = 0;
  if (of.value.get(list) == simdjson::SUCCESS) {
    count = list.size();
  } else if (of.value.get(text) == simdjson::SUCCESS) {
    count = text.size();
  } else {
    return {};
  }
  return (is_least ? count >= limit : count <= limit) ? std::string()
                                                      : wrong(of, "too few or many");
}

element parsed(simdjson::dom::parser& parser, std::string_view text) {
  element root;
  if (parser.parse(simdjson::padded_string(text)).get(root) != simdjson::SUCCESS)
    throw std::runtime_error("no JSON: " + std::string(text.substr(0, 200)));
  return root;
}

}  // namespace

struct JsonSchemas::Document {
  simdjson::dom::parser parser;
  element root;
};

JsonSchemas::JsonSchemas(std::string_view document) : document_(std::make_unique<Document>()) {
  document_->root = parsed(document_->parser, document);
}

JsonSchemas::~JsonSchemas() = default;

std::string JsonSchemas::fault(std::string_view schema, std::string_view text) const {
  simdjson::dom::parser of_schema;
  simdjson::dom::parser of_text;
  const Check check(document_->root);
  return check.schema(parsed(of_schema, schema), parsed(of_text, text), "");
}

}  // namespace quotecached::test
