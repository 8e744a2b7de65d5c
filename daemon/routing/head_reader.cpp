#include "routing/head_reader.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace quotecached::routing {
namespace {

namespace beast = boost::beast;
using beast::iequals;

// Neither an id of a request nor of a trace.
constexpr std::string_view kNeither = ",";

// Is it among the directives of a Cache-Control field?
bool has_directive(std::string_view directives, std::string_view wanted) {
  while (!directives.empty()) {
    const auto end = std::min(directives.find(','), directives.size());
    auto word = directives.substr(0, end);
    directives.remove_prefix(std::min(end + 1, directives.size()));
    word.remove_prefix(std::min(word.find_first_not_of(" \t"), word.size()));
    word.remove_suffix(word.size() - std::min(word.find_last_not_of(" \t") + 1, word.size()));
    if (iequals({word.data(), word.size()}, {wanted.data(), wanted.size()})) return true;
  }
  return false;
}

}  // namespace

Method HeadReader::method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get: return Method::Get;
    case beast::http::verb::head: return Method::Head;
    case beast::http::verb::post: return Method::Post;
    case beast::http::verb::delete_: return Method::Delete;
    case beast::http::verb::options: return Method::Options;
    default: return Method::Other;
  }
}

bool HeadReader::has_fold(const char* name_end, const char* value) const {
  const std::less<> is_before;
  const bool is_copy =
      is_before(value, name_end) || is_before(received_.data() + received_.size(), value);
  return is_copy || std::find(name_end, value, '\r') != value;
}

void HeadReader::read_odd_target(std::string_view text) {
  if (const auto absolute = split_absolute(text)) {
    head.is_absolute = true;
    head.target = absolute->target;
    const bool has_path =
        absolute->authority.data() + absolute->authority.size() != text.data() + text.size();
    if (head.method == Method::Options && !has_path) head.target = "*";
    name_host(absolute->authority);
  }
  while (head.target.starts_with("//")) head.target.remove_prefix(1);
}

void HeadReader::name_host(std::string_view text) {
  const auto authority = parse_authority(text);
  if (!authority) return refuse(400);
  known_host_ = {std::string(text), authority->kind};
  head.host = text;
  head.host_kind = authority->kind;
}

void HeadReader::read_host(std::string_view text) {
  const bool is_known = text == known_host_.text && !has_host_ && !head.is_absolute;
  if (!is_known) return read_new_host(text);
  has_host_ = true;
  head.host = text;
  head.host_kind = known_host_.kind;
}

void HeadReader::read_new_host(std::string_view text) {
  if (std::exchange(has_host_, true)) return refuse(400);
  if (!head.is_absolute) return name_host(text);
  if (!parse_authority(text)) refuse(400);
}

void HeadReader::read_origin(std::string_view text) {
  if (!head.origin.empty() && head.origin != text) refuse(400);
  head.origin = text.empty() ? "null" : text;
}

// Of two fields neither counts, though something was sent.
void HeadReader::read_once(std::string_view value, std::string_view& field) {
  field = field.empty() ? value : kNeither;
}

void HeadReader::read_unknown(Text name, std::string_view value) {
  const Text key(key_header_.data(), key_header_.size());
  if (name == key || iequals(name, key)) {  // most spell it as it is documented
    head.api_key = value;
  } else if (iequals(name, "X-Forwarded-For")) {
    head.is_relayed = true;
  } else if (iequals(name, "Last-Event-ID")) {
    head.last_event_id = value;
  } else if (iequals(name, "X-Request-Id")) {
    read_once(value, head.request_id);
  } else if (iequals(name, "traceparent")) {
    read_once(value, head.traceparent);
  }
}

void HeadReader::read_rare(Field name, std::string_view value) {
  const Text text(value.data(), value.size());
  switch (name) {
    case Field::if_none_match:
      head.if_none_match = has_condition_ ? std::string_view() : value;
      has_condition_ = true;
      break;
    case Field::expect: read_expectation(text); break;
    case Field::transfer_encoding:
      if (head.is_http_1_0) refuse(400);
      if (!iequals(text, "chunked")) refuse(501);
      break;
    case Field::content_type: head.content_type = value; break;
    case Field::cache_control:
      head.only_if_cached |= has_directive(value, "only-if-cached");
      head.no_transform |= has_directive(value, "no-transform");
      break;
    case Field::authorization: head.authorization = value; break;
    case Field::origin: read_origin(value); break;
    case Field::sec_fetch_site:
      if (iequals(text, "cross-site")) head.is_cross_site = true;
      break;
    case Field::forwarded:
    case Field::via: head.is_relayed = true; break;
    default: break;
  }
}

void HeadReader::read_expectation(Text value) {
  if (head.is_http_1_0) return;  // defined for 1.1 only
  if (iequals(value, "100-continue")) {
    wants_continue = true;
  } else {
    refuse(417);
  }
}

void HeadReader::on_body_init_impl(const boost::optional<std::uint64_t>& length, Failure&) {
  if (length) longest_body_ = static_cast<std::size_t>(*length);
}

// The body's memory grows with what has come, not with what was announced, and not past that.
void HeadReader::make_room(std::size_t size) {
  if (size <= body_.capacity()) return;
  std::string larger;  // growing the same one would double it
  larger.reserve(std::max(size, std::min(2 * body_.capacity(), longest_body_)));
  larger += body_;
  body_ = std::move(larger);
}

std::size_t HeadReader::keep(Text piece) {
  if (head.method != Method::Post) return piece.size();
  make_room(body_.size() + piece.size());
  body_.append(piece.data(), piece.size());
  return piece.size();
}

}  // namespace quotecached::routing
