#include "compact/windows.hpp"

#include <algorithm>

#include "catalog/query.hpp"
#include "quote/members.hpp"

namespace quotecached::compact {
namespace {

constexpr std::string_view kQuery = ":query:";

// Canonical queries leave out what is so by default, and escape no comma.
struct ListAsk {
  std::vector<std::string> converts{"USD"};
  bool has_aux = false;
};

ListAsk read_query(std::string_view query) {
  ListAsk ask;
  for (catalog::Pair pair; catalog::next_pair(query, pair);) {
    ask.has_aux = ask.has_aux || pair.name == "aux";
    if (pair.name != "convert" && pair.name != "convert_id") continue;
    ask.converts.clear();
    if (pair.name == "convert_id") continue;  // rows then name currencies by id
    auto rest = pair.value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      ask.converts.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return ask;
}

std::uint64_t id_of(std::string_view object) {
  for (quote::Members members(object); members.next();) {
    if (members.name() == "id") return quote::whole_number(members.value()).value_or(0);
  }
  return 0;
}

}  // namespace

Window::Window(const cache::Item& item, const catalog::Endpoint& endpoint)
    : key_(item.key), entry_(item.entry) {
  const auto at = key_.find(kQuery);
  auto ask = read_query(std::string_view(key_).substr(at + kQuery.size()));
  source_ = {&endpoint, "-", !ask.has_aux};
  converts_ = std::move(ask.converts);
}

bool Window::has_convert(std::string_view convert) const {
  return std::ranges::find(converts_, convert) != converts_.end();
}

void Window::read(const cache::Entry& list) const {
  const std::string_view text = list.fragment.text;
  for (quote::Members members(text); members.next();) {
    if (members.name() != "data") continue;
    for (quote::Elements rows(members.value()); rows.next();) {
      const auto row = rows.value();
      const auto begin = static_cast<std::uint32_t>(row.data() - text.data());
      if (const auto id = id_of(row); id != 0)
        places_.push_back({id, begin, begin + static_cast<std::uint32_t>(row.size())});
    }
  }
  // A list that was paged as it changed may have an asset twice: the first is meant.
  std::ranges::stable_sort(places_, {}, &Place::id);
}

std::string_view Window::find(const cache::Entry& list, std::uint64_t id) const {
  const MutexLock lock(mutex_);
  if (!is_read_) read(list);
  is_read_ = true;
  const auto found = std::ranges::lower_bound(places_, id, {}, &Place::id);
  if (found == places_.end() || found->id != id) return {};
  return std::string_view(list.fragment.text).substr(found->begin, found->end - found->begin);
}

void Windows::note(const cache::Item& item) {
  const auto* const endpoint = endpoints_.list_of_key(item.key);
  if (endpoint == nullptr || item.entry->is_negative) return;
  // What a call brought that began before a purge is told here too, though memory did not take it.
  if (memory_ != nullptr && memory_->purges().covers(item.key, *item.entry)) return;
  auto window = std::make_shared<const Window>(item, *endpoint);
  const MutexLock lock(mutex_);
  std::erase_if(windows_, [&](const WindowPtr& one) { return one->key() == item.key; });
  if (windows_.size() == kMost) windows_.erase(windows_.begin());
  windows_.push_back(std::move(window));
}

// An answer on its way to a slow client, or a write behind, may hold a list that memory has not any
// more.
void Windows::drop_purged() const {
  const auto count = memory_ != nullptr ? memory_->purge_count() : 0;
  if (count == purges_seen_) return;
  std::erase_if(windows_, [this](const WindowPtr& one) {
    const auto list = one->entry();
    return !list || memory_->purges().covers(one->key(), *list);
  });
  purges_seen_ = count;
}

std::vector<WindowPtr> Windows::all() const {
  const MutexLock lock(mutex_);
  drop_purged();
  return {windows_.rbegin(), windows_.rend()};
}

}  // namespace quotecached::compact
