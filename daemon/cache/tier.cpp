#include "cache/tier.hpp"

#include <utility>

#include "cache/trial_copy.hpp"

namespace quotecached::cache {

asio::awaitable<Result<void>> Tier::try_out(std::string key, TimePoint now) {
  std::vector<Item> items;
  items.push_back({key, trial_copy(now)});
  auto stored = co_await store(std::move(items), now);
  if (!stored) co_return stored;
  std::vector<std::string> keys(1, key);
  auto found = co_await lookup(std::move(keys), now);
  if (!found) co_return std::move(found).failure();
  const bool is_back = found->entries.size() == 1 && found->entries.front() &&
                       found->entries.front()->fragment.text == kTrialText;
  std::vector<std::string> gone(1, std::move(key));
  auto removed = co_await remove(std::move(gone));
  if (!removed) co_return removed;
  if (!is_back) co_return fail(ErrorCode::Unavailable, "what is written does not come back");
  co_return Result<void>();
}

}  // namespace quotecached::cache
