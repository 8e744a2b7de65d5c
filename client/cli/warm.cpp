#include "cli/warm.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/asset_file.hpp"
#include "cli/failure.hpp"
#include "cli/figures.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

constexpr std::chrono::milliseconds kLookAgain{200};
constexpr std::size_t kProgressColumns = 30;

// Ctrl-C, while there is one: noticed once, after that it ends the command as ever.
class Interruption {
 public:
  Interruption() {
    came_ = 0;
    struct sigaction action{};
    action.sa_handler = [](int) { came_ = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, &before_);
  }
  ~Interruption() { ::sigaction(SIGINT, &before_, nullptr); }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] static bool has_come() noexcept { return came_ != 0; }

 private:
  static volatile std::sig_atomic_t came_;
  struct sigaction before_{};
};
volatile std::sig_atomic_t Interruption::came_ = 0;

// A bar on standard error that is drawn over itself, where somebody sees it.
class Progress {
 public:
  explicit Progress(const Look& look) : look_(look), is_shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const WarmRun& run, std::int64_t before) {
    if (!is_shown_) return;
    const double share =
        run.assets > 0 ? static_cast<double>(run.tried()) / static_cast<double>(run.assets) : 1;
    const auto text = fmt::format("\r{} {} of {}, {} credits",
                                  bar(share, kProgressColumns, look_),
                                  grouped(before + run.tried()),
                                  grouped(before + run.assets),
                                  grouped(run.credits_spent));
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
    is_drawn_ = true;
  }
  void clear() {
    if (std::exchange(is_drawn_, false)) std::fputs("\r\033[K", stderr);
  }

 private:
  const Look& look_;
  bool is_shown_;
  bool is_drawn_ = false;
};

// The run as it stands; one that is not among the last any more was lost sight of.
Result<WarmRun> look_at(AdminClient& client, WarmRun run) {
  auto runs = client.warm_runs();
  if (!runs) return std::move(runs).error();
  const auto found = std::ranges::find(runs->runs, run.id, &WarmRun::id);
  if (found != runs->runs.end()) return std::move(*found);
  run.state = "lost";
  return run;
}

Result<WarmRun> await(AdminClient& client, WarmRun run, std::int64_t before, Progress& progress) {
  while (run.is_running() && !Interruption::has_come()) {
    progress.show(run, before);
    std::this_thread::sleep_for(kLookAgain);
    auto now = look_at(client, std::move(run));
    if (!now) return now;
    run = *std::move(now);
  }
  progress.show(run, before);
  return run;
}

Reply failed(const Error& error, const Look& look) {
  Reply reply = failure(error, look);
  if (error.code == ErrorCode::Conflict) reply.status = kUnderWay;
  return reply;
}

Reply interrupted(const WarmRun& run, bool has_rest) {
  auto text = fmt::format("quotecache: interrupted; run {} goes on{}\n",
                          run.id,
                          has_rest ? ", the rest of the file is not ordered" : "");
  return {kInterrupted, "", std::move(text)};
}

Reply told(const WarmRun& run, const CommandLine& line, const Look& look) {
  Reply reply{status_after(run), "", ""};
  switch (line.format) {
    case Format::Json: reply.out = run_json(run) + '\n'; break;
    case Format::Csv: reply.out = line.warm.explain ? outcomes_csv(run) : runs_csv({run}); break;
    case Format::Table: reply.out = outcomes_table(run, look) + clean(summary(run), look) + '\n';
  }
  return reply;
}

Reply wrong_in(const AssetFile& file, const Look& look) {
  return {
      EX_DATAERR,
      "",
      fmt::format("quotecache: neither an id nor a symbol: {}; put it right, or a '#' before it\n",
                  clean(file.wrong(), look))};
}

// A file is ordered piece by piece, since one order holds only so many.
Reply warm_file(AdminClient& client, const CommandLine& line, const Look& look) {
  AssetFile file(line.assets_file);
  if (!file.why_not().empty())
    return {
        EX_NOINPUT,
        "",
        "quotecache: cannot read " + clean(line.assets_file, look) + ": " + file.why_not() + '\n'};
  file.check();
  if (!file.wrong().empty()) return wrong_in(file, look);
  WarmRun sum;
  const Interruption interruption;
  Progress progress(look);
  WarmOrder order = line.warm;
  while (true) {
    order.assets = file.next(kMostWarmAssets);
    if (!file.wrong().empty()) {
      Reply reply = wrong_in(file, look);
      if (sum.id != 0) reply.out = told(sum, line, look).out;
      return reply;
    }
    if (order.assets.empty()) break;
    if (line.warm.max_credits) {
      const auto spent = line.warm.dry_run ? sum.credits_estimated : sum.credits_spent;
      order.max_credits = *line.warm.max_credits - spent;
      if (*order.max_credits < 1) {
        sum.stopped_by = "max_credits";
        if (sum.state == "done") sum.state = "partly";
        break;
      }
    }
    auto run = client.warm(order);
    if (!run) return failed(run.error(), look);
    run = await(client, *std::move(run), sum.assets, progress);
    if (!run) return failed(run.error(), look);
    if (run->is_running()) return interrupted(*run, true);
    add_up(sum, *run);
    if (!sum.stopped_by.empty()) break;
  }
  progress.clear();
  if (sum.id == 0)
    return {EX_DATAERR, "", "quotecache: no assets in " + clean(line.assets_file, look) + '\n'};
  return told(sum, line, look);
}

Reply show_runs(AdminClient& client, const CommandLine& line, const Look& look) {
  const auto runs = client.warm_runs();
  if (!runs) return failed(runs.error(), look);
  switch (line.format) {
    case Format::Json:
      return {0, runs->document + (runs->document.ends_with('\n') ? "" : "\n"), ""};
    case Format::Csv: return {0, runs_csv(runs->runs), ""};
    case Format::Table: break;
  }
  return {0, runs_table(*runs, look), ""};
}

}  // namespace

Reply warm(AdminClient& client, const CommandLine& line, const Look& look) {
  if (line.shows_runs) return show_runs(client, line, look);
  if (!line.assets_file.empty()) return warm_file(client, line, look);
  auto run = client.warm(line.warm);
  if (run && (line.waits || line.warm.explain)) {
    const Interruption interruption;
    Progress progress(look);
    run = await(client, *std::move(run), 0, progress);
    if (run && run->is_running()) return interrupted(*run, false);
  }
  if (!run) return failed(run.error(), look);
  return told(*run, line, look);
}

}  // namespace quotecache::cli
