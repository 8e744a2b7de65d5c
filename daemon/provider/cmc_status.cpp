#include "provider/cmc_status.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <simdjson.h>

#include "base/ascii.hpp"

namespace quotecached::provider::cmc {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::int64_t kNoNumber = -1;

// No call costs anywhere near it: what is above is no charge, and must not close a month.
constexpr std::int64_t kMostCreditsOfCall = 1'000'000;

// The provider's statuses are a tenth of it.
constexpr std::size_t kLongestHead = 4096;

constexpr std::string_view kSpace = " \t\r\n";

bool contains_word(std::string_view text, std::string_view lower_word) {
  const auto same = [](char a, char b) { return to_lower(a) == b; };
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) !=
         text.end();
}

char first_visible(std::string_view body) {
  const auto at = body.find_first_not_of(kSpace);
  return at == std::string_view::npos ? '\0' : body[at];
}

// The provider writes numbers on its older endpoints and strings on the newer ones.
std::int64_t read_integer(ondemand::value value) {
  std::int64_t number = 0;
  if (value.get_int64().get(number) == simdjson::SUCCESS) return number;
  double real = 0;
  const bool is_real = value.get_double().get(real) == simdjson::SUCCESS;
  if (is_real && std::abs(real) < 1e15 && real == std::floor(real))
    return static_cast<std::int64_t>(real);
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return kNoNumber;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return kNoNumber;
  return number;
}

bool is_text(ondemand::value& value) {
  ondemand::json_type type{};
  return value.type().get(type) == simdjson::SUCCESS && type == ondemand::json_type::string;
}

void read_status_field(std::string_view key, ondemand::value value, Status& out) {
  std::string_view text;
  if (key == "notice") {
    out.form.notice = is_text(value) ? StatusForm::Notice::Text : StatusForm::Notice::Null;
  } else if (key == "error_code") {
    out.shape = Shape::Status;
    out.form.code_is_text = is_text(value);
    out.error_code = read_integer(value);
  } else if (key == "error_message") {
    out.form.message_is_text = is_text(value);
    if (value.get_string().get(text) == simdjson::SUCCESS) out.error_message = text;
  } else if (key == "credit_count") {
    const auto count = read_integer(value);
    out.has_credit_count = count >= 0 && count <= kMostCreditsOfCall;
    out.credit_count.count = out.has_credit_count ? count : 0;
  }
}

// Reads the fields of an object through `read`; false when it is cut short or malformed.
template <class Read>
bool walk(ondemand::object object, Read read) {
  for (auto next : object) {
    std::string_view key;
    ondemand::value value;
    if (next.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    if (next.value().get(value) != simdjson::SUCCESS) return false;
    if (!read(key, value)) return false;
  }
  return true;
}

// Of an error without a status: {"statusCode":404,"error":"Not Found","message":"..."}.
bool read_message(ondemand::value& value, Status& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return false;
  if (out.shape != Shape::Status) out.error_message = text;
  return true;
}

bool read_top_field(std::string_view key, ondemand::value value, Status& out) {
  ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return false;
  if (key == "message" && type == ondemand::json_type::string) return read_message(value, out);
  if (key != "status" || type != ondemand::json_type::object) return true;  // skipped by walk()
  ondemand::object status;
  if (value.get_object().get(status) != simdjson::SUCCESS) return false;
  return walk(status, [&out](std::string_view name, ondemand::value field) {
    read_status_field(name, field, out);
    return true;
  });
}

bool read_object(ondemand::document& document, Status& out) {
  ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  return walk(object, [&out](std::string_view key, ondemand::value value) {
    return read_top_field(key, value, out);
  });
}

bool walk_array(ondemand::document& document) {
  ondemand::array array;
  if (document.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto next : array)
    if (next.error() != simdjson::SUCCESS) return false;
  return true;
}

Status read_json(std::string& body) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  const simdjson::padded_string_view view(body.data(), body.size(), body.capacity());
  ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(view).get(document) != simdjson::SUCCESS) return {};
  Status status;
  status.shape = Shape::NoStatus;
  const bool is_list = first_visible(body) == '[';
  const bool is_whole = is_list ? walk_array(document) : read_object(document, status);
  const bool is_at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return is_whole && is_at_end ? status : Status{};
}

// Takes white space and then `wanted` off the front.
bool take(std::string_view& text, std::string_view wanted) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

// The length of the object that `text` begins with; 0 when it does not end. Strings are stepped
// over.
std::size_t length_of_object(std::string_view text) {
  int depth = 0;
  bool is_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_text && c == '\\') {
      ++at;
    } else if (c == '"') {
      is_text = !is_text;
    } else if (!is_text && c == '{') {
      ++depth;
    } else if (!is_text && c == '}' && --depth == 0) {
      return at + 1;
    }
  }
  return 0;
}

}  // namespace

std::optional<Status> read_first_status(std::string_view body) {
  std::string_view rest = body.substr(0, kLongestHead);
  if (!take(rest, "{") || !take(rest, "\"status\"") || !take(rest, ":")) return std::nullopt;
  rest.remove_prefix(std::min(rest.find_first_not_of(kSpace), rest.size()));
  const auto length = length_of_object(rest);
  if (length == 0) return std::nullopt;
  std::string head = R"({"status":)";
  head.append(rest.substr(0, length)).append("}");
  auto status = read_json(head);
  if (status.shape != Shape::Status) return std::nullopt;
  return status;
}

Status read_status(std::string_view content_type, std::string& body) {
  const char first = first_visible(body);
  if (first == '{' || first == '[') return read_json(body);
  const bool is_page = first == '<' || contains_word(content_type, "html");
  const bool is_json = contains_word(content_type, "json");
  Status status;
  if (first != '\0' && !is_page && !is_json) status.shape = Shape::NoStatus;
  return status;
}

}  // namespace quotecached::provider::cmc
