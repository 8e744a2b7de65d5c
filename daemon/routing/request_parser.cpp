#include "routing/request_parser.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/ascii.hpp"

namespace quotecached::routing {
namespace {

namespace beast = boost::beast;
using beast::iequals;
using beast::http::error;
using beast::http::field;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get: return Method::Get;
    case beast::http::verb::head: return Method::Head;
    case beast::http::verb::post: return Method::Post;
    case beast::http::verb::options: return Method::Options;
    default: return Method::Other;
  }
}

unsigned status_of(const beast::error_code& failure) {
  return failure == error::body_limit ? 413 : 400;
}

// Does a Cache-Control field of a request ask for no more than what is cached?
bool asks_for_cached_only(std::string_view directives) {
  while (!directives.empty()) {
    const auto end = std::min(directives.find(','), directives.size());
    auto word = directives.substr(0, end);
    directives.remove_prefix(std::min(end + 1, directives.size()));
    word.remove_prefix(std::min(word.find_first_not_of(" \t"), word.size()));
    word.remove_suffix(word.size() - std::min(word.find_last_not_of(" \t") + 1, word.size()));
    if (iequals({word.data(), word.size()}, "only-if-cached")) return true;
  }
  return false;
}

// "PRI * HTTP/2.0": well-formed, but not a version that is spoken here.
bool has_other_version(std::string_view line) {
  constexpr std::string_view kForm = " HTTP/x.y";
  if (line.size() < kForm.size()) return false;
  const auto version = line.substr(line.size() - kForm.size());
  return version.starts_with(" HTTP/") && is_digit(version[6]) && version[7] == '.' &&
         is_digit(version[8]) && !version.ends_with("1.0") && !version.ends_with("1.1");
}

// A client names the same host in all its requests: that is read once.
struct KnownHost {
  std::string text;
  HostKind kind = HostKind::None;
};

// Beast's state machine, told to keep nothing but what a RequestHead names.
class HeadReader final : public beast::http::basic_parser<true> {
 public:
  HeadReader(const RequestLimits& limits,
             std::string_view key_header,
             std::string_view received,
             KnownHost& known_host,
             std::string& body)
      : key_header_(key_header), received_(received), known_host_(known_host), body_(body) {
    eager(true);
    header_limit(std::numeric_limits<std::uint32_t>::max());  // checked before
    body_limit(limits.body);
    longest_body_ = limits.body;
  }

  RequestHead head;
  unsigned refused = 0;  // a status, when the head is well-formed but not acceptable
  bool wants_continue = false;

 private:
  void refuse(unsigned status) {
    if (refused == 0) refused = status;
  }

  // A folded line is handed over as a copy that does not last, or, when nothing stands before the
  // fold, as what follows it: the shortest gap is a colon, a line's end and a blank.
  [[nodiscard]] bool is_folded(std::string_view name, std::string_view value) const {
    constexpr std::uintptr_t kShortestFold = 4;
    const auto* const name_end = name.data() + name.size();
    const auto gap =
        reinterpret_cast<std::uintptr_t>(value.data()) - reinterpret_cast<std::uintptr_t>(name_end);
    return gap >= kShortestFold && has_fold(name_end, value.data());
  }

  [[nodiscard, gnu::noinline]] bool has_fold(const char* name_end, const char* value) const {
    const std::less<> is_before;
    const bool is_copy =
        is_before(value, name_end) || is_before(received_.data() + received_.size(), value);
    return is_copy || std::find(name_end, value, '\r') != value;
  }

  // Nothing behind us asks for more than a path: an absolute target gives that and the host, and
  // a base URL that ends in a slash one slash too many.
  void read_target(std::string_view text) {
    head.target = text;
    const bool is_plain = text.size() > 1 && text[0] == '/' && text[1] != '/';
    if (!is_plain) read_odd_target(text);
  }

  [[gnu::noinline]] void read_odd_target(std::string_view text) {
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

  [[gnu::noinline]] void name_host(std::string_view text) {
    const auto authority = parse_authority(text);
    if (!authority) return refuse(400);
    known_host_ = {std::string(text), authority->kind};
    head.host = text;
    head.host_kind = authority->kind;
  }

  [[gnu::noinline]] void read_host(std::string_view text) {
    const bool is_known = text == known_host_.text && !has_host_ && !head.is_absolute;
    if (!is_known) return read_new_host(text);
    has_host_ = true;
    head.host = text;
    head.host_kind = known_host_.kind;
  }

  [[gnu::noinline]] void read_new_host(std::string_view text) {
    if (std::exchange(has_host_, true)) return refuse(400);
    if (!head.is_absolute) return name_host(text);
    if (!parse_authority(text)) refuse(400);
  }

  void read_origin(std::string_view text) {
    if (!head.origin.empty() && head.origin != text) refuse(400);
    head.origin = text.empty() ? "null" : text;
  }

  [[gnu::noinline]] void read_unknown(beast::string_view name, std::string_view value) {
    const beast::string_view key(key_header_.data(), key_header_.size());
    if (name == key || iequals(name, key)) {  // most spell it as it is documented
      head.api_key = value;
    } else if (iequals(name, "X-Forwarded-For")) {
      head.is_relayed = true;
    }
  }

  void on_request_impl(beast::http::verb verb,
                       beast::string_view,
                       beast::string_view target,
                       int version,
                       beast::error_code&) override {
    head.method = method_of(verb);
    head.is_http_1_0 = version < 11;
    read_target(view(target));
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}

  void on_field_impl(field name,
                     beast::string_view name_text,
                     beast::string_view value_text,
                     beast::error_code&) override {
    if (is_header_done()) return;  // a trailer: whoever sends it must not speak for the head
    const auto value = view(value_text);
    if (is_folded(view(name_text), value)) return refuse(400);
    switch (name) {  // every client sends these: the others must not cost it anything
      case field::host: return read_host(value);
      case field::unknown: return read_unknown(name_text, value);
      case field::accept: head.accept = value; return;
      case field::accept_encoding:
      case field::user_agent: return;
      default: return read_rare(name, value);
    }
  }

  [[gnu::noinline]] void read_rare(field name, std::string_view value) {
    const beast::string_view text(value.data(), value.size());
    switch (name) {
      case field::if_none_match:
        head.if_none_match = has_condition_ ? std::string_view() : value;
        has_condition_ = true;
        break;
      case field::expect: read_expectation(text); break;
      case field::transfer_encoding:
        if (head.is_http_1_0) refuse(400);
        if (!iequals(text, "chunked")) refuse(501);
        break;
      case field::content_type: head.content_type = value; break;
      case field::cache_control: head.only_if_cached |= asks_for_cached_only(value); break;
      case field::authorization: head.authorization = value; break;
      case field::origin: read_origin(value); break;
      case field::sec_fetch_site:
        if (iequals(text, "cross-site")) head.is_cross_site = true;
        break;
      case field::forwarded:
      case field::via: head.is_relayed = true; break;
      default: break;
    }
  }

  void read_expectation(beast::string_view value) {
    if (head.is_http_1_0) return;  // defined for 1.1 only
    if (iequals(value, "100-continue")) {
      wants_continue = true;
    } else {
      refuse(417);
    }
  }

  void on_header_impl(beast::error_code&) override {
    if (!has_host_ && !head.is_http_1_0) refuse(400);
    head.keep_alive = keep_alive();
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         beast::error_code&) override {
    if (length) longest_body_ = static_cast<std::size_t>(*length);
  }
  std::size_t on_body_impl(beast::string_view piece, beast::error_code&) override {
    return keep(piece);
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t,
                                 beast::string_view piece,
                                 beast::error_code&) override {
    return keep(piece);
  }
  void on_finish_impl(beast::error_code&) override {}

  // The body's memory grows with what has come, not with what was announced, and not past that.
  void make_room(std::size_t size) {
    if (size <= body_.capacity()) return;
    std::string larger;  // growing the same one would double it
    larger.reserve(std::max(size, std::min(2 * body_.capacity(), longest_body_)));
    larger += body_;
    body_ = std::move(larger);
  }

  std::size_t keep(beast::string_view piece) {
    if (head.method != Method::Post) return piece.size();
    make_room(body_.size() + piece.size());
    body_.append(piece.data(), piece.size());
    return piece.size();
  }

  std::string_view key_header_;
  std::string_view received_;  // valid while the head is read
  KnownHost& known_host_;
  std::string& body_;
  std::size_t longest_body_ = 0;
  bool has_host_ = false;
  bool has_condition_ = false;
};

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
