#include "compact/desk.hpp"

#include <utility>

#include "catalog/price.hpp"
#include "compact/picture.hpp"
#include "compact/reply.hpp"
#include "compact/serving.hpp"
#include "compact/shop.hpp"

namespace quotecached::compact {

Shop::Shop(asio::any_io_executor loop,
           const Desk::Parts& all_parts,
           const Desk::Options& all_options,
           Log log)
    : parts(all_parts),
      options(all_options),
      endpoints(endpoints_of(parts.catalogue)),
      lots(parts.catalogue, endpoints),
      sources(endpoints, lots.all()),
      windows(endpoints),
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
  fill(out, sheet_of(ask, picture, {}, now));
  return true;
}

asio::awaitable<proxy::Answer> Desk::serve(ClientAsk asked) {
  return compact::serve(shop_, std::move(asked));
}

Credits Desk::list_price(const Ask& ask) const {
  const auto& endpoint = *shop_->lots.by_asset(ask.fields).endpoint;
  return catalog::list_price(endpoint.price, ask.end - ask.begin, ask.converts.size());
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
