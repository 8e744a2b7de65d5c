#include "load/answer_head.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"

namespace quotecached::load {
namespace {

constexpr std::string_view kEmptyLine = "\r\n\r\n";
constexpr std::string_view kVersions = "HTTP/1.";  // and one digit, a blank, three digits
constexpr std::size_t kStatusAt = 9;

std::optional<std::size_t> head_number(std::string_view text) {
  std::size_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

Source source_of(std::string_view cache_status) {
  if (cache_status.find("; hit") == std::string_view::npos) return Source::Miss;
  return cache_status.find("ttl=-") == std::string_view::npos ? Source::Hit : Source::Stale;
}

tl::unexpected<Error> no_answer(const char* what) { return fail(ErrorCode::Invalid, what); }

// The fields of a head, each between a line's end and the next.
Result<void> read_fields(std::string_view fields, AnswerHead& into) {
  bool has_length = into.status == 204 || into.status == 304;
  while (!fields.empty()) {
    const auto line = fields.substr(0, fields.find("\r\n"));
    fields.remove_prefix(std::min(line.size() + 2, fields.size()));
    const auto colon = std::min(line.find(':'), line.size());
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(std::min(colon + 1, line.size())));
    if (equal_ignoring_case(name, "content-length")) {
      const auto length = head_number(value);
      if (!length) return no_answer("an answer of no length");
      into.body_bytes = *length;
      has_length = true;
    } else if (equal_ignoring_case(name, "cache-status")) {
      into.source = source_of(value);
    } else if (equal_ignoring_case(name, "connection")) {
      into.stays_open = !equal_ignoring_case(value, "close");
    }
  }
  if (!has_length) return no_answer("an answer that does not say how long it is");
  return {};
}

}  // namespace

Result<std::optional<AnswerHead>> parse_head(std::string_view received) {
  const auto end = received.find(kEmptyLine);
  if (end == std::string_view::npos) {
    if (received.size() > kLongestHead) return no_answer("an answer whose head is too long");
    return std::optional<AnswerHead>();
  }
  AnswerHead head;
  head.head_bytes = end + kEmptyLine.size();
  const auto first = received.substr(0, received.find("\r\n"));
  const auto status =
      first.size() < kStatusAt + 3 ? std::nullopt : head_number(first.substr(kStatusAt, 3));
  if (!first.starts_with(kVersions) || !status) return no_answer("an answer that is not HTTP");
  head.status = static_cast<int>(*status);
  const auto fields = std::min(first.size() + 2, end);
  const auto read = read_fields(received.substr(fields, end - fields), head);
  if (!read) return tl::unexpected(read.error());
  return std::optional(head);
}

}  // namespace quotecached::load
