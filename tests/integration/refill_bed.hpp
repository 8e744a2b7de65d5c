// Refill between a memory tier and an upstream that says what the test wants.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "provider/coinmarketcap.hpp"
#include "refill/refill.hpp"
#include "scripted_upstream.hpp"
#include "upstream/client.hpp"

namespace quotecached::test {

inline const std::string kQuotes = "/v2/cryptocurrency/quotes/latest?id=";
inline constexpr std::string_view kGood = R"({"status":{"error_code":0,"credit_count":1},"data":{)";

inline std::string quote_of(const std::string& id, const std::string& name) {
  return "\"" + id + "\":{\"id\":" + name + ",\"symbol\":\"X\",\"quote\":{\"USD\":{\"price\":1}}}";
}

// The ids a call asks for.
inline std::vector<std::string> ids_of(const std::string& target) {
  const auto begin = target.find("id=") + 3;
  const auto list = target.substr(begin, target.find('&', begin) - begin);
  std::vector<std::string> ids;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    ids.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return ids;
}

inline Reply good(const std::string& target) {
  std::string body(kGood);
  for (const auto& id : ids_of(target)) {
    if (body.back() == '}') body += ',';
    body += quote_of(id, id);
  }
  return {.body = body + "}}"};
}

// Without a database, which is no reason to stop here.
inline credit::Book::Options unrecorded() {
  credit::Book::Options options;
  options.stops_on_ledger_failure = false;
  return options;
}

class Bed {
 public:
  // Without a `writer` calls go on unrecorded, by the default `book_options`; with the URL of a
  // Redis, other daemons' claims there are heeded (`afterlife`: Claims::Options).
  explicit Bed(ScriptedUpstream::Script script,
               const refill::Refill::Options& options = {},
               store::Writer* writer = nullptr,
               const credit::Book::Options& book_options = unrecorded(),
               const credit::ClientBook::Caps& caps = {},
               const std::string& claims_url = {},
               std::chrono::milliseconds afterlife = cache::Claims::Options{}.afterlife,
               std::vector<std::unique_ptr<cache::Tier>> tiers = {})
      : upstream(loop, std::move(script)),
        memory({}),
        chain(loop.get_executor(), {memory, std::move(tiers)}, {}, clock, Log()),
        client(make_client()),
        claims(make_claims(claims_url, afterlife)),
        book({writer, policy, clock}, {}, book_options, Log()),
        clients(book, caps, {}, clock),
        refill(loop.get_executor(),
               {chain, *client, book, dialect, forms, policy, claims.get(), &clients},
               options,
               clock,
               Log()) {}

  // `has_copy`: who asks can fall back to what memory holds (or to something, if that is nothing).
  std::vector<refill::PendingPtr> want(const std::string& target,
                                       std::string_view by = {},
                                       bool has_copy = false,
                                       refill::Reason reason = {}) {
    catalog::Request request;
    REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
    std::vector<refill::Want> wants(1);
    refill::Want& want = wants.front();
    want.lane = refill::lane_of(request);
    want.reason = reason;
    want.client = by;
    want.tag = tag;
    const auto add_key = [&](std::string key) {
      auto copy = has_copy ? memory.lookup(key) : nullptr;
      if (has_copy && !copy) copy = std::make_shared<cache::Entry>();
      want.keys.push_back({std::move(key), std::move(copy)});
    };
    if (want.lane->is_whole()) {
      std::string key;
      catalog::append_whole_key(key, request);
      want.assets.emplace_back();
      add_key(std::move(key));
    }
    for (std::size_t asset = 0; asset < request.assets.size(); ++asset) {
      want.assets.emplace_back(request.assets[asset]);
      for (std::size_t convert = 0; convert < request.converts.size(); ++convert) {
        std::string key;
        catalog::append_key(key, request, asset, convert);
        add_key(std::move(key));
      }
    }
    std::vector<refill::PendingPtr> pendings;
    for (auto& one : refill.want(std::move(wants))) pendings.push_back(std::move(one.pending));
    return pendings;
  }

  void run_until(const std::function<bool()>& is_done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_done() && std::chrono::steady_clock::now() < end)
      loop.run_one_for(std::chrono::seconds(1));
    REQUIRE(is_done());
  }

  void run_until_called(std::size_t calls) {
    run_until([&] { return upstream.calls().size() >= calls; });
    REQUIRE(upstream.calls().size() == calls);
  }

  // Runs the loop until all of them are settled, and files what came with them.
  void settle(const std::vector<refill::PendingPtr>& pendings) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (const auto& one : pendings) {
      while (!one->resolved.is_set() && std::chrono::steady_clock::now() < end)
        loop.run_one_for(std::chrono::seconds(1));
      REQUIRE(one->resolved.is_set());
    }
    refill.file_all();
  }

  RequestTagPtr tag;  // of what is wanted from here on
  asio::io_context loop;
  MovableClock clock;
  ScriptedUpstream upstream;
  cache::MemoryTier memory;
  cache::Chain chain;
  std::unique_ptr<upstream::Client> client;
  std::unique_ptr<cache::Claims> claims;
  pacing::PublishedPolicy policy;
  credit::Book book;
  credit::ClientBook clients;
  provider::CoinMarketCap dialect;
  provider::StatusForms forms{catalog::Catalogue::built_in().endpoints().size()};
  refill::Refill refill;

 private:
  std::unique_ptr<upstream::Client> make_client() {
    upstream::Client::Options options;
    options.base_url = upstream.url();
    auto made = upstream::Client::make(loop.get_executor(), options, Log());
    REQUIRE(made);
    return std::move(*made);
  }

  std::unique_ptr<cache::Claims> make_claims(const std::string& url,
                                             std::chrono::milliseconds afterlife) {
    if (url.empty()) return nullptr;
    cache::Claims::Options options;
    options.url = url;
    options.timeout = std::chrono::seconds(5);
    options.afterlife = afterlife;
    auto made = cache::Claims::make(loop.get_executor(), std::move(options));
    REQUIRE(made);
    return std::move(*made);
  }
};

// Runs a call of its own until it has ended.
using Make = asio::awaitable<void> (*)(refill::Refill*, std::optional<calling::CallResult>*);

inline calling::CallResult made(Bed& bed, Make make) {
  std::optional<calling::CallResult> result;
  auto task = make(&bed.refill, &result);
  asio::co_spawn(bed.loop, std::move(task), asio::detached);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!result && std::chrono::steady_clock::now() < end)
    bed.loop.run_one_for(std::chrono::seconds(1));
  REQUIRE(result);
  return std::move(*result);
}

}  // namespace quotecached::test
