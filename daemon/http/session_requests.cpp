// A session's requests: each is taken from what was read, admitted, answered at once or by the
// engine, and its answer appended to what goes out. Nothing here reads or writes the socket.
#include <ctime>
#include <utility>

#include "http/accounting.hpp"
#include "http/encoder_call.hpp"
#include "http/engine_call.hpp"
#include "http/session.hpp"
#include "routing/own_routes.hpp"
#include "routing/response.hpp"

namespace quotecached::http {
namespace {

constexpr std::size_t kBatchAnswers = 64;        // answers written together
constexpr std::size_t kBatchBytes = 256 * 1024;  // and their size, but for the last one's
constexpr std::size_t kBatchPieces = 200;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// Answers requests until the batch is large enough, one must wait for the engine, or the
// connection is to be closed. Returns whether it stopped for want of input.
bool Session::take_requests() {
  while (!is_closing_ && !is_handing_over_ && phase_ != Phase::Waiting &&
         sent_.size() < kBatchAnswers && output_.size() < kBatchBytes &&
         output_.pieces() < kBatchPieces) {
    if (!take_request()) return !is_closing_;
  }
  return false;
}

// False: more bytes are needed, or the request was refused.
bool Session::take_request() {
  if (input_.empty()) {
    if (!is_in_request_) expire_in(context_.timeouts.idle);
    return false;
  }
  std::size_t consumed = 0;
  const auto state = parser_.parse(input_.received(), consumed);
  if (state == routing::RequestParser::State::Complete) {
    request_bytes_ = consumed;
    is_in_request_ = true;
    return answer_request();
  }
  if (state == routing::RequestParser::State::Failed) {
    context_.connections.malformed.fetch_add(1, std::memory_order_relaxed);
    refuse_unread(parser_.status());
    return false;
  }
  input_.consume(consumed);
  if (input_.is_full()) {  // a chunk's header or a trailer without end
    refuse(431);
    return false;
  }
  if (!is_in_request_ && (!input_.empty() || parser_.is_in_body())) {
    is_in_request_ = true;
    expire_in(context_.timeouts.header);
  }
  if (parser_.is_in_body() && (is_in_body_ || take_head())) static_cast<void>(hold_body());
  return false;
}

// Not while the connections are many and this one is beyond them.
bool Session::may_ask_for(std::string_view target) const noexcept {
  if (!peer_.is_for_own_only) return true;
  const auto folder = routing::own_folder_of(target);
  if (folder && !routing::own_folders()[*folder].is_for_clients) return true;
  const auto open = context_.connections.open.load(std::memory_order_relaxed);
  return open <= static_cast<std::int64_t>(context_.max_connections);
}

// Of a request whose body is still to come: that is taken only from who may make the request.
// False: it is refused, and the connection ends with it.
bool Session::take_head() {
  if (!may_ask_for(parser_.head().target)) {
    turn_away();
    return false;
  }
  if (!context_.router.admit(parser_.head(), peer_.is_local, exchange_)) {
    is_closing_ = true;  // what follows is a body that nobody reads
    if (context_.samples.is_due()) sample();
    respond();
    return false;
  }
  is_in_body_ = true;
  expire_in(context_.timeouts.body);
  if (parser_.take_continue()) {
    output_.text() += kContinue;
    output_.text_done();
  }
  return true;
}

// Counts what has come of the body among all bodies. False: there are too many, it is refused.
bool Session::hold_body() {
  const auto& body = parser_.body();
  if (body.empty() || body_share_.grow_to(body.capacity())) return true;
  context_.connections.bodies_refused.fetch_add(1, std::memory_order_relaxed);
  parser_.reset();
  body_share_.release();
  refuse(503, "too many request bodies at once");
  return false;
}

// False: it was refused, and the connection ends with it.
bool Session::answer_request() {
  const auto& head = parser_.head();
  if (head.method == routing::Method::Post && !hold_body()) return false;
  if (!may_ask_for(head.target)) {
    turn_away();
    return false;
  }
  const bool is_admitted = is_in_body_ || context_.router.admit(head, peer_.is_local, exchange_);
  const auto action = is_admitted ? context_.router.answer(head, parser_.body(), exchange_)
                                  : routing::Router::Action::Answered;
  is_sampled_ = context_.samples.is_due();
  if (is_sampled_) sample();
  if (context_.trace != nullptr) record();
  act_on(action);
  return true;
}

void Session::act_on(routing::Router::Action action) {
  is_handing_over_ = action == routing::Router::Action::Stream;
  if (action == routing::Router::Action::Answered || is_handing_over_) return respond();
  WaitingRoom::Place place;
  if (!take_place(place)) return respond();
  if (action == routing::Router::Action::AskLater) return ask_later(std::move(place));
  ask_engine(std::move(place));
}

// False: too much waits, and the request is refused. Operators need no place.
bool Session::take_place(WaitingRoom::Place& place) {
  if (!routing::Router::is_of_client(exchange_)) return true;
  const auto waiters = context_.router.waiters_of(exchange_);
  const auto now = std::chrono::steady_clock::now();
  const auto refuser = context_.waiting->enter(waiters, place, now);
  if (refuser == Refuser::Nobody) return true;
  context_.router.refuse_to_wait(refuser, exchange_);
  return false;
}

void Session::sample() {
  const bool is_refused = exchange_.answer.http_status >= 400;  // the engine's is not known yet
  const bool is_of_provider = !exchange_.is_own && !exchange_.folder && !is_refused;
  context_.samples.sample(is_of_provider ? &exchange_.request : nullptr);
}

// A request that clients make, and not one that was refused as it stands.
void Session::record() {
  if (exchange_.is_own || exchange_.folder || exchange_.answer.http_status >= 400) return;
  if (parser_.head().method == routing::Method::Post) return;
  context_.trace->add(exchange_.request, exchange_.client);
}

// An ask for quotes: what its names led to is known with the answer.
void Session::note_quotes() {
  if (is_sampled_) context_.samples.add(exchange_.answer.led_to);
  if (context_.trace == nullptr) return;
  for (const auto& request : context_.router.as_of_provider(exchange_))
    context_.trace->add(request, exchange_.client);
}

void Session::ask_engine(WaitingRoom::Place place) {
  phase_ = Phase::Waiting;
  auto request =
      context_.router.engine_request(parser_.head(), std::move(parser_.body()), exchange_);
  request.tag = tag();
  ask_proxy(context_,
            shared_from_this(),
            std::move(request),
            std::exchange(body_share_, ByteShare(context_.bodies)),
            std::move(place));
}

void Session::ask_later(WaitingRoom::Place place) {
  phase_ = Phase::Waiting;
  http::ask_later(context_,
                  shared_from_this(),
                  std::exchange(exchange_.work, {}),
                  tag(),
                  std::exchange(body_share_, ByteShare(context_.bodies)),
                  std::move(place));
}

void Session::deliver(proxy::Answer answer) {
  if (!take_back(std::move(answer))) return;
  respond();
  run();
}

void Session::deliver_encoded(proxy::Answer answer) {
  if (!take_back(std::move(answer))) return;
  append_answer();
  run();
}

// False: the client has gone, but what it asked for was fetched.
bool Session::take_back(proxy::Answer answer) {
  exchange_.answer = std::move(answer);
  if (phase_ != Phase::Waiting) {
    account();
    if (is_logged()) note_access(exchange_.answer.http_status, 0);
    count_sent(true);
    return false;
  }
  phase_ = Phase::Reading;
  context_.now = std::chrono::steady_clock::now();
  return true;
}

void Session::respond() {
  const bool may_encode = !parser_.head().accept_encoding.empty() && context_.encoder != nullptr;
  if (may_encode && encode()) return;
  append_answer();
}

// Gives the answer in hand the form that the client accepts. True: that is done elsewhere, and
// delivered.
bool Session::encode() {
  const auto& head = parser_.head();
  auto& answer = exchange_.answer;
  auto& encoder = *context_.encoder;
  if (exchange_.is_own || exchange_.is_stream || head.no_transform) return false;
  const auto coding = encoder.choose(accept_.read(head.accept_encoding), answer);
  if (coding == coding::Coding::Identity) return false;
  routing::ResponseContext about;
  about.if_none_match = head.if_none_match;
  if (routing::is_not_modified(answer, about)) {
    answer.coding = coding::name_of(coding);  // a 304 tells the tag, and no body
    return false;
  }
  if (!encoder.takes_long(answer, coding)) {
    encoder.encode(answer, coding);
    return false;
  }
  // It is delivered by a later turn of this loop. Not waiting yet, a session whose call cannot be
  // made is closed when its time is over.
  encode_later(context_, shared_from_this(), coding, std::exchange(answer, {}));
  phase_ = Phase::Waiting;
  return true;
}

// Appends the answer to the request in hand to the output, and lets go of the request.
void Session::append_answer() {
  const auto& head = parser_.head();
  if (!head.keep_alive || context_.is_stopping) is_closing_ = true;
  routing::ResponseContext about;
  about.date = context_.date.at(std::time(nullptr));
  about.extra_fields = exchange_.extra_fields;
  about.if_none_match = head.if_none_match;
  if (request_id_.empty() && is_to_be_named()) name_request();
  about.request_id = request_id_;
  about.is_own = exchange_.is_own;
  about.spend_mode = context_.router.spend_mode();
  about.is_http_1_0 = head.is_http_1_0;
  about.keep_alive = !is_closing_;
  about.is_stream = exchange_.is_stream;
  about.rate = exchange_.rate;
  // Not to strangers: how much is left is nobody else's business.
  if (context_.tells_cost && exchange_.answer.refused_by.what != Refuser::Access) {
    about.tells_cost = true;
    about.budget_left = context_.router.budget_left();
  }
  auto& answer = exchange_.answer;
  account();
  const auto size_before = output_.size();
  const bool is_unchanged = routing::is_not_modified(answer, about);
  const bool has_body = head.method != routing::Method::Head && !is_unchanged;
  routing::append_head(output_.text(), answer, about);
  output_.text_done();
  if (has_body) output_.add_body(answer);
  sent_.back().bytes = output_.size() - size_before;
  if (is_logged()) [[unlikely]]
    note_access(is_unchanged ? 304 : answer.http_status, sent_.back().bytes);
  answer.clear();
  request_id_.clear();
  input_.consume(request_bytes_);
  request_bytes_ = 0;
  is_in_request_ = is_in_body_ = false;
  parser_.reset();
  body_share_.release();
}

// Not what memory answers at once, unless the client names it: an id that nobody asked for would
// cost more than it is worth there.
bool Session::is_to_be_named() const {
  return !parser_.head().request_id.empty() || exchange_.answer.http_status >= 400 || is_logged();
}

// What the answer in hand will be counted as once it is written; its size is yet to be told.
void Session::account() {
  const auto& answer = exchange_.answer;
  context_.asks.add(answer.asked);
  context_.connections.count_refused(answer.refused_by);
  if (answer.outcome == proxy::Outcome::Stale) context_.stats.add_stale();
  if (!answer.led_to.empty()) note_quotes();
  sent_.push_back(
      {.client = client_id(),
       .endpoint = context_.ids.endpoints[context_.router.counted_as(exchange_)],
       .way = way_of(answer, exchange_.is_own),
       .bytes = 0,
       .credits = static_cast<std::uint64_t>(answer.cost.count),
       .worth = static_cast<std::uint64_t>(worth_of(answer, exchange_.list_price).count)});
}

// A name of tokens that were read anew gets its number when it is met.
metrics::ClientId Session::client_id() {
  auto& known = context_.ids.clients;
  if (exchange_.client_position >= known.size()) [[unlikely]] {
    const auto& names = exchange_.auth->client_names();
    for (auto at = known.size(); at < names.size(); ++at)
      known.push_back(context_.requests.client(names[at]));
  }
  return known[exchange_.client_position];
}

}  // namespace quotecached::http
