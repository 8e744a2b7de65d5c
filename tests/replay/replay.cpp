#include "replay/replay.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <simdjson.h>

#include "base/iso_time.hpp"

namespace quotecached::test {
namespace {

constexpr milliseconds kMinute{60'000};
// At least as long as that a copy answers in need (stale_if_error).
constexpr milliseconds kStaleLife = std::chrono::hours(24);

constexpr std::int64_t kRequestsPerReport = 500;

// Moves that cause calls take a while where the machine is busy.
constexpr const char* kMoveLimit = "25s";

std::vector<std::string> sim_arguments(const Replay::Options& options) {
  std::vector<std::string> words = {"--stamps", "--clock-at", iso_time(options.start)};
  words.insert(words.end(), options.sim.begin(), options.sim.end());
  // Data of any moment, so that its age is that of the copy.
  if (std::ranges::find(words, "--tick") == words.end()) words.insert(words.end(), {"--tick", "0"});
  return words;
}

std::vector<std::string> daemon_settings(const Replay::Options& options) {
  std::vector<std::string> sets = {"test.clock_at=" + iso_time(options.start),
                                   "freshness.ttl_jitter=0",
                                   "credits.per_month=" + std::to_string(options.per_month),
                                   "upstream.batch_window=1ms"};
  sets.insert(sets.end(), options.sets.begin(), options.sets.end());
  return sets;
}

}  // namespace

std::vector<std::string> assets_named(std::string_view target) {
  std::vector<std::string> names;
  for (const std::string kind : {"id", "symbol", "slug"}) {
    const auto one = target.find("?" + kind + "=");
    const auto several = target.find("?" + kind + "s=");  // of /quotes
    if (one == std::string_view::npos && several == std::string_view::npos) continue;
    auto list = target.substr(target.find('=') + 1);
    list = list.substr(0, list.find('&'));
    while (!list.empty()) {
      const auto end = std::min(list.find(','), list.size());
      names.push_back(kind + "=" + std::string(list.substr(0, end)));
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  return names;
}

Replay::Replay(Options options) : options_(std::move(options)) {
  Sim::Options sim;
  sim.arguments = sim_arguments(options_);
  sim_.emplace(std::move(sim));
  Daemon::Options daemon;
  daemon.base_url = sim_->base_url();
  daemon.sets = daemon_settings(options_);
  daemon_.emplace(std::move(daemon));
}

std::string map_of(Sim& sim) {
  HttpClient client;
  const auto map = client.get(sim.base_url() + "/v1/cryptocurrency/map?sort=cmc_rank&limit=5000",
                              {"X-CMC_PRO_API_KEY: direct"});
  if (map.status != 200) throw std::runtime_error("no map: " + map.body + map.error);
  return map.body;
}

std::vector<AssetNames> names_of(Sim& sim, std::size_t count) {
  return names_in_map(map_of(sim), count);
}

ReplayFigures Replay::run(const std::vector<trace::TracedRequest>& requests, milliseconds until) {
  ReplayFigures figures;
  const auto before = sim_->stats();
  for (const auto& request : requests) {
    move_by_minutes(request.at);
    ask(request, figures);
    move(now_);  // waits for what that has caused
    const bool tells = options_.progress && figures.requests % kRequestsPerReport == 0;
    if (tells)
      options_.progress(static_cast<double>(now_.count()) / static_cast<double>(until.count()));
  }
  move_by_minutes(until - milliseconds(1));  // still in the last window
  const auto after = sim_->stats();
  figures.calls = after.calls - before.calls;
  figures.credits = after.credits_charged - before.credits_charged;
  figures.booked = booked();
  return figures;
}

// The provider first: what the daemon asks on its move is answered in the same moment. Nothing is
// under way meanwhile.
void Replay::move(milliseconds to) {
  const auto by = to - now_;
  if (by < milliseconds(0)) throw std::invalid_argument("a trace does not go back");
  if (by > milliseconds(0)) sim_->advance_clock(by);
  const auto answer = daemon_->request(
      "POST",
      "/admin/test/clock",
      "{\"advance\":\"" + std::to_string(by.count()) + "ms\",\"within\":\"" + kMoveLimit + "\"}");
  if (answer.status != 200)
    throw std::runtime_error("clock: " + answer.body + answer.error + daemon_->log());
  now_ = to;
}

void Replay::move_by_minutes(milliseconds to) {
  for (auto turn = (now_ / kMinute + 1) * kMinute; turn < to; turn += kMinute) move(turn);
  if (now_ != to) move(to);
}

void Replay::ask(const trace::TracedRequest& request, ReplayFigures& figures) {
  ++figures.requests;
  const auto names = assets_named(request.target);
  const auto answer = daemon_->get(request.target);
  if (answer.status != 200) {
    ++figures.refused;
    if (!names.empty() && have_copies(names)) ++figures.refused_with_copies;
    return;
  }
  const auto assets = assets_in(answer.body, options_.start + now_);
  milliseconds oldest{0};
  for (const auto& asset : assets) oldest = std::max(oldest, asset.age);
  if (names.empty()) {
    if (!assets.empty()) figures.listings.add(oldest);
    return;
  }
  for (const auto& name : names) written_[name] = now_ - oldest;
  figures.lacking +=
      static_cast<std::int64_t>(names.size()) - static_cast<std::int64_t>(assets.size());
  auto& of_kind = figures.ages_by[names.front().substr(0, names.front().find('='))];
  for (const auto& asset : assets) {
    figures.ages.add(asset.age);
    of_kind.add(asset.age);
    figures.content_ages.add(asset.content_age);
  }
}

bool Replay::have_copies(const std::vector<std::string>& names) const {
  return std::all_of(names.begin(), names.end(), [this](const std::string& name) {
    const auto found = written_.find(name);
    return found != written_.end() && now_ - found->second < kStaleLife;
  });
}

std::int64_t Replay::booked() {
  const auto answer = daemon_->get("/admin/credits");
  simdjson::dom::parser parser;
  const simdjson::padded_string body(answer.body);
  const simdjson::dom::array windows = parser.parse(body)["windows"];
  for (const simdjson::dom::element window : windows)
    if (std::string_view(window["window"]) == "month") return window["spent"];
  throw std::runtime_error("no month in " + answer.body);
}

}  // namespace quotecached::test
