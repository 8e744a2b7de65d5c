#include "routing/request_parser.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "base/ascii.hpp"
#include "routing/head_reader.hpp"

namespace quotecached::routing {
namespace {

namespace beast = boost::beast;
using beast::http::error;

unsigned status_of(const beast::error_code& failure) {
  return failure == error::body_limit ? 413 : 400;
}

// "PRI * HTTP/2.0": well-formed, but not a version that is spoken here.
bool has_other_version(std::string_view line) {
  constexpr std::string_view kForm = " HTTP/x.y";
  if (line.size() < kForm.size()) return false;
  const auto version = line.substr(line.size() - kForm.size());
  return version.starts_with(" HTTP/") && is_digit(version[6]) && version[7] == '.' &&
         is_digit(version[8]) && !version.ends_with("1.0") && !version.ends_with("1.1");
}

// Is there a line feed that no carriage return stands before? RFC 9112, 2.2 lets a server take it
// for the end of a line; but two servers that differ in that see different requests.
bool has_bare_feed(std::string_view text, std::size_t from) {
  for (auto at = text.find('\n', from); at != text.npos; at = text.find('\n', at + 1))
    if (at == 0 || text[at - 1] != '\r') return true;
  return false;
}

}  // namespace

class RequestParser::Machine {
 public:
  std::optional<HeadReader> reader;
  std::string body;
  KnownHost known_host;
  std::string kept;  // copy of the head while a body arrives piece by piece
  RequestHead none;

  // Makes the views independent of the received bytes.
  void keep_head() {
    auto& head = reader->head;
    std::string_view* const views[] = {&head.target,
                                       &head.host,
                                       &head.api_key,
                                       &head.authorization,
                                       &head.if_none_match,
                                       &head.content_type,
                                       &head.accept,
                                       &head.accept_encoding,
                                       &head.last_event_id,
                                       &head.user_agent,
                                       &head.request_id,
                                       &head.traceparent,
                                       &head.origin};
    std::size_t total = 0;
    for (const auto* text : views) total += text->size();
    kept.clear();
    kept.reserve(total);  // appending must not move what is there
    for (auto* text : views) {
      const auto at = kept.size();
      kept += *text;
      *text = std::string_view(kept).substr(at);
    }
  }
};

RequestParser::RequestParser(const RequestLimits& limits, std::string_view key_header)
    : limits_(limits), key_header_(key_header), machine_(std::make_unique<Machine>()) {}
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::parse(std::string_view received, std::size_t& consumed) {
  assert(status_ == 0);
  consumed = 0;
  if (!machine_->reader) return parse_head(received, consumed);
  assert(!machine_->reader->is_done());
  if (received.empty()) return State::NeedMore;
  beast::error_code failure;
  consumed = machine_->reader->put(boost::asio::buffer(received.data(), received.size()), failure);
  if (failure && failure != error::need_more) return fail(status_of(failure));
  return machine_->reader->is_done() ? State::Complete : State::NeedMore;
}

RequestParser::State RequestParser::parse_head(std::string_view received, std::size_t& consumed) {
  std::size_t begin = 0;
  while (received.substr(begin).starts_with("\r\n")) begin += 2;  // before a request: skipped
  consumed = begin;
  if (begin > 0) searched_ = 0;
  const auto head_bytes = received.substr(begin);
  const auto end = head_bytes.find("\r\n\r\n", searched_);
  const auto line = std::min(head_bytes.find("\r\n"), head_bytes.size());
  constexpr std::size_t kAroundTarget = 32;  // method, version, blanks
  if (line > limits_.target + kAroundTarget) return fail(414);
  const auto fields = std::min(end, head_bytes.size()) - std::min(line, end);
  if (fields > limits_.header) return fail(431);
  if (end == std::string_view::npos) {
    // Else its end would be waited for; in whole heads the reader finds them.
    if (has_bare_feed(head_bytes, searched_)) return fail(400);
    searched_ = head_bytes.size() < 3 ? 0 : head_bytes.size() - 3;
    return State::NeedMore;
  }
  auto& reader = machine_->reader.emplace(
      limits_, key_header_, head_bytes, machine_->known_host, machine_->body);
  beast::error_code failure;
  consumed += reader.put(boost::asio::buffer(head_bytes.data(), head_bytes.size()), failure);
  if (failure == error::bad_version && has_other_version(head_bytes.substr(0, line)))
    return fail(505);
  if (reader.refused != 0) return fail(reader.refused);
  if (failure && failure != error::need_more) return fail(status_of(failure));
  if (reader.head.target.size() > limits_.target) return fail(414);
  if (reader.is_done()) return State::Complete;
  if (!reader.is_header_done()) return fail(400);
  machine_->keep_head();
  return State::NeedMore;
}

RequestParser::State RequestParser::fail(unsigned status) noexcept {
  status_ = status;
  return State::Failed;
}

void RequestParser::reset() {
  constexpr std::size_t kKeptBody = 4096;
  machine_->reader.reset();
  machine_->body.clear();
  if (machine_->body.capacity() > kKeptBody) machine_->body.shrink_to_fit();
  searched_ = 0;
  status_ = 0;
}

const RequestHead& RequestParser::head() const noexcept {
  return machine_->reader ? machine_->reader->head : machine_->none;
}
std::string& RequestParser::body() noexcept { return machine_->body; }
unsigned RequestParser::status() const noexcept { return status_; }
bool RequestParser::is_in_body() const noexcept { return machine_->reader.has_value(); }

bool RequestParser::take_continue() noexcept {
  if (!machine_->reader) return false;
  return std::exchange(machine_->reader->wants_continue, false);
}

}  // namespace quotecached::routing
