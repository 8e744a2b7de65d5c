#include "stream/hub.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/on_exit.hpp"
#include "base/random.hpp"
#include "io/task_group.hpp"
#include "stream/audience.hpp"
#include "stream/review_limits.hpp"

namespace quotecached::stream {
namespace {

constexpr std::size_t kMostReviews = 256;  // at once
constexpr std::size_t kRowsAtOnce = 500;   // looked at before others have their turn

std::size_t rows_of(const compact::Ask& ask) { return ask.assets.size() * ask.converts.size(); }

}  // namespace

struct Hub::State : std::enable_shared_from_this<Hub::State> {
  State(asio::any_io_executor to, Parts all_parts, const Options& all_options, Log log)
      : loop(std::move(to)),
        parts(std::move(all_parts)),
        options(all_options),
        // Other than that of every other start, so that no event of theirs passes for one of ours.
        board(random128_hex().substr(0, 16)),
        gathering(loop),
        reviews(loop, std::move(log)) {}

  // One feed of an I/O thread, and the channel that it is of.
  struct Reader {
    OutletPtr outlet;
    std::uint64_t feed = 0;
    Channel* channel =
        nullptr;  // null: the feed was refused, and its listeners are on their way out
    std::size_t listeners = 0;
  };
  using ReaderKey = std::pair<const Outlet*, std::uint64_t>;

  void join(Joining joining);
  void leave(const Outlet* outlet, std::uint64_t feed, const std::string& client);
  void note(const compact::RowsFilled& news);
  void look_soon();
  void look();
  void look_at(Topic& topic) {
    board.take(topic, parts.desk.row(topic.id, topic.convert, topic.fields), parts.clock.now());
  }
  void look_at(Channel& channel);
  void note_purged();
  void tell_news();
  void tell_all(const Reader& reader);
  void tick();
  void begin_due_reviews();
  void begin_review(Channel& channel, Audience& audience);
  asio::awaitable<void> review(std::shared_ptr<State> self,
                               std::shared_ptr<const compact::Ask> ask,
                               std::string key,
                               std::string client,
                               double listeners);
  void end_review(const std::string& key, const std::string& client);
  [[nodiscard]] bool make_room(std::size_t more);
  template <class IsOver>
  void close_those(const IsOver& is_over);
  void count();

  asio::any_io_executor loop;
  const Parts parts;
  const Options options;
  Board board;
  std::size_t rows = 0;  // asked for, channel by channel
  const CountersPtr counters = std::make_shared<Counters>();
  std::map<ReaderKey, Reader> readers;
  std::unordered_map<const Channel*, Audience> audiences;
  std::unordered_map<const Channel*, std::vector<Reader*>> readers_of;
  // Assets of which copies were filed, and whether any row may be another.
  std::unordered_set<std::uint64_t> filled;
  bool are_any_filled = false;
  bool is_gathering = false;
  ReviewLimits limits;
  bool are_any_put_off = false;  // reviews, since their clients have as many as they may
  bool is_stopping = false;
  asio::steady_timer gathering;
  io::TaskGroup reviews;
};

void Hub::State::join(Joining joining) {
  limits.limit(joining.client, joining.most_asks);
  const ReaderKey reader_key{joining.outlet.get(), joining.feed};
  if (const auto known = readers.find(reader_key); known != readers.end()) {
    ++known->second.listeners;
    if (known->second.channel == nullptr) return;  // refused: all of the feed ends
    return audiences[known->second.channel].add(joining.client);
  }
  auto* channel = board.find(joining.key);
  if (channel == nullptr) {
    if (!make_room(rows_of(*joining.ask))) {
      joining.outlet->tell({Update{joining.feed, true, 0, {}}});
      readers[reader_key] = {std::move(joining.outlet), joining.feed, nullptr, 1};
      return;
    }
    rows += rows_of(*joining.ask);
    channel = &board.open(std::move(joining.key), std::move(joining.ask));
  }
  auto& reader = readers[reader_key];
  reader = {std::move(joining.outlet), joining.feed, channel, 1};
  auto& audience = audiences[channel];
  const bool is_first = audience.listeners == 0;
  audience.add(joining.client);
  if (is_first) {  // while nobody listens, nothing is followed
    auto census = parts.desk.census(*channel->ask, compact::Names::Believed, channel->unavailable);
    board.take(*channel, census);
    look_at(*channel);
  }
  tell_news();  // to those who listen already; this one is to have all of it first
  readers_of[channel].push_back(&reader);
  tell_all(reader);
  if (is_first && !audience.is_reviewing) {
    audience.put_off();  // until it may be reviewed, which may be now
    begin_review(*channel, audience);
  }
  count();
}

// Those that nobody listens to go first.
bool Hub::State::make_room(std::size_t more) {
  if (rows + more <= options.most_rows) return true;
  close_those([this](const Audience& audience) {
    return audience.is_over(parts.clock.now(), milliseconds(0));
  });
  return rows + more <= options.most_rows;
}

void Hub::State::leave(const Outlet* outlet, std::uint64_t feed, const std::string& client) {
  const auto found = readers.find({outlet, feed});
  if (found == readers.end()) return;
  auto& reader = found->second;
  if (reader.channel != nullptr) audiences[reader.channel].remove(client, parts.clock.now());
  if (--reader.listeners > 0) return;
  if (reader.channel != nullptr) std::erase(readers_of[reader.channel], &reader);
  readers.erase(found);
}

void Hub::State::note(const compact::RowsFilled& news) {
  if (readers.empty()) return;
  for (const auto id : news.ids) {
    if (!board.topics_of(id).empty()) filled.insert(id);
  }
  are_any_filled = are_any_filled || news.are_any;
  if (!filled.empty() || are_any_filled) look_soon();
}

// An answer is filed asset by asset: what comes within a moment is told together.
void Hub::State::look_soon() {
  if (std::exchange(is_gathering, true)) return;
  gathering.expires_after(options.gathering);
  gathering.async_wait([weak = weak_from_this()](const boost::system::error_code& failure) {
    const auto self = weak.lock();
    if (self && !failure) self->look();
  });
}

void Hub::State::look() {
  is_gathering = false;
  if (std::exchange(are_any_filled, false)) {
    for (const auto* topic : board.topics()) filled.insert(topic->id);
  }
  for (std::size_t looked = 0; looked < kRowsAtOnce && !filled.empty();) {
    const auto topics = board.topics_of(*filled.begin());
    filled.erase(filled.begin());
    for (auto* const topic : topics) look_at(*topic);
    looked += topics.size();
  }
  tell_news();
  if (!filled.empty()) look_soon();
}

void Hub::State::look_at(Channel& channel) {
  for (const auto& [slot, topic] : channel.topics) look_at(*topic);
}

void Hub::State::note_purged() {
  for (auto* const topic : board.topics())
    board.take_purged(
        *topic, parts.desk.row(topic->id, topic->convert, topic->fields), parts.clock.now());
  tell_news();
}

// One message to each thread, whatever the number of its channels that have news.
void Hub::State::tell_news() {
  counters->made.store(board.made(), std::memory_order_relaxed);
  const auto made_at = std::chrono::steady_clock::now();
  std::map<OutletPtr, std::vector<Update>> updates;
  for (const auto& [channel, changes] : board.take_news()) {
    const auto found = readers_of.find(channel);
    if (found == readers_of.end()) continue;
    for (const auto* reader : found->second)
      updates[reader->outlet].push_back(
          {reader->feed, false, channel->complete_since, changes, made_at});
  }
  for (auto& [outlet, news] : updates) outlet->tell(std::move(news));
}

void Hub::State::tell_all(const Reader& reader) {
  auto all = board.all_of(*reader.channel);
  reader.outlet->tell({Update{reader.feed, false, reader.channel->complete_since, std::move(all)}});
}

void Hub::State::tick() {
  const auto now = parts.clock.now();
  close_those([&](const Audience& audience) { return audience.is_over(now, options.lingering); });
  begin_due_reviews();
  count();
}

// Those first that were reviewed the longest ago, so that where few may be reviewed at once each
// has its turn.
void Hub::State::begin_due_reviews() {
  const auto now = parts.clock.now();
  are_any_put_off = false;
  std::vector<std::pair<TimePoint, Channel*>> due;
  for (const auto& [key, channel] : board.channels()) {
    const auto& audience = audiences[channel.get()];
    if (audience.is_due(now, options.asks_every))
      due.emplace_back(audience.reviewed_at, channel.get());
  }
  std::ranges::sort(due);
  for (const auto& [reviewed_at, channel] : due) {
    if (reviews.running() >= kMostReviews) return;
    begin_review(*channel, audiences[channel]);
  }
}

template <class IsOver>
void Hub::State::close_those(const IsOver& is_over) {
  std::vector<Channel*> over;
  for (const auto& [key, channel] : board.channels()) {
    if (is_over(audiences[channel.get()])) over.push_back(channel.get());
  }
  for (auto* const channel : over) {
    rows -= rows_of(*channel->ask);
    audiences.erase(channel);
    readers_of.erase(channel);
    board.close(*channel);
  }
}

void Hub::State::begin_review(Channel& channel, Audience& audience) {
  const auto* const client =
      audience.next_client([this](const std::string& name) { return limits.may_begin(name); });
  if (client == nullptr) {
    are_any_put_off = true;
    return;
  }
  limits.begin(*client);
  audience.is_reviewing = true;
  audience.reviewed_at = parts.clock.now();
  auto task = review(shared_from_this(),
                     channel.ask,
                     channel.key,
                     *client,
                     static_cast<double>(audience.listeners));
  reviews.spawn("review of a stream", std::move(task));
}

// Its place is the next one's whose client had as many as it may.
void Hub::State::end_review(const std::string& key, const std::string& client) {
  if (auto* const channel = board.find(key)) audiences[channel].is_reviewing = false;
  limits.end(client);
  if (!are_any_put_off || is_stopping) return;
  are_any_put_off = false;
  asio::post(loop, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && !self->is_stopping) self->begin_due_reviews();
  });
}

// The channel stays while it is reviewed.
asio::awaitable<void> Hub::State::review(std::shared_ptr<State> self,
                                         std::shared_ptr<const compact::Ask> ask,
                                         std::string key,
                                         std::string client,
                                         double listeners) {
  const OnExit ended([&self, &key, &client] { self->end_review(key, client); });
  const auto& desk_parts = self->parts;
  auto census = desk_parts.desk.census(*ask, compact::Names::Believed, {});
  compact::Unanswered unavailable;
  // One of them the desk counts itself, should it have to be asked.
  const auto others = census.is_enough ? listeners : listeners - 1;
  if (others > 0) desk_parts.note_asks(census.keys, others);
  if (!census.is_enough) {
    compact::ClientAsk asked{ask, client, false};
    unavailable = co_await desk_parts.desk.bring(std::move(asked));
    census = desk_parts.desk.census(*ask, compact::Names::Any, unavailable);
  }
  auto* const channel = self->board.find(key);
  if (channel == nullptr) co_return;
  channel->unavailable = std::move(unavailable);
  self->board.take(*channel, census);
  self->look_at(*channel);
  self->tell_news();
  self->count();
}

void Hub::State::count() {
  counters->channels.store(board.channels().size(), std::memory_order_relaxed);
  counters->rows.store(rows, std::memory_order_relaxed);
}

Hub::Hub(asio::any_io_executor loop, Parts parts, const Options& options, Log log)
    : state_(std::make_shared<State>(std::move(loop), std::move(parts), options, std::move(log))) {
  state_->parts.desk.on_filled([weak = std::weak_ptr(state_)](const compact::RowsFilled& rows) {
    if (const auto state = weak.lock()) state->note(rows);
  });
}

Hub::~Hub() = default;

Place Hub::take_place() const {
  auto place = Place::take(state_->counters, state_->options.most_listeners);
  auto& count = place ? state_->counters->begun : state_->counters->turned_away;
  count.fetch_add(1, std::memory_order_relaxed);
  return place;
}

std::uint64_t Hub::version_of(std::string_view event_id) const noexcept {
  const auto id = parse_event_id(event_id);
  return id && id->mark == state_->board.mark() ? id->version : 0;
}

void Hub::join(Joining joining) {
  asio::post(state_->loop, [state = state_, joining = std::move(joining)]() mutable {
    state->join(std::move(joining));
  });
}

void Hub::leave(OutletPtr outlet, std::uint64_t feed, std::string client) {
  asio::post(state_->loop,
             [state = state_, outlet = std::move(outlet), feed, client = std::move(client)] {
               state->leave(outlet.get(), feed, client);
             });
}

const CountersPtr& Hub::counters() const noexcept { return state_->counters; }

void Hub::note_purged() { state_->note_purged(); }

void Hub::tick() { state_->tick(); }

bool Hub::is_idle() const noexcept {
  return state_->reviews.running() == 0 && !state_->is_gathering;
}

asio::awaitable<bool> Hub::settle(std::chrono::milliseconds limit) {
  const auto state = state_;
  const bool are_over = co_await state->reviews.join(limit);
  if (!are_over) co_return false;
  while (state->is_gathering) state->look();
  co_return true;
}

asio::awaitable<void> Hub::stop(std::chrono::milliseconds limit) {
  const auto state = state_;
  state->is_stopping = true;
  state->gathering.cancel();
  state->reviews.cancel();
  co_await state->reviews.join(limit);
}

}  // namespace quotecached::stream
