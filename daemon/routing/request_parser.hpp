// Parses HTTP/1.x requests, one after another, from bytes that arrive in any pieces.
//
// Strict where leniency has been used to smuggle requests: folded lines, two Hosts, a length and a
// transfer coding together, codings other than chunked are refused. No I/O. Allocates nothing per
// request once warm, but for bodies. Not thread-safe; owned by a session.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "routing/request_head.hpp"

namespace quotecached::routing {

class RequestParser {
 public:
  enum class State : std::uint8_t {
    NeedMore,  // call again with more bytes
    Complete,  // head() and body() say what was asked; reset() before the next
    Failed,    // answer with status() and close
  };

  // `key_header`: the name of the header that holds a client's key, none that HTTP knows; must
  // outlive this.
  RequestParser(const RequestLimits& limits, std::string_view key_header);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Looks at all bytes received and not yet consumed. `consumed` says how many need not be shown
  // again. Once Complete, the head's views may point into `received`: keep it until reset().
  // Requires: the last call returned NeedMore, or reset() was called since.
  State parse(std::string_view received, std::size_t& consumed);

  void reset();

  [[nodiscard]] const RequestHead& head() const noexcept;
  [[nodiscard]] std::string& body() noexcept;      // of a POST; other bodies are dropped
  [[nodiscard]] unsigned status() const noexcept;  // of a failure: 400, 408, 413, 414 ...
  [[nodiscard]] bool is_in_body() const noexcept;  // the head is complete, the body is not
  [[nodiscard]] bool take_continue() noexcept;     // true once when "100 Continue" is due

 private:
  class Machine;
  State parse_head(std::string_view received, std::size_t& consumed);
  State fail(unsigned status) noexcept;

  RequestLimits limits_;
  std::string_view key_header_;
  std::unique_ptr<Machine> machine_;
  std::size_t searched_ = 0;  // bytes known not to end the head
  unsigned status_ = 0;
};

}  // namespace quotecached::routing
