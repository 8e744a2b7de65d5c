// Gathers why an asset is answered as it is, for GET /admin/explain.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include "admin/explain.hpp"
#include "app/build.hpp"
#include "app/parts.hpp"
#include "cache/chain.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/query.hpp"
#include "catalog/request.hpp"
#include "io/offload.hpp"
#include "quote/alias.hpp"
#include "refill/refill.hpp"
#include "routing/admin.hpp"
#include "store/reader.hpp"
#include "warm/warmer.hpp"

namespace quotecached::app {

namespace asio = boost::asio;

namespace {

using admin::CopySeen;
using admin::CopyState;

constexpr std::chrono::milliseconds kCallLimit{2000};

// A call is booked shortly before it is made.
constexpr milliseconds kBookedBefore{60'000};

struct FindCall {
  std::shared_ptr<store::ReaderPool> readers;
  std::string endpoint;
  TimePoint fetched_at;

  Result<std::optional<admin::CallSeen>> operator()() const {
    return readers->read([this](store::Reader& reader) {
      auto& row = reader.statement(
          "SELECT started_at, cause, credits, assets, riding FROM upstream_calls WHERE "
          "started_at BETWEEN ?1 AND ?2 AND endpoint = ?3 ORDER BY started_at DESC LIMIT 1");
      row.bind(1, std::int64_t{(fetched_at - kBookedBefore).time_since_epoch().count()});
      row.bind(2, std::int64_t{fetched_at.time_since_epoch().count()});
      row.bind(3, endpoint);
      std::optional<admin::CallSeen> call;
      if (row.executeStep()) {
        call = admin::CallSeen{TimePoint(milliseconds(row.getColumn(0).getInt64())),
                               row.getColumn(1).getString(),
                               row.getColumn(2).getInt64(),
                               row.getColumn(3).getInt64(),
                               row.getColumn(4).getInt64()};
      }
      row.reset();
      return call;
    });
  }
};

Result<catalog::Request> request_of(const Parts& parts, const admin::ExplainQuery& query) {
  const auto* endpoint = parts.catalogue->by_name(query.endpoint);
  if (endpoint == nullptr || endpoint->mode != catalog::CacheMode::Assets)
    return fail(ErrorCode::Invalid, "endpoint: not one that is cached by asset, such as v2.quotes");
  std::string target = endpoint->path + '?' + query.kind + '=';
  catalog::append_encoded(target, query.asset);
  target += "&convert=";
  catalog::append_encoded(target, query.convert);
  catalog::Request request;
  const auto refusal = catalog::parse_target(*parts.catalogue, target, request);
  if (refusal) return fail(ErrorCode::Invalid, "asset: " + refusal->message);
  if (request.assets.size() != 1 || request.converts.size() != 1)
    return fail(ErrorCode::Invalid, "asset and convert take one each");
  return request;
}

// The keys by id that the alias of the request's name leads to.
void add_led_to(const catalog::Request& request,
                const cache::EntryPtr& alias,
                std::vector<std::string>& keys) {
  if (!alias || alias->is_negative) return;
  const auto ids = quote::ids_in(alias->fragment.text);
  if (!ids) return;
  for (const auto id : *ids) {
    const auto asset = std::to_string(id);
    catalog::append_key(keys.emplace_back(),
                        catalog::AssetKey{*request.endpoint,
                                          catalog::KeyKind::Id,
                                          asset,
                                          request.converts.front(),
                                          request.converts_are_ids,
                                          request.variant});
  }
}

CopyState state_of(const Parts& parts,
                   const std::string& key,
                   const cache::Entry& entry,
                   TimePoint now) {
  if (parts.memory->purges().covers(key, entry)) return CopyState::Purged;
  if (!cache::is_usable(entry, now)) return CopyState::Expired;
  if (entry.is_negative)
    return cache::is_fresh(entry, now) ? CopyState::Negative : CopyState::Expired;
  return cache::is_fresh(entry, now) ? CopyState::Fresh : CopyState::Stale;
}

// Where one key alone can answer its copies count; several ids are put together.
void add_copies(const Parts& parts,
                const std::vector<cache::Chain::Seen>& tiers,
                admin::Explanation& given) {
  for (const auto& tier : tiers) {
    if (!tier.is_up) given.tiers_down.emplace_back(tier.tier);
    for (std::size_t i = 0; i < given.keys.size(); ++i) {
      const auto& entry = tier.entries[i];
      if (!entry) continue;
      CopySeen copy;
      copy.tier = tier.tier;
      copy.key = given.keys[i];
      copy.state = state_of(parts, copy.key, *entry, given.at);
      copy.fetched_at = entry->fetched_at;
      copy.fresh_until = entry->fresh_until;
      copy.stale_until = entry->stale_until;
      copy.bytes = entry->fragment.text.size();
      given.copies.push_back(std::move(copy));
    }
  }
  given.answers = admin::answering(given.copies);
}

// What is asked for by name may be counted by its name or by what that leads to: of the keys that
// can answer, the most popular one tells.
std::optional<admin::PopularitySeen> popularity_of(const Parts& parts,
                                                   const admin::Explanation& given) {
  std::optional<admin::PopularitySeen> most;
  for (const auto& key : given.keys) {
    const auto asks = parts.refill->renewals().asks_of(key, given.at);
    if (asks && (!most || asks->rate > most->asks_a_second))
      most = admin::PopularitySeen{asks->left, asks->last, asks->rate};
  }
  return most;
}

void add_demand(const Parts& parts, const std::string& asset, admin::Explanation& given) {
  given.popularity = popularity_of(parts, given);
  const auto& key = given.answers ? given.copies[*given.answers].key : given.keys.back();
  for (const auto& pick : parts.warmer->kept()) {
    const bool is_it = pick.asset == asset || key.find(":id:" + pick.asset + ":") != key.npos;
    if (!is_it) continue;
    given.kept_warm = pick.window.empty() ? "pinned" : "window " + std::string(pick.window);
    break;
  }
  given.renews_ahead = parts.warmer->options().renews;
  given.fewest_asks = parts.warmer->options().ahead.fewest_asks;
  given.policy = parts.policy.get();
}

asio::awaitable<Result<std::string>> explain(Parts* parts, admin::ExplainQuery query) {
  auto request = request_of(*parts, query);
  if (!request) co_return std::move(request).failure();
  admin::Explanation given;
  given.at = parts->clock->now();
  given.target = catalog::whole_target(*request);
  given.endpoint = request->endpoint->name;
  catalog::append_key(given.keys.emplace_back(), *request, 0, 0);
  if (catalog::may_alias(*request->endpoint, request->kind)) {
    std::vector<std::string> names(1);
    catalog::append_alias_key(
        names.front(), *request->endpoint, request->kind, request->assets.front());
    cache::EntryPtr alias = parts->chain->in_memory(names.front());
    if (!alias) {
      const auto hits = co_await parts->chain->lookup(std::move(names));
      alias = hits.front().entry;
    }
    add_led_to(*request, alias, given.keys);
  }
  auto keys = given.keys;
  const auto tiers = co_await parts->chain->inspect(std::move(keys));
  add_copies(*parts, tiers, given);
  add_demand(*parts, std::string(request->assets.front()), given);
  if (given.answers && parts->readers) {
    FindCall finding{parts->readers, given.endpoint, given.copies[*given.answers].fetched_at};
    const auto call = co_await io::offload(*parts->sqlite_pool, std::move(finding), kCallLimit);
    if (call) given.call = *call;
  }
  co_return admin::to_json(given);
}

}  // namespace

void add_explain_actions(Parts& parts, routing::AdminActions& actions) {
  actions.explain = [&parts](admin::ExplainQuery query) {
    return explain(&parts, std::move(query));
  };
}

}  // namespace quotecached::app
