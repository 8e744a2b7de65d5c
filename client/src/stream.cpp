#include "src/stream.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "src/failure.hpp"
#include "src/fleet.hpp"
#include "src/guard.hpp"
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

// A callback that throws ends the program.
template <class... Parameters, class... Arguments>
void call(const std::function<void(Parameters...)>& callback, const Arguments&... told) noexcept {
  if (callback) callback(told...);
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
      stop_task_(1, [this] { stop_here(); }),
      daemons_(servers_.size(), options.shortest_pause, options.longest_pause),
      tried_(servers_.size(), false) {}

void Stream::start(const std::shared_ptr<Stream>& stream) {
  stream->loop_->post([stream] { stream->connect(); });
}

void Stream::stop(const std::shared_ptr<Stream>& stream) noexcept {
  const bool was_stopped = stream->is_stopped_.exchange(true);
  const LoopWait wait(stream->loop_->node());
  // Else the caller owns it, alone once the task ran, so that the loop, if nobody else has it, ends
  // here.
  if (!was_stopped && !wait) stream->self_ = stream;
  if (!was_stopped) stream->loop_->post(std::move(stream->stop_task_));
  if (!wait) return;
  // Another thread may have begun to stop it: this one waits for the end of callbacks all the same.
  std::unique_lock lock(stream->mutex_);
  stream->released_.wait(lock, [&] { return stream->is_released_; });
}

void Stream::stop_here() noexcept {
  const auto self = std::move(self_);
  release();
  const std::lock_guard lock(mutex_);
  is_released_ = true;
  released_.notify_all();
}

void Stream::release() noexcept {
  if (handle_ != nullptr) loop_->cancel(handle_.get());
  handle_.reset();
  handler_ = {};  // what it holds may hold the subscription
  on_unavailable_ = {};
}

void Stream::connect() noexcept {
  if (is_stopped_ || loop_->is_stopping()) return;
  if (auto error = caught([this] { begin(); })) {
    handle_.reset();
    come_back(*std::move(error));
  }
}

void Stream::begin() {
  const auto daemon = daemons_.choose(tried_, std::chrono::steady_clock::now());
  daemon_ = daemon.value_or(0);
  tried_[daemon_] = true;
  is_connected_ = false;
  flaw_.reset();
  refusal_.clear();
  parser_ = {};
  handle_.reset(curl_easy_init());
  if (handle_ == nullptr) throw std::bad_alloc();
  set_up_handle(servers_[daemon_]);
  loop_->start(handle_.get(), [self = shared_from_this()](CURLcode code) { self->ended(code); });
}

// Memory ended, and what was to be told with it: all is to be told anew.
void Stream::fail(Error error) noexcept {
  last_id_.clear();
  if (handle_ == nullptr) return;  // it is about to come back
  loop_->cancel(handle_.get());
  handle_.reset();
  come_back(std::move(error));
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
  bool is_wanted = true;
  auto error = caught([&] { is_wanted = stream.read({data, size}); });
  if (error) {
    stream.last_id_.clear();  // all is to be told anew
    stream.flaw_ = std::move(error);
  }
  return is_wanted && !stream.flaw_ ? size : 0;
}

// False: nothing more is wanted.
bool Stream::read(std::string_view bytes) {
  if (status_so_far(handle_.get()) != 200) {
    if (refusal_.size() + bytes.size() <= kMostRefusal) refusal_.append(bytes);
    return true;
  }
  if (!std::exchange(is_connected_, true)) {
    daemons_.worked(daemon_);
    connected_at_ = std::chrono::steady_clock::now();
    tell_state({});
  }
  events_.clear();
  const bool is_whole = parser_.read(bytes, events_);
  for (auto& event : events_) {
    if (is_stopped_ || !tell(event)) return false;
    // Once it is told: where that fails, the daemon must tell it again.
    if (!event.id.empty() && event.id.find_first_of("\r\n") == std::string::npos)
      last_id_ = event.id;
  }
  if (!is_whole) flaw_ = Error{ErrorCode::Protocol, "an event of the stream has no end", 200};
  return is_whole && !is_stopped_;
}

bool Stream::tell(SseEvent& event) {
  if (event.name == "quote") return tell_quote(event);
  if (event.name == "gone") {
    const auto gone = read_gone(event.data);
    if (!gone) flaw_ = gone.error();
    if (gone && rows_.remove(gone->id, gone->convert)) call(handler_.on_gone, *gone);
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
  call(handler_.on_lists, lists->missing, lists->ambiguous);
  if (!is_stopped_) tell_unavailable(lists->unavailable);
}

void Stream::tell_unavailable(const std::vector<NotHad>& unavailable) {
  const bool is_news = std::exchange(has_unavailable_, !unavailable.empty()) || has_unavailable_;
  if (is_news) call(on_unavailable_, unavailable);
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
    auto error = caught([&] {
      if (!self->is_connected_) return self->end_snapshot_later();
      self->end_snapshot();
    });
    if (error) self->fail(*std::move(error));
  });
}

// What left while nobody listened is not told as gone by a daemon that told everything anew.
void Stream::end_snapshot() {
  for (auto& [id, convert] : rows_.end_snapshot()) {
    call(handler_.on_gone, Gone{id, std::move(convert)});
    if (is_stopped_) return;
  }
  if (!std::exchange(has_lists_, are_lists_seen_) || are_lists_seen_) return;
  call(handler_.on_lists, std::vector<Missing>{}, std::vector<Ambiguous>{});
  if (!is_stopped_) tell_unavailable({});
}

bool Stream::tell_quote(SseEvent& event) {
  const auto quote = read_stream_quote(event.data, wall_now());
  if (!quote) {
    flaw_ = quote.error();
    return false;
  }
  switch (rows_.judge(*quote, event.data, wall_now())) {
    case StreamRows::Verdict::News: call(handler_.on_quote, *quote); break;
    case StreamRows::Verdict::Known: break;
    case StreamRows::Verdict::TooMany:
      flaw_ = Error{ErrorCode::Protocol, "the stream has more rows than were asked for", 200};
  }
  return !flaw_;
}

void Stream::ended(CURLcode code) noexcept {
  if (is_stopped_ || loop_->is_stopping()) return release();
  Error error = out_of_memory();
  if (auto failure = caught([&] { error = error_of_end(code); })) error = *std::move(failure);
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
void Stream::come_back(Error error) noexcept {
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
  // Without memory for a timer nothing would ever bring it back.
  auto failure = caught([&] {
    loop_->after(pause, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->connect();
    });
  });
  if (failure) give_up(*std::move(failure));
}

void Stream::give_up(Error error) noexcept {
  tell_state({StreamState::Kind::Ended, std::move(error), milliseconds(0)});
  release();
}

void Stream::tell_state(const StreamState& state) noexcept {
  if (!is_stopped_) call(handler_.on_state, state);
}

}  // namespace quotecache
