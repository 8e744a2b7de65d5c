#include "compact/desk.hpp"

#include <utility>

#include "catalog/price.hpp"
#include "compact/picture.hpp"
#include "compact/reply.hpp"
#include "compact/serving.hpp"
#include "compact/shop.hpp"
#include "compact/source.hpp"

namespace quotecached::compact {

namespace {

RowsFilled rows_of(std::span<const cache::Item> items, const Endpoints& endpoints) {
  RowsFilled rows;
  for (const auto& item : items) {
    if (const auto id = asset_of_key(item.key); id != 0) {
      rows.ids.push_back(id);
    } else {
      rows.are_any = rows.are_any || endpoints.list_of_key(item.key) != nullptr;
    }
  }
  return rows;
}

}  // namespace

Shop::Shop(asio::any_io_executor loop,
           const Desk::Parts& all_parts,
           const Desk::Options& all_options,
           Log log)
    : parts(all_parts),
      options(all_options),
      endpoints(endpoints_of(parts.catalogue)),
      lots(parts.catalogue, endpoints),
      sources(endpoints, lots.all()),
      windows(endpoints, &parts.memory),
      tasks(std::move(loop), std::move(log)) {}

Holdings Shop::holdings() const {
  return {[&memory = parts.memory](std::string_view key, std::uint64_t hash) {
            return memory.lookup(key, hash);
          },
          endpoints,
          sources.sources(),
          windows.all()};
}

Desk::Desk(asio::any_io_executor loop, const Parts& parts, const Options& options, Log log)
    : shop_(std::make_shared<Shop>(std::move(loop), parts, options, std::move(log))) {
  parts.chain.on_filled([weak = std::weak_ptr(shop_)](std::span<const cache::Item> items) {
    const auto shop = weak.lock();
    if (!shop) return;
    for (const auto& item : items) {
      shop->sources.note(item.key);
      shop->windows.note(item);
    }
    if (shop->on_filled) shop->on_filled(rows_of(items, shop->endpoints));
  });
}

Desk::~Desk() = default;

bool Desk::try_answer(const Ask& ask, proxy::Answer& out) const {
  const auto now = shop_->parts.clock.now();
  const auto holdings = shop_->holdings();
  const auto picture = look(ask, holdings, shop_->lots, Names::Believed, now);
  if (!picture.wants.empty()) return false;
  out.clear();
  out.outcome = proxy::Outcome::Hit;
  out.detail = proxy::kFromMemory;
  out.asked = keys_asked(picture);
  out.told_by = teller_of(picture);
  read_ids(picture, out.led_to);
  fill(out, sheet_of(ask, picture, {}, now));
  return true;
}

asio::awaitable<proxy::Answer> Desk::serve(ClientAsk asked) {
  return compact::serve(shop_, std::move(asked));
}

asio::awaitable<Unanswered> Desk::bring(ClientAsk asked) {
  return compact::bring(shop_, std::move(asked));
}

Credits Desk::list_price(const Ask& ask) const {
  const auto& endpoint = *shop_->lots.by_asset(ask.fields).endpoint;
  return catalog::list_price(endpoint.price, ask.end - ask.begin, ask.converts.size());
}

std::vector<catalog::Request> Desk::as_of_provider(const Ask& ask,
                                                   std::span<const std::uint64_t> ids) const {
  std::vector<catalog::Request> requests;
  for (const auto& target : targets_of(ask, ids, shop_->lots, shop_->endpoints)) {
    catalog::Request request;
    if (!catalog::parse_target(shop_->parts.catalogue, target, request))
      requests.push_back(std::move(request));
  }
  return requests;
}

std::optional<StandingRow> Desk::row(std::uint64_t id,
                                     std::string_view convert,
                                     const Fields& fields) const {
  const auto& lot = shop_->lots.by_asset(fields);
  Choice choice({&fields, lot.endpoint, lot.variant}, convert, shop_->parts.clock.now());
  const auto holdings = shop_->holdings();  // the choice points into it
  holdings.offer(id, convert, choice);
  return standing_row(choice, convert, fields);
}

Census Desk::census(const Ask& ask, Names names, Unanswered unavailable) const {
  const auto holdings = shop_->holdings();
  return census_of(ask,
                   look(ask, holdings, shop_->lots, names, shop_->parts.clock.now()),
                   std::move(unavailable));
}

void Desk::on_filled(std::function<void(const RowsFilled&)> observer) {
  shop_->on_filled = std::move(observer);
}

bool Desk::is_idle() const noexcept { return shop_->tasks.running() == 0; }

asio::awaitable<bool> Desk::settle(std::chrono::milliseconds limit) {
  return shop_->tasks.join(limit);
}

asio::awaitable<void> Desk::stop(std::chrono::milliseconds limit) {
  const auto shop = shop_;
  shop->tasks.cancel();
  co_await shop->tasks.join(limit);
}

}  // namespace quotecached::compact
