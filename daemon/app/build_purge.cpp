// Builds what purges copies, and what operators may order of it.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "admin/purge.hpp"
#include "app/build.hpp"
#include "app/parts.hpp"
#include "base/random.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "io/offload.hpp"
#include "purge/desk.hpp"
#include "routing/admin.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

namespace {

// Clocks that were set, and fresh times that ended a little later than the settings say.
constexpr milliseconds kHoldMargin = std::chrono::hours(1);

// As people know it, and unlike any other: two may run on one machine, or in two containers of one
// name.
std::string daemon_name() {
  char host[256] = "?";
  (void)gethostname(host, sizeof(host) - 1);
  return fmt::format("{}:{}:{}", host, getpid(), random128_hex().substr(0, 4));
}

asio::awaitable<Result<std::string>> order_purge(Parts* parts, purge::Order order) {
  auto report = co_await parts->purge->purge(std::move(order));
  if (!report) co_return std::move(report).failure();
  co_return admin::to_json(*report);
}

}  // namespace

// Fresh times are stretched by what the spend mode says.
milliseconds longest_hold(const Parts& parts) {
  const auto stretch = std::max(1.0, parts.settings.credits.max_stretch);
  milliseconds longest = 2 * parts.settings.freshness.names;
  for (const auto& endpoint : parts.catalogue->endpoints()) {
    const auto& times = endpoint.freshness.get();
    const milliseconds fresh(static_cast<milliseconds::rep>(
        static_cast<double>(milliseconds(times.fresh).count()) * stretch));
    longest =
        std::max(longest, fresh + std::max(times.stale_while_revalidate, times.stale_if_error));
  }
  return longest + parts.settings.freshness.names + parts.settings.freshness.negative + kHoldMargin;
}

Result<void> build_purge(Parts& parts) {
  purge::Desk::Options options;
  options.longest_hold = longest_hold(parts);
  options.tags = parts.settings.tags;
  purge::Desk::Parts used{*parts.catalogue,
                          *parts.memory,
                          *parts.chain,
                          parts.writer.get(),
                          parts.readers,
                          parts.sqlite_pool.get(),
                          *parts.clock};
  parts.purge = std::make_unique<purge::Desk>(
      parts.engine.get_executor(), used, std::move(options), parts.log);
  if (!parts.claims) return {};  // no Redis
  const auto& redis = parts.settings.tiers.redis;
  purge::Exchange::Options wanted;
  wanted.url = redis.url;
  wanted.password = redis.password.reveal();
  wanted.name = daemon_name();
  auto shared = parts.purge->share(std::move(wanted));
  if (!shared) return std::move(shared).failure("tiers.redis");
  return {};
}

void add_purge_actions(Parts& parts, routing::AdminActions& actions) {
  actions.purge = [&parts](purge::Order order) { return order_purge(&parts, std::move(order)); };
}

}  // namespace quotecached::app
