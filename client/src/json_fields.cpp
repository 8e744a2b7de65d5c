#include "src/json_fields.hpp"

#include <utility>

#include "src/timestamp.hpp"

namespace quotecache {

void Fault::note(std::string text) {
  if (text_.empty()) text_ = std::move(text);
}

JsonFields::JsonFields(std::optional<simdjson::dom::element> element,
                       std::string path,
                       Fault& fault)
    : path_(std::move(path)), fault_(fault) {
  is_object_ = element && element->get(object_) == simdjson::SUCCESS;
  if (!is_object_) fault_.note((path_.empty() ? "it" : path_) + " is not an object");
}

std::string JsonFields::path_of(const char* name) const {
  return path_.empty() ? name : path_ + "." + name;
}

void JsonFields::reject(const char* name, std::string_view wanted) const {
  fault_.note(path_of(name) + " is not " + std::string(wanted));
}

std::optional<simdjson::dom::element> JsonFields::find(const char* name) const {
  simdjson::dom::element element;
  if (fault_.is_set() || !is_object_) return std::nullopt;
  if (object_[name].get(element) == simdjson::SUCCESS) return element;
  fault_.note(path_of(name) + " is missing");
  return std::nullopt;
}

std::optional<simdjson::dom::element> JsonFields::need(const char* name,
                                                       std::string_view wanted) const {
  const auto element = find(name);
  if (!element || !element->is_null()) return element;
  reject(name, wanted);
  return std::nullopt;
}

bool JsonFields::is_null(const char* name) const {
  const auto element = find(name);
  return !element || element->is_null();
}

template <class T>
T JsonFields::value(const char* name, std::string_view wanted) const {
  T value{};
  const auto element = need(name, wanted);
  if (element && element->get(value) != simdjson::SUCCESS) reject(name, wanted);
  return value;
}

std::string JsonFields::text(const char* name) const {
  return std::string(value<std::string_view>(name, "a text"));
}

std::int64_t JsonFields::integer(const char* name) const {
  return value<std::int64_t>(name, "a whole number");
}

double JsonFields::number(const char* name) const { return value<double>(name, "a number"); }

bool JsonFields::boolean(const char* name) const { return value<bool>(name, "true or false"); }

TimePoint JsonFields::time(const char* name) const {
  const auto time = parse_timestamp(value<std::string_view>(name, "a time"));
  if (!time) reject(name, "a time in UTC");
  return time.value_or(TimePoint{});
}

JsonFields JsonFields::object(const char* name) const {
  return {need(name, "an object"), path_of(name), fault_};
}

std::optional<std::string> JsonFields::optional_text(const char* name) const {
  if (is_null(name)) return std::nullopt;
  return text(name);
}

std::optional<std::int64_t> JsonFields::optional_integer(const char* name) const {
  if (is_null(name)) return std::nullopt;
  return integer(name);
}

std::optional<double> JsonFields::optional_number(const char* name) const {
  if (is_null(name)) return std::nullopt;
  return number(name);
}

std::optional<TimePoint> JsonFields::optional_time(const char* name) const {
  if (is_null(name)) return std::nullopt;
  return time(name);
}

std::optional<JsonFields> JsonFields::optional_object(const char* name) const {
  if (is_null(name)) return std::nullopt;
  return object(name);
}

}  // namespace quotecache
