// Random pages of a list that changes: each is what the provider would have said of the page asked,
// at the time when it was fetched.
#include <iterator>
#include <map>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "listed.hpp"
#include "proxy/paged_request.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using namespace quotecached::proxy;
using namespace quotecached::proxy::test;

namespace {

const PageBook::Time kSteady{1h};
const std::string kListings = "/v1/cryptocurrency/listings/latest?";
const std::string kMap = "/v1/cryptocurrency/map?";

std::string target(const std::string& path, Page page) {
  std::string out = path + "start=" + std::to_string(page.start);
  if (page.limit > 0) out += "&limit=" + std::to_string(page.limit);
  return out;
}

// A list that changes, as it was at each moment.
class History {
 public:
  explicit History(const List& first) { lists_[kNow] = first; }

  void change(TimePoint now, std::mt19937& random, std::uint64_t most_rows) {
    List list = lists_.rbegin()->second;
    ++list.version;
    if (random() % 4 == 0) list.rows = random() % most_rows;
    lists_[now] = list;
  }
  [[nodiscard]] const List& at(TimePoint time) const {
    return std::prev(lists_.upper_bound(time))->second;
  }

 private:
  std::map<TimePoint, List> lists_;
};

// A cache of one tier that lives by PagedRequest, as Life does.
struct Cache {
  cache::EntryPtr answer(const catalog::Request& request, const History& history, TimePoint now) {
    std::string own;
    catalog::append_whole_key(own, request);
    auto paged = PagedRequest::of(request, book, kSteady + (now - kNow));
    REQUIRE(paged);
    auto got = held(own, now);
    for (std::size_t i = 0; i < paged->sources().size() && !got; ++i) {
      if (const auto source = held(paged->sources()[i].key, now)) got = paged->cut(i, source, true);
    }
    // Twice at most: once as wide as it goes, once as it stands.
    for (int tries = 0; tries < 2 && !got; ++tries) got = fetch(*paged, history, now);
    REQUIRE(got);
    memory[own] = got;
    return got;
  }

  [[nodiscard]] cache::EntryPtr held(const std::string& key, TimePoint now) const {
    const auto found = memory.find(key);
    const bool is_there = found != memory.end() && cache::is_fresh(*found->second, now);
    return is_there ? found->second : nullptr;
  }

  cache::EntryPtr fetch(PagedRequest& paged, const History& history, TimePoint now) {
    const auto asked = parse(refill::call_target(*paged.lane(), {}));
    const auto entry = entry_of(history.at(now).body(*catalog::page_of(asked)), now);
    ++calls;
    credits += refill::worst_case(*paged.lane(), 1).count;
    memory[paged.key()] = entry;
    refill::Pending page;
    paged.take(*fetched(entry), false, page, kSteady + (now - kNow));
    return page.entry;
  }

  PageBook book{{}};
  std::map<std::string, cache::EntryPtr> memory;
  std::uint64_t calls = 0;
  std::int64_t credits = 0;
};

}  // namespace

TEST_SUITE("proxy::PagedRequest") {
  TEST_CASE("any pages in any order are what the provider would have said when it was asked") {
    struct Kind {
      std::string path;
      bool tells_total;
      std::uint64_t rows;
    };
    for (const auto& kind :
         {Kind{kListings, true, 900}, Kind{kMap, false, 7000}, Kind{"/v1/fiat/map?", false, 97}}) {
      std::mt19937 random(42);
      const auto draw = [&](std::uint64_t most) { return 1 + random() % most; };
      History history(List{.rows = kind.rows, .version = 0, .tells_total = kind.tells_total});
      Cache cache;
      std::int64_t alone = 0;
      std::size_t wrong = 0;
      auto now = kNow;
      for (int asks = 0; asks < 2000; ++asks, now += milliseconds(draw(900))) {
        if (draw(40) == 1) history.change(now, random, kind.rows);
        Page asked{draw(kind.rows + 40), draw(draw(10) == 1 ? 1000 : 120)};
        if (draw(50) == 1 && kind.path != kListings) asked = {1, 0};
        const auto request = parse(target(kind.path, asked));
        const auto got = cache.answer(request, history, now);
        if (got->fragment.text != history.at(got->fetched_at).body(asked)) ++wrong;
        alone += request.list_price.count;
      }
      CAPTURE(kind.path);
      CHECK(wrong == 0);
      CHECK(cache.credits * 3 < alone);
      MESSAGE(
          kind.path, " ", cache.calls, " calls, ", cache.credits, " credits; by itself ", alone);
    }
  }
}
