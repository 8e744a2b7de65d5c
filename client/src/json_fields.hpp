// Reads the members of the daemon's JSON objects: strict about those that are asked for, blind to
// all others.
//
// The first thing wrong is noted in a Fault that all readers of one document share; from then on
// they give empty values, so that callers read on without a check at each member.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "quotecache/error.hpp"
#include "quotecache/time.hpp"

namespace quotecache {

class Fault {
 public:
  [[nodiscard]] bool is_set() const noexcept { return !text_.empty(); }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // Keeps the first one only.
  void note(std::string text);

 private:
  std::string text_;
};

class JsonFields {
 public:
  // What stands under a name. Nothing: it is noted already why.
  using Member = std::optional<simdjson::dom::element>;

  // `path` names the object in messages: "windows[1]"; empty for the document. `fault` outlives it.
  JsonFields(Member member, std::string path, Fault& fault);

  // The names of all members, in their order.
  [[nodiscard]] std::vector<std::string> names() const;
  // Is there such a member?
  [[nodiscard]] bool has(const char* name) const;

  // Members that must be there, and not null.
  [[nodiscard]] std::string text(const char* name) const;
  [[nodiscard]] std::int64_t integer(const char* name) const;
  [[nodiscard]] double number(const char* name) const;
  [[nodiscard]] bool boolean(const char* name) const;
  [[nodiscard]] TimePoint time(const char* name) const;
  [[nodiscard]] JsonFields object(const char* name) const;

  // Members that must be there and may be null.
  [[nodiscard]] std::optional<std::string> optional_text(const char* name) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(const char* name) const;
  [[nodiscard]] std::optional<double> optional_number(const char* name) const;
  [[nodiscard]] std::optional<TimePoint> optional_time(const char* name) const;
  [[nodiscard]] std::optional<JsonFields> optional_object(const char* name) const;

  // A text that is one of the words `parse` knows.
  template <class T>
  [[nodiscard]] T word(const char* name,
                       std::optional<T> (*parse)(std::string_view) noexcept) const;

  // An array of objects, each read by `read`.
  template <class T>
  [[nodiscard]] std::vector<T> list(const char* name, T (*read)(const JsonFields&)) const;

  // An array of texts.
  [[nodiscard]] std::vector<std::string> texts(const char* name) const;

  // Notes that the member is not `wanted`: "a whole number".
  void reject(const char* name, std::string_view wanted) const;

 private:
  [[nodiscard]] std::string path_of(const char* name) const;
  // Nothing, and noted, when it is missing.
  [[nodiscard]] Member find(const char* name) const;
  // Nothing also when it is null, which is not noted.
  [[nodiscard]] Member find_unless_null(const char* name) const;
  // These give nothing for nothing; nothing, and noted, for what is not `wanted`.
  template <class T>
  [[nodiscard]] std::optional<T> value(const char* name,
                                       Member member,
                                       std::string_view wanted) const;
  [[nodiscard]] std::optional<std::string> text_in(const char* name, Member member) const;
  [[nodiscard]] std::optional<TimePoint> time_in(const char* name, Member member) const;

  simdjson::dom::object object_;
  bool is_object_ = false;
  std::string path_;
  Fault& fault_;
};

// A whole document. Fails with Protocol.
template <class T>
[[nodiscard]] Result<T> read_json(const std::string& text, T (*read)(const JsonFields&));

template <class T>
T JsonFields::word(const char* name, std::optional<T> (*parse)(std::string_view) noexcept) const {
  const std::string spelled = text(name);
  const auto value = parse(spelled);
  if (!value) reject(name, "a word this version knows");
  return value.value_or(T{});
}

template <class T>
std::vector<T> JsonFields::list(const char* name, T (*read)(const JsonFields&)) const {
  std::vector<T> values;
  const Member member = find(name);
  simdjson::dom::array array;
  if (!member) return values;
  if (member->get(array) != simdjson::SUCCESS) {
    reject(name, "an array");
    return values;
  }
  for (const auto item : array) {
    const std::string path = path_of(name) + "[" + std::to_string(values.size()) + "]";
    values.push_back(read(JsonFields(item, path, fault_)));
    if (fault_.is_set()) break;
  }
  return values;
}

template <class T>
Result<T> read_json(const std::string& text, T (*read)(const JsonFields&)) {
  const auto bad = [](std::string_view why) {
    return Error{ErrorCode::Protocol, "the answer is not the daemon's: " + std::string(why), 200};
  };
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const auto error = parser.parse(text).get(root);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return bad("it is no JSON");
  Fault fault;
  T value = read(JsonFields(root, "", fault));
  if (fault.is_set()) return bad(fault.text());
  return value;
}

}  // namespace quotecache
