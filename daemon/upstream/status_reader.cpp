#include "upstream/status_reader.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include <simdjson.h>

namespace quotecached::upstream {
namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t kNoNumber = -1;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool contains_word(std::string_view text, std::string_view lower_word) {
  const auto same = [](char a, char b) { return lower(a) == b; };
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(), same) !=
         text.end();
}

char first_visible(std::string_view body) {
  const auto at = body.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : body[at];
}

// The provider writes numbers on its older endpoints and strings on the newer ones.
std::int64_t read_integer(dom::element value) {
  std::int64_t number = 0;
  if (value.get_int64().get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return kNoNumber;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return kNoNumber;
  return number;
}

void read_fields(dom::element object, Status& out) {
  dom::element value;
  std::string_view text;
  if (object["error_code"].get(value) != simdjson::SUCCESS) return;
  out.shape = Shape::Status;
  out.error_code = read_integer(value);
  if (object["error_message"].get_string().get(text) == simdjson::SUCCESS) out.error_message = text;
  if (object["credit_count"].get(value) == simdjson::SUCCESS)
    out.credit_count.count = std::max<std::int64_t>(0, read_integer(value));
}

Status read_json(std::string& body) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  dom::parser parser;
  dom::element document;
  Status status;
  const bool is_whole =
      parser.parse(body.data(), body.size(), false).get(document) == simdjson::SUCCESS;
  if (!is_whole) return status;
  status.shape = Shape::NoStatus;
  dom::element object;
  if (document["status"].get(object) == simdjson::SUCCESS) read_fields(object, status);
  return status;
}

}  // namespace

Status read_status(std::string_view content_type, std::string& body) {
  const char first = first_visible(body);
  if (first == '{' || first == '[') return read_json(body);
  const bool is_page = first == '<' || contains_word(content_type, "html");
  const bool is_json = contains_word(content_type, "json");
  Status status;
  if (first != '\0' && !is_page && !is_json) status.shape = Shape::NoStatus;
  return status;
}

Verdict interpret(unsigned http_status, const Status& status) noexcept {
  const bool is_success = http_status >= 200 && http_status < 300;
  const bool is_limit = http_status == 401 || http_status == 402 || http_status == 429;
  if (status.shape == Shape::Broken && !is_limit) return Verdict::ServerFailure;
  if (status.shape == Shape::NoStatus && is_success) return Verdict::Ok;
  return classify(http_status, status.shape == Shape::Status, status.error_code);
}

}  // namespace quotecached::upstream
