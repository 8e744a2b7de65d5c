#include "src/json_fields.hpp"

#include <utility>

#include "src/timestamp.hpp"

namespace quotecache {
namespace {

constexpr std::string_view kWholeNumber = "a whole number";
constexpr std::string_view kNumber = "a number";

}  // namespace

void Fault::note(std::string text) {
  if (text_.empty()) text_ = std::move(text);
}

JsonFields::JsonFields(Member member, std::string path, Fault& fault)
    : path_(std::move(path)), fault_(fault) {
  is_object_ = member && member->get(object_) == simdjson::SUCCESS;
  if (!is_object_) fault_.note((path_.empty() ? "it" : path_) + " is not an object");
}

std::vector<std::string> JsonFields::names() const {
  std::vector<std::string> names;
  if (!is_object_) return names;
  for (const auto member : object_) names.emplace_back(member.key);
  return names;
}

bool JsonFields::has(const char* name) const {
  return is_object_ && object_.at_key(name).error() == simdjson::SUCCESS;
}

std::string JsonFields::path_of(const char* name) const {
  return path_.empty() ? name : path_ + "." + name;
}

std::vector<std::string> JsonFields::texts(const char* name) const {
  std::vector<std::string> values;
  const Member member = find(name);
  simdjson::dom::array array;
  if (!member) return values;
  bool is_fine = member->get(array) == simdjson::SUCCESS;
  if (is_fine) {
    for (const auto item : array) {
      std::string_view text;
      is_fine = is_fine && item.get(text) == simdjson::SUCCESS;
      if (is_fine) values.emplace_back(text);
    }
  }
  if (!is_fine) reject(name, "an array of texts");
  return values;
}

void JsonFields::reject(const char* name, std::string_view wanted) const {
  fault_.note(path_of(name) + " is not " + std::string(wanted));
}

JsonFields::Member JsonFields::find(const char* name) const {
  simdjson::dom::element element;
  if (fault_.is_set() || !is_object_) return std::nullopt;
  if (object_[name].get(element) == simdjson::SUCCESS) return element;
  fault_.note(path_of(name) + " is missing");
  return std::nullopt;
}

JsonFields::Member JsonFields::find_unless_null(const char* name) const {
  const Member member = find(name);
  return member && member->is_null() ? std::nullopt : member;
}

template <class T>
std::optional<T> JsonFields::value(const char* name, Member member, std::string_view wanted) const {
  T value{};
  if (!member) return std::nullopt;
  if (member->get(value) == simdjson::SUCCESS) return value;
  reject(name, wanted);
  return std::nullopt;
}

std::optional<std::string> JsonFields::text_in(const char* name, Member member) const {
  const auto text = value<std::string_view>(name, member, "a text");
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<TimePoint> JsonFields::time_in(const char* name, Member member) const {
  const auto text = value<std::string_view>(name, member, "a time");
  if (!text) return std::nullopt;
  const auto time = parse_timestamp(*text);
  if (!time) reject(name, "a time in UTC");
  return time;
}

std::string JsonFields::text(const char* name) const {
  return text_in(name, find(name)).value_or("");
}

std::int64_t JsonFields::integer(const char* name) const {
  return value<std::int64_t>(name, find(name), kWholeNumber).value_or(0);
}

double JsonFields::number(const char* name) const {
  return value<double>(name, find(name), kNumber).value_or(0);
}

bool JsonFields::boolean(const char* name) const {
  return value<bool>(name, find(name), "true or false").value_or(false);
}

TimePoint JsonFields::time(const char* name) const {
  return time_in(name, find(name)).value_or(TimePoint{});
}

JsonFields JsonFields::object(const char* name) const {
  return {find(name), path_of(name), fault_};
}

std::optional<std::string> JsonFields::optional_text(const char* name) const {
  return text_in(name, find_unless_null(name));
}

std::optional<std::int64_t> JsonFields::optional_integer(const char* name) const {
  return value<std::int64_t>(name, find_unless_null(name), kWholeNumber);
}

std::optional<double> JsonFields::optional_number(const char* name) const {
  return value<double>(name, find_unless_null(name), kNumber);
}

std::optional<TimePoint> JsonFields::optional_time(const char* name) const {
  return time_in(name, find_unless_null(name));
}

std::optional<JsonFields> JsonFields::optional_object(const char* name) const {
  const Member member = find_unless_null(name);
  if (!member) return std::nullopt;
  return JsonFields(member, path_of(name), fault_);
}

}  // namespace quotecache
