#include "cli/watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/failure.hpp"
#include "cli/figures.hpp"
#include "cli/get.hpp"
#include "cli/output.hpp"
#include "cli/run.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"
#include "cli/text.hpp"
#include "cli/watch_board.hpp"
#include "cli/watch_lines.hpp"
#include "cli/watch_mailbox.hpp"

namespace quotecache::cli {
namespace {

using WatchTime = WatchBoard::Time;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kDrawEvery{1'000};  // ages grow
constexpr milliseconds kDrawSoonest{100};  // after the last time, when there are news
constexpr seconds kRowsMayFollow{1};       // in another currency than the one that is refused
constexpr std::size_t kUsualRows = 24;

WatchTime watch_now() { return std::chrono::steady_clock::now(); }

// One `watch` from its beginning to its end, which is when there is a reply.
class Watcher {
 public:
  Watcher(const CommandLine& line, const Look& look)
      : line_(line),
        look_(look),
        is_live_(look.is_drawable && line.format == Format::Table),
        board_(line.ask),
        lines_(line.format, line.ask, look),
        begun_(watch_now()) {}

  ~Watcher() {
    if (!is_drawn_) return;  // else something was thrown
    std::fputs(leave_screen().c_str(), stdout);
    std::fflush(stdout);
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  Reply run(const Client& client) {
    auto subscription = client.subscribe(line_.ask, mailbox_.handler(), mailbox_.on_unavailable());
    if (!subscription) return failure(subscription.error(), look_);
    const Closing closing{mailbox_};
    while (!reply_) step();
    leave();
    return *std::move(reply_);
  }

 private:
  // Its end lets go a callback that waits, for which the subscription's end would wait.
  struct Closing {
    WatchMailbox& mailbox;
    ~Closing() { mailbox.close(); }
  };

  // Waits for something to happen, and does what it asks for.
  void step() {
    std::array<pollfd, 3> wanted{pollfd{mailbox_.fd(), POLLIN, 0},
                                 pollfd{signals_.fd(), POLLIN, 0},
                                 pollfd{is_live_ ? -1 : STDOUT_FILENO, 0, 0}};
    if (::poll(wanted.data(), wanted.size(), static_cast<int>(patience().count())) < 0 &&
        errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "poll");
    while (const auto signal = signals_.next()) take_signal(*signal);
    if ((wanted[2].revents & POLLERR) != 0) end_by_broken_pipe();
    if (reply_) return;
    for (auto& news : mailbox_.take()) {
      std::visit([this](const auto& one) { take(one); }, news);
      if (reply_) return;
    }
    end_if_hopeless();
    look_at_clock();
    if (is_live_ && !reply_) draw();
  }

  // Until something is to be done whatever happens.
  [[nodiscard]] milliseconds patience() const {
    const auto now = watch_now();
    auto until = now + kDrawEvery;
    if (line_.life) until = std::min(until, begun_ + *line_.life);
    if (!was_connected_) until = std::min(until, begun_ + line_.timeout);
    if (is_live_ && has_news_) until = std::min(until, drawn_at_ + kDrawSoonest);
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(until - now));
  }

  void look_at_clock() {
    const auto now = watch_now();
    const bool is_over = line_.life && now >= begun_ + *line_.life;
    if (is_over && was_connected_) reply_ = Reply{};
    if (!was_connected_ && (is_over || now >= begun_ + line_.timeout)) {
      const auto waited = std::chrono::round<std::chrono::seconds>(now - begun_);
      reply_ = failure(
          {ErrorCode::Unavailable, fmt::format("no answer within {} s", waited.count())}, look_);
    }
  }

  void take_signal(int signal) {
    if (signal == SIGWINCH) {
      has_news_ = true;
      drawn_at_ = {};
    } else if (signal == SIGTSTP) {
      if (is_drawn_) leave();
      signals_.suspend();
      drawn_at_ = {};
    } else {
      reply_ = Reply{128 + signal, "", ""};
    }
  }

  void take(const Quote& quote) {
    board_.put(quote, watch_now());
    if (!is_live_) write(lines_.quote(quote));
    count_one();
  }

  void take(const Gone& gone) {
    const Quote* const last = board_.find(gone.id, gone.convert);
    if (last == nullptr) return;
    if (!is_live_) write(lines_.gone(*last));
    board_.remove(gone);
    count_one();
  }

  void take(const WatchLists& lists) {
    board_.put_lists(lists.missing, lists.ambiguous);
    tell_lacks();
  }

  void take(const WatchUnavailable& told) {
    board_.put_unavailable(told.unavailable);
    tell_lacks();
  }

  // The lists come whole each time: what was told of them is not told again.
  void tell_lacks() {
    has_news_ = true;
    if (is_live_) return;
    auto lacks = board_.lacks(look_);
    for (const auto& line : lacks)
      if (std::ranges::find(told_lacks_, line) == told_lacks_.end()) complain(line + '\n');
    told_lacks_ = std::move(lacks);
  }

  void end_if_hopeless() {
    if (!board_.is_hopeless()) return hopeless_since_.reset();
    const auto now = watch_now();
    if (!hopeless_since_) hopeless_since_ = now;
    const bool is_refused = board_.is_refused();
    if (is_refused && line_.ask.converts.size() > 1 && now < *hopeless_since_ + kRowsMayFollow)
      return;
    reply_ = Reply{is_refused ? EX_USAGE : kNoneFound, "", ""};
    if (!is_live_) return;
    for (const auto& line : board_.lacks(look_)) reply_->err += line + '\n';
  }

  void take(const StreamState& state) {
    const bool is_connected = state.kind == StreamState::Kind::Connected;
    if (!is_connected && (!was_connected_ || state.kind == StreamState::Kind::Ended)) {
      reply_ = failure(state.error, look_);
      return;
    }
    if (!is_live_) complain(change_of(state));
    board_.put_state(state, watch_now());
    has_news_ = true;
    is_lost_ = !is_connected;
    was_connected_ = true;
  }

  // Of a connection that is lost or there again; empty: it is as it was.
  [[nodiscard]] std::string change_of(const StreamState& state) const {
    const bool is_connected = state.kind == StreamState::Kind::Connected;
    if (is_connected) return is_lost_ ? "quotecache: connected again\n" : "";
    if (is_lost_) return "";
    return fmt::format("quotecache: the connection is lost ({}); it is tried again, Ctrl-C ends\n",
                       clean(state.error.message, look_));
  }

  void count_one() {
    has_news_ = true;
    ++count_;
    if (line_.count && count_ >= *line_.count && !reply_) reply_ = Reply{};
  }

  void draw() {
    const auto now = watch_now();
    if (now - drawn_at_ < (has_news_ ? kDrawSoonest : kDrawEvery)) return;
    drawn_at_ = now;
    has_news_ = false;
    if (!is_in_foreground()) return;  // the screen is another program's
    const auto size = terminal_size();
    const auto lines = board_.screen(look_of(size), size.rows > 0 ? size.rows : kUsualRows, now);
    write((std::exchange(is_drawn_, true) ? "" : enter_screen()) + draw_screen(lines));
  }

  // The table as it was last stays.
  void leave() {
    if (!is_live_) return;
    const auto end = std::exchange(is_drawn_, false) ? leave_screen() : std::string();
    write(end + board_.table(look_of(terminal_size()), watch_now()));
  }

  // Never wider than the terminal is now, whatever is said: lines would be cut.
  [[nodiscard]] Look look_of(const TerminalSize& size) const {
    Look look = look_;
    const auto columns = size.columns > 0 ? size.columns : Look{}.width;
    look.width = std::min(line_.width.value_or(kMostWidth), columns);
    return look;
  }

  // All of it, unless a signal ends this while nobody reads.
  void write(const std::string& text) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const Written written = write_now(rest, signals_.fd());
      if (written == Written::Closed) end_by_broken_pipe();
      if (written == Written::Failed) {
        const auto why = std::generic_category().message(errno);
        reply_ = Reply{EX_IOERR, "", "quotecache: cannot write: " + why + '\n'};
        return;
      }
      while (const auto signal = signals_.next()) take_signal(*signal);
      if (written == Written::Interrupted && reply_) return;
    }
  }

  void complain(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
  }

  const CommandLine& line_;
  const Look& look_;
  const bool is_live_;
  Signals signals_;  // before there is any other thread
  WatchMailbox mailbox_;
  WatchBoard board_;
  WatchLines lines_;
  const WatchTime begun_;
  WatchTime drawn_at_{};
  std::optional<Reply> reply_;
  std::optional<WatchTime> hopeless_since_;
  std::vector<std::string> told_lacks_;  // lines
  std::int64_t count_ = 0;
  bool has_news_ = true;
  bool is_drawn_ = false;
  bool was_connected_ = false;
  bool is_lost_ = false;
};

}  // namespace

Reply watch(const Client& client, const CommandLine& line, const Look& look) {
  return Watcher(line, look).run(client);
}

}  // namespace quotecache::cli
