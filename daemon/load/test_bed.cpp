#include "load/test_bed.hpp"

#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "io/deadline.hpp"
#include "load/page_text.hpp"
#include "load/workload.hpp"

namespace quotecached::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kStartLimit = 30s;
constexpr auto kLongestFetch = 30s;  // more than the daemon lets any client wait
constexpr auto kLookEvery = 10ms;
constexpr std::size_t kLargestPage = 16UL << 20U;
constexpr const char* kMap = "/v1/cryptocurrency/map?limit=5000&sort=cmc_rank";

}  // namespace

asio::awaitable<Result<void>> TestBed::start_own(std::vector<std::string> sets,
                                                 bool ends_copies,
                                                 std::function<bool()> is_cut) {
  for (std::size_t i = 1; i <= kAssets; ++i) ids_.push_back(static_cast<std::int64_t>(i));
  auto folder = ScratchFolder::make();
  if (!folder) co_return std::move(folder).failure();
  folder_ = std::move(*folder);
  auto upstream = CannedUpstream::start();
  if (!upstream) co_return std::move(upstream).failure("provider");
  upstream_ = std::move(*upstream);
  auto all = child_settings(sets, upstream_->port(), folder_->path(), ends_copies);
  if (!all) co_return std::move(all).failure();
  auto child = ChildDaemon::start(*all, folder_->path());
  if (!child) co_return std::move(child).failure();
  child_ = std::move(*child);
  asio::steady_timer timer(loop_);
  boost::system::error_code ignored;
  for (const auto limit = Steady::now() + kStartLimit; Steady::now() < limit && !is_cut();) {
    auto port = child_->port();
    if (!port) co_return std::move(port).failure();
    if (*port) {
      to_.address = {asio::ip::address_v4::loopback(), **port};
      to_.host = fmt::format("127.0.0.1:{}", **port);
      co_return Result<void>();
    }
    timer.expires_after(kLookEvery);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return fail(ErrorCode::Unavailable, "the daemon under test does not listen");
}

asio::awaitable<Result<void>> TestBed::use(Endpoint target, bool wants_assets) {
  to_ = std::move(target);
  ids_ = {1};  // Bitcoin's, everywhere
  if (!wants_assets) co_return Result<void>();
  auto map = co_await fetch(kMap);
  if (!map) co_return std::move(map).failure(kMap);
  ids_ = ids_in(*map);
  if (ids_.empty()) co_return fail(ErrorCode::Unavailable, "the target knows no assets");
  co_return Result<void>();
}

asio::awaitable<Result<std::string>> TestBed::fetch(std::string target) {
  auto fetching = fetch_at_leisure(std::move(target));
  co_return co_await io::with_deadline(std::move(fetching), kLongestFetch);
}

asio::awaitable<Result<std::string>> TestBed::fetch_at_leisure(std::string target) {
  Peer peer(loop_, to_);
  auto connected = co_await peer.connect();
  if (!connected) co_return std::move(connected).failure();
  co_return co_await peer.fetch(std::move(target), kLargestPage);
}

asio::awaitable<Reading> TestBed::read() {
  Reading now;
  if (child_) {
    now.cpu = child_->cpu();
    now.calls = upstream_->calls();
    co_return now;
  }
  // A target that does not tell is loaded all the same.
  const auto page = co_await fetch("/metrics");
  if (!page) co_return now;
  const auto cpu = metric_sum(*page, "process_cpu_seconds_total");
  const auto calls = metric_sum(*page, "quotecached_upstream_calls_total");
  if (cpu) now.cpu = std::chrono::nanoseconds(static_cast<std::int64_t>(*cpu * 1e9));
  if (calls) now.calls = static_cast<std::int64_t>(*calls);
  co_return now;
}

}  // namespace quotecached::load
