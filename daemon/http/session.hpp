// One client connection: reads requests, answers them in order, and closes when it is time.
//
// Owned by its I/O thread and used there alone; deliver() is posted there by the engine. While a
// request waits for the engine or its answer for the socket, nothing more is read, so a client can
// make the daemon hold one input buffer and one batch of answers, no more. No timer of its own: the
// thread's sweep ends what is past its deadline.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/request_id.hpp"
#include "base/request_tag.hpp"
#include "coding/accept.hpp"
#include "http/access_log.hpp"
#include "http/access_notes.hpp"
#include "http/accounting.hpp"
#include "http/ask_log.hpp"
#include "http/asset_sampler.hpp"
#include "http/backlog.hpp"
#include "http/body_encoder.hpp"
#include "http/byte_pool.hpp"
#include "http/connection_stats.hpp"
#include "http/input_buffer.hpp"
#include "http/output.hpp"
#include "http/shedding.hpp"
#include "http/waiting_room.hpp"
#include "metrics/request_stats.hpp"
#include "routing/date.hpp"
#include "routing/request_parser.hpp"
#include "routing/router.hpp"
#include "usage/trace_recorder.hpp"

namespace quotecached::http {

namespace asio = boost::asio;

struct SessionTimeouts {
  std::chrono::milliseconds idle{60000};    // between requests
  std::chrono::milliseconds header{10000};  // from a head's first byte to its last
  std::chrono::milliseconds body{60000};    // from a head's first byte to the body's last
  std::chrono::milliseconds write{20000};   // without the client taking a byte
  std::chrono::milliseconds linger{1000};   // for the client to close after our last answer
};

// Where a connection comes from, and what it may ask for.
struct SessionPeer {
  bool is_local = false;         // on this machine
  bool is_unix = false;          // through a Unix socket
  bool is_for_own_only = false;  // there is room for requests of our own routes alone
};

class Session;

using StreamSocket =
    asio::basic_stream_socket<asio::generic::stream_protocol, asio::io_context::executor_type>;

// What the sessions of one I/O thread share. Outlives them, but for sessions whose request the
// engine still holds: those touch nothing when they go.
struct SessionContext {
  using Time = std::chrono::steady_clock::time_point;

  std::shared_ptr<asio::io_context> loop;
  asio::any_io_executor engine;
  const routing::Router& router;
  metrics::RequestStats::Shard& stats;
  metrics::RequestStats& requests;
  RequestIds ids;
  AssetSampler& samples;
  AskLog& asks;
  ConnectionStats& connections;
  std::shared_ptr<BytePool> bodies;  // that requests bring
  std::shared_ptr<Backlog> backlog;  // answers that clients are slow to take
  std::shared_ptr<WaitingRoom> waiting;
  std::size_t max_connections;
  routing::RequestLimits limits;
  SessionTimeouts timeouts;
  Log log;
  usage::TraceRecorder::Buffer* trace = nullptr;  // null: requests are not recorded
  BodyEncoder* encoder = nullptr;                 // null: all bodies are sent as they are
  bool tells_cost = false;                        // in the heads of answers
  AccessLog::Buffer* access = nullptr;            // null: there is no access log
  RequestIdMaker namer = RequestIdMaker(random64());
  routing::DateText date = {};
  Time now = std::chrono::steady_clock::now();   // of the last sweep or read: exact enough
  bool is_stopping = false;                      // answer what runs, then close
  std::function<void(Session&)> on_closed = {};  // lets go of the session
  // Takes the connection of who listens from here on; the session closes right after.
  std::function<void(
      StreamSocket, std::unique_ptr<stream::Subscription>, const routing::Admission&)>
      on_listening = {};
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = StreamSocket;

  // Requires: `socket` is non-blocking.
  Session(SessionContext& context, Socket socket, SessionPeer peer);

  void start();
  // Closes at once if idle and nothing is to be read; soon if nothing was asked yet.
  // See SessionContext::now.
  void begin_stop();
  void close();                        // at once, whatever runs
  void shed();                         // closes to make room, saying so where that is due
  void sweep();                        // closes if past its deadline; see SessionContext::now
  void deliver(proxy::Answer answer);  // the engine's answer to the request that waits for it
  void deliver_encoded(proxy::Answer answer);  // likewise the encoder's, as it is to be sent

  [[nodiscard]] Standing standing() const noexcept;

  std::size_t position = 0;  // in the owner's list

 private:
  enum class Phase : std::uint8_t { Reading, Waiting, Writing, Draining, Closed };

  // The connection.
  void read();
  void on_read(std::size_t count);
  void run();
  bool flush();
  void await_writable();
  void on_writable();
  void report_waiting(std::size_t taken);
  void leave_backlog();
  void count_sent(bool is_gone = false);
  void end_request();
  void hand_over();
  void drain();
  void expire_in(std::chrono::milliseconds time) { deadline_ = context_.now + time; }

  // Its requests, in session_requests.cpp.
  bool take_requests();
  bool take_request();
  bool take_head();
  bool hold_body();
  [[nodiscard]] bool may_ask_for(std::string_view target) const noexcept;
  bool answer_request();
  void act_on(routing::Router::Action action);
  void sample();
  void record();
  void note_quotes();
  [[nodiscard]] bool take_place(WaitingRoom::Place& place);
  void ask_engine(WaitingRoom::Place place);
  void ask_later(WaitingRoom::Place place);
  void respond();
  [[nodiscard]] bool encode();
  [[nodiscard]] bool take_back(proxy::Answer answer);
  void append_answer();
  void account();
  [[nodiscard]] metrics::ClientId client_id();
  [[nodiscard]] bool is_to_be_named() const;
  void name_request();
  [[nodiscard]] RequestTagPtr tag();
  [[nodiscard]] bool is_logged() const noexcept {
    return context_.access != nullptr && context_.access->is_on();
  }
  [[nodiscard]] AccessNotes& notes();
  void note_access(unsigned status, std::uint64_t bytes, std::string_view outcome = {});
  void write_access(bool is_gone);

  // What is refused, in session_refusals.cpp.
  void turn_away();
  void refuse(unsigned status, std::string_view detail = {});
  void refuse_unread(unsigned status);
  void end_with_answer(std::uint32_t way);

  SessionContext& context_;
  Socket socket_;
  const SessionPeer peer_;
  Phase phase_ = Phase::Reading;
  bool is_closing_ = false;     // no request is taken any more
  bool is_in_request_ = false;  // the first bytes of a request are here
  bool is_sampled_ = false;     // its assets are to be counted
  bool is_in_body_ = false;     // its head is complete, and it was admitted
  bool awaits_writable_ = false;
  bool is_handing_over_ = false;  // the connection is a listener's once all is written
  SessionContext::Time deadline_{};
  SessionContext::Time read_at_{};
  std::size_t drained_ = 0;
  InputBuffer input_;
  routing::RequestParser parser_;
  ByteShare body_share_;
  std::size_t request_bytes_ = 0;  // of the request in hand, consumed when it is answered
  routing::Exchange exchange_;
  std::unique_ptr<AccessNotes> notes_;  // null until something is noted
  std::string request_id_;              // of the request in hand; empty: it has none, or none yet
  coding::KnownAccept accept_;
  Output output_;
  OutputBook::Id backlog_id_ = 0;               // while the client is slow; 0: it is not
  std::optional<Output::Measure> reported_;     // what the backlog knows of
  std::vector<metrics::AnsweredRequest> sent_;  // whose answers are in output_
};

}  // namespace quotecached::http
