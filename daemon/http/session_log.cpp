// What a session's requests are called, and what is written of them in the access log.
#include <array>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "http/access_line.hpp"
#include "http/session.hpp"

namespace quotecached::http {
namespace {

std::string_view word_of(routing::Method method) {
  switch (method) {
    case routing::Method::Get: return "GET";
    case routing::Method::Head: return "HEAD";
    case routing::Method::Post: return "POST";
    case routing::Method::Delete: return "DELETE";
    case routing::Method::Options: return "OPTIONS";
    case routing::Method::Other: break;
  }
  return "OTHER";
}

// As in metrics.
std::string_view outcome_word(const proxy::Answer& answer, bool is_own) {
  if (is_own) return "own";
  const bool is_partial = answer.outcome == proxy::Outcome::Stale && answer.has_fetched;
  return to_string(is_partial ? proxy::Outcome::Partial : answer.outcome);
}

// Without its port. Empty where the connection is gone.
std::string peer_address(int connection) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(connection, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  if (peer.ss_family == AF_UNIX) return "unix";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = &reinterpret_cast<const sockaddr_in*>(&peer)->sin_addr;
  if (peer.ss_family == AF_INET6)
    address = &reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_addr;
  if (::inet_ntop(peer.ss_family, address, text.data(), text.size()) == nullptr) return {};
  return text.data();
}

TimePoint wall_clock() {
  return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

// By the client's own name where that may be repeated, else by one of ours.
void Session::name_request() {
  const auto given = parser_.head().request_id;
  if (is_request_id(given)) {
    request_id_ = given;
  } else {
    context_.namer.make(request_id_);
  }
}

// For what the engine does because of the request.
RequestTagPtr Session::tag() {
  if (request_id_.empty()) name_request();
  if (is_logged())
    static_cast<void>(notes());  // who it is, in case that it is gone when the answer comes
  return std::make_shared<const RequestTag>(
      RequestTag{request_id_, parse_traceparent(parser_.head().traceparent)});
}

AccessNotes& Session::notes() {
  if (!notes_) {
    notes_ = std::make_unique<AccessNotes>();
    notes_->peer = peer_address(socket_.native_handle());
  }
  return *notes_;
}

// Of the answer in hand. Its line ends when it is known how long all took.
void Session::note_access(unsigned status, std::uint64_t bytes, std::string_view outcome) {
  if (!context_.access->takes(status)) return;
  auto& noted = notes();
  const auto& head = parser_.head();
  const auto& answer = exchange_.answer;
  const auto trace = parse_traceparent(head.traceparent);
  AccessEntry entry;
  entry.at = wall_clock();
  entry.client = exchange_.client;
  entry.peer = noted.peer;
  entry.method = head.target.empty() ? std::string_view() : word_of(head.method);
  entry.target = head.target;
  entry.status = status;
  entry.bytes = bytes;
  entry.outcome = outcome.empty() ? outcome_word(answer, exchange_.is_own) : outcome;
  entry.detail = answer.detail;
  entry.has_age = answer.has_age;
  entry.age = answer.age;
  entry.credits = answer.cost.count;
  entry.request_id = request_id_;
  if (trace) entry.trace_id = trace->trace_id;
  entry.user_agent = head.user_agent;
  auto& line = noted.lines.emplace_back();
  line.format = context_.access->format();
  append_access_line(line.text, entry, line.format);
}

void Session::write_access(bool is_gone) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(context_.now - read_at_);
  for (auto& line : std::exchange(notes_->lines, {})) {
    end_access_line(line.text, took, is_gone, line.format);
    context_.access->add(line.text, 1);
  }
}

}  // namespace quotecached::http
