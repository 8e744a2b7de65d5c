// Reads one request, as Beast's state machine hands it over: what a RequestHead names of the head,
// and the body of a POST. All else is dropped.
//
// The head's views are of the received bytes, which must outlast them; see RequestParser. No I/O.
// Owned by a RequestParser; made anew for each request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "routing/authority.hpp"
#include "routing/request_head.hpp"

namespace quotecached::routing {

// A client names the same host in all its requests: that is read once.
struct KnownHost {
  std::string text;
  HostKind kind = HostKind::None;
};

class HeadReader final : public boost::beast::http::basic_parser<true> {
 public:
  HeadReader(const RequestLimits& limits,
             std::string_view key_header,
             std::string_view received,
             KnownHost& known_host,
             std::string& body);

  RequestHead head;
  unsigned refused = 0;  // a status, when the head is well-formed but not acceptable
  bool wants_continue = false;

 private:
  using Field = boost::beast::http::field;
  using Text = boost::beast::string_view;
  using Failure = boost::beast::error_code;

  void on_request_impl(
      boost::beast::http::verb verb, Text, Text target, int version, Failure&) override;
  void on_response_impl(int, Text, int, Failure&) override {}
  void on_field_impl(Field name, Text name_text, Text value_text, Failure&) override;
  void on_header_impl(Failure&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Failure&) override;
  std::size_t on_body_impl(Text piece, Failure&) override { return keep(piece); }
  void on_chunk_header_impl(std::uint64_t, Text, Failure&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text piece, Failure&) override {
    return keep(piece);
  }
  void on_finish_impl(Failure&) override {}

  static std::string_view view(Text text) { return {text.data(), text.size()}; }
  static Method method_of(boost::beast::http::verb verb);

  void refuse(unsigned status) {
    if (refused == 0) refused = status;
  }
  [[nodiscard]] bool is_folded(std::string_view name, std::string_view value) const;
  [[nodiscard, gnu::noinline]] bool has_fold(const char* name_end, const char* value) const;
  void read_target(std::string_view text);
  [[gnu::noinline]] void read_odd_target(std::string_view text);
  [[gnu::noinline]] void name_host(std::string_view text);
  [[gnu::noinline]] void read_host(std::string_view text);
  [[gnu::noinline]] void read_new_host(std::string_view text);
  void read_origin(std::string_view text);
  static void read_once(std::string_view value, std::string_view& field);
  void read_codings(std::string_view value);
  [[gnu::noinline]] void read_unknown(Text name, std::string_view value);
  [[gnu::noinline]] void read_rare(Field name, std::string_view value);
  void read_expectation(Text value);
  void make_room(std::size_t size);
  std::size_t keep(Text piece);

  std::string_view key_header_;
  std::string_view received_;  // valid while the head is read
  KnownHost& known_host_;
  std::string& body_;
  std::size_t longest_body_ = 0;
  bool has_host_ = false;
  bool has_condition_ = false;
  bool has_codings_ = false;
};

// What every request passes is here, to be inlined into its parser.

inline HeadReader::HeadReader(const RequestLimits& limits,
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

// A folded line is handed over as a copy that does not last, or, when nothing stands before the
// fold, as what follows it: the shortest gap is a colon, a line's end and a blank.
inline bool HeadReader::is_folded(std::string_view name, std::string_view value) const {
  constexpr std::uintptr_t kShortestFold = 4;
  const auto* const name_end = name.data() + name.size();
  const auto gap =
      reinterpret_cast<std::uintptr_t>(value.data()) - reinterpret_cast<std::uintptr_t>(name_end);
  return gap >= kShortestFold && has_fold(name_end, value.data());
}

// Nothing behind us asks for more than a path: an absolute target gives that and the host, and
// a base URL that ends in a slash one slash too many.
inline void HeadReader::read_target(std::string_view text) {
  head.target = text;
  const bool is_plain = text.size() > 1 && text[0] == '/' && text[1] != '/';
  if (!is_plain) read_odd_target(text);
}

inline void HeadReader::on_request_impl(
    boost::beast::http::verb verb, Text, Text target, int version, Failure&) {
  head.method = method_of(verb);
  head.is_http_1_0 = version < 11;
  read_target(view(target));
}

inline void HeadReader::on_field_impl(Field name, Text name_text, Text value_text, Failure&) {
  if (is_header_done()) return;  // a trailer: whoever sends it must not speak for the head
  const auto value = view(value_text);
  if (is_folded(view(name_text), value)) return refuse(400);
  switch (name) {  // every client sends these: the others must not cost it anything
    case Field::host: return read_host(value);
    case Field::unknown: return read_unknown(name_text, value);
    case Field::accept: head.accept = value; return;
    case Field::accept_encoding: return read_codings(value);
    case Field::user_agent: head.user_agent = value; return;
    default: return read_rare(name, value);
  }
}

// Two fields would have to be joined; no client sends them.
inline void HeadReader::read_codings(std::string_view value) {
  head.accept_encoding = has_codings_ ? std::string_view() : value;
  has_codings_ = true;
}

inline void HeadReader::on_header_impl(Failure&) {
  if (!has_host_ && !head.is_http_1_0) refuse(400);
  head.keep_alive = keep_alive();
}

}  // namespace quotecached::routing
