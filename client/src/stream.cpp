#include "src/stream.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include "src/failure.hpp"
#include "src/fleet.hpp"
#include "src/quotes_json.hpp"

namespace quotecache {
namespace {

constexpr long kMostSilence = 45;  // seconds; a daemon says something every 15
constexpr std::size_t kMostRefusal = std::size_t{64} * 1024;
constexpr std::chrono::seconds kSnapshotTakes{20};

TimePoint wall_now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

bool is_hopeless(ErrorCode code) {
  return code == ErrorCode::Invalid || code == ErrorCode::Unauthorized ||
         code == ErrorCode::Protocol;
}

// The status of the answer that is coming in.
long status_so_far(CURL* handle) noexcept {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

}  // namespace

Stream::Stream(std::shared_ptr<Loop> loop,
               const ClientOptions& options,
               std::vector<HttpServer> servers,
               std::string form,
               StreamHandler handler,
               UnavailableHandler on_unavailable)
    : loop_(std::move(loop)),
      options_(options),
      servers_(std::move(servers)),
      form_(std::move(form)),
      handler_(std::move(handler)),
      on_unavailable_(std::move(on_unavailable)),
      daemons_(servers_.size(), options.shortest_pause, options.longest_pause),
      tried_(servers_.size(), false) {}

void Stream::start(const std::shared_ptr<Stream>& stream) {
  stream->loop_->post([stream] { stream->connect(); });
}

void Stream::stop(const std::shared_ptr<Stream>& stream) noexcept {
  const bool was_stopped = stream->is_stopped_.exchange(true);
  Loop& loop = *stream->loop_;
  if (loop.is_own_thread()) {
    if (!was_stopped) loop.post([stream] { stream->release(); });
    return;
  }
  // Another thread may have begun to stop it: this one waits for the end of callbacks all the same.
  const auto released = std::make_shared<std::promise<void>>();
  // Owned by the caller alone once that ran, so that the loop, if nobody else has it, ends here.
  loop.post([self = stream.get(), released] {
    self->release();
    released->set_value();
  });
  released->get_future().wait();
}

void Stream::release() {
  if (handle_ != nullptr) loop_->cancel(handle_.get());
  handle_.reset();
  handler_ = {};  // what it holds may hold the subscription
  on_unavailable_ = {};
}

void Stream::connect() {
  if (is_stopped_ || loop_->is_stopping()) return;
  const auto daemon = daemons_.choose(tried_, std::chrono::steady_clock::now());
  daemon_ = daemon.value_or(0);
  tried_[daemon_] = true;
  is_connected_ = false;
  flaw_.reset();
  refusal_.clear();
  parser_ = {};
  handle_.reset(curl_easy_init());
  if (handle_ == nullptr) return come_back({ErrorCode::Unavailable, "libcurl has no memory left"});
  set_up_handle(servers_[daemon_]);
  loop_->start(handle_.get(), [self = shared_from_this()](CURLcode code) { self->ended(code); });
}

void Stream::set_up_handle(const HttpServer& server) {
  CURL* const handle = handle_.get();
  fields_ = fields_of(server, "text/event-stream");
  if (!last_id_.empty()) append_field(fields_, "Last-Event-ID: " + last_id_);
  quotecache::set_up(handle, server, fields_.get());
  url_ = server.address.base_url + "/quotes/stream?" + form_;
  detail_[0] = '\0';
  curl_easy_setopt(handle, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail_.data());
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kMostSilence);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Stream::take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
}

// Taking less than came ends the transfer.
std::size_t Stream::take(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& stream = *static_cast<Stream*>(self);
  if (stream.is_stopped_) return 0;
  if (status_so_far(stream.handle_.get()) != 200) {
    if (stream.refusal_.size() + size <= kMostRefusal) stream.refusal_.append(data, size);
    return size;
  }
  return stream.read({data, size}) ? size : 0;
}

// False: nothing more is wanted.
bool Stream::read(std::string_view bytes) {
  if (!std::exchange(is_connected_, true)) {
    daemons_.worked(daemon_);
    connected_at_ = std::chrono::steady_clock::now();
    tell_state({});
  }
  events_.clear();
  const bool is_whole = parser_.read(bytes, events_);
  for (auto& event : events_) {
    if (is_stopped_) return false;
    if (!event.id.empty() && event.id.find_first_of("\r\n") == std::string::npos)
      last_id_ = event.id;
    if (!tell(event)) return false;
  }
  if (!is_whole) flaw_ = Error{ErrorCode::Protocol, "an event of the stream has no end", 200};
  return is_whole && !is_stopped_;
}

bool Stream::tell(SseEvent& event) {
  if (event.name == "quote") return tell_quote(event);
  if (event.name == "gone") {
    const auto gone = read_gone(event.data);
    if (!gone) flaw_ = gone.error();
    if (gone && rows_.remove(gone->id, gone->convert) && handler_.on_gone) handler_.on_gone(*gone);
  } else if (event.name == "lists") {
    tell_lists(event);
  } else if (event.name == "snapshot") {
    begin_snapshot();
  }
  return !flaw_;
}

void Stream::tell_lists(SseEvent& event) {
  has_lists_ = are_lists_seen_ = true;
  const auto lists = read_lists(event.data);
  if (!lists) {
    flaw_ = lists.error();
    return;
  }
  if (handler_.on_lists) handler_.on_lists(lists->missing, lists->ambiguous);
  if (!is_stopped_) tell_unavailable(lists->unavailable);
}

void Stream::tell_unavailable(const std::vector<NotHad>& unavailable) {
  const bool is_news = std::exchange(has_unavailable_, !unavailable.empty()) || has_unavailable_;
  if (is_news && on_unavailable_) on_unavailable_(unavailable);
}

// Its end is not told: what the daemon has of it comes at once, what it must buy in seconds.
void Stream::begin_snapshot() {
  rows_.begin_snapshot();
  are_lists_seen_ = false;
  ++snapshot_;
  end_snapshot_later();
}

void Stream::end_snapshot_later() {
  loop_->after(kSnapshotTakes, [weak = weak_from_this(), snapshot = snapshot_] {
    const auto self = weak.lock();
    if (!self || self->is_stopped_ || self->snapshot_ != snapshot) return;
    if (!self->is_connected_) return self->end_snapshot_later();
    self->end_snapshot();
  });
}

// What left while nobody listened is not told as gone by a daemon that told everything anew.
void Stream::end_snapshot() {
  for (auto& [id, convert] : rows_.end_snapshot()) {
    if (handler_.on_gone) handler_.on_gone({id, std::move(convert)});
    if (is_stopped_) return;
  }
  if (!std::exchange(has_lists_, are_lists_seen_) || are_lists_seen_) return;
  if (handler_.on_lists) handler_.on_lists({}, {});
  if (!is_stopped_) tell_unavailable({});
}

bool Stream::tell_quote(SseEvent& event) {
  const auto quote = read_stream_quote(event.data, wall_now());
  if (!quote) {
    flaw_ = quote.error();
    return false;
  }
  switch (rows_.judge(*quote, event.data, wall_now())) {
    case StreamRows::Verdict::News: handler_.on_quote(*quote); break;
    case StreamRows::Verdict::Known: break;
    case StreamRows::Verdict::TooMany:
      flaw_ = Error{ErrorCode::Protocol, "the stream has more rows than were asked for", 200};
  }
  return !flaw_;
}

void Stream::ended(CURLcode code) {
  if (is_stopped_ || loop_->is_stopping()) return release();
  Error error = error_of_end(code);
  handle_.reset();
  if (is_hopeless(error.code) && error.http_status != 0) return give_up(std::move(error));
  come_back(std::move(error));
}

Error Stream::error_of_end(CURLcode code) {
  if (flaw_) return *std::move(flaw_);
  CURL* const handle = handle_.get();
  const long status = status_so_far(handle);
  if (status != 0 && status != 200) {
    Error error = status_failure(status, refusal_, retry_after(handle));
    if (error.code == ErrorCode::NotFound) error.code = ErrorCode::Protocol;
    return error;
  }
  if (code != CURLE_OK)
    return quotecache::error_of(handle, code, detail_.data(), servers_[daemon_]);
  return {ErrorCode::Unavailable, "the daemon ended the stream"};
}

// To another daemon at once, else after the pause that daemons ask for, longer each time.
void Stream::come_back(Error error) {
  const auto now = std::chrono::steady_clock::now();
  retry_ = std::max(parser_.retry().value_or(retry_), options_.shortest_pause);
  // A stream that ends as soon as it begins is no better than none.
  const bool worked = std::exchange(is_connected_, false) && now - connected_at_ >= retry_;
  if (!worked) daemons_.failed(daemon_, now, chance());
  if (worked) {
    rounds_ = 0;
    tried_.assign(tried_.size(), false);
    tried_[daemon_] = true;
  }
  const bool has_other = std::find(tried_.begin(), tried_.end(), false) != tried_.end();
  milliseconds pause{0};
  if (!has_other) {
    tried_.assign(tried_.size(), false);
    pause =
        worked ? retry_ : retry_ / 2 + backoff(retry_, options_.longest_pause, rounds_, chance());
    ++rounds_;
  }
  if (error.retry_after && !has_other) pause = std::max(pause, milliseconds(*error.retry_after));
  tell_state({StreamState::Kind::Waiting, std::move(error), pause});
  if (is_stopped_) return;
  loop_->after(pause, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->connect();
  });
}

void Stream::give_up(Error error) {
  tell_state({StreamState::Kind::Ended, std::move(error), milliseconds(0)});
  release();
}

void Stream::tell_state(const StreamState& state) {
  if (!is_stopped_ && handler_.on_state) handler_.on_state(state);
}

}  // namespace quotecache
