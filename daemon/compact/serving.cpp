#include "compact/serving.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/on_exit.hpp"
#include "compact/picture.hpp"
#include "compact/reply.hpp"
#include "io/event.hpp"

namespace quotecached::compact {
namespace {

using proxy::Outcome;
using proxy::Standing;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

// By name, then by id or list, then by id what the list did not have.
constexpr int kMostRounds = 3;
constexpr std::size_t kMostKeys = 8'000;    // of names, and of copies, looked up below
constexpr std::size_t kMostBehind = 1'000;  // purchases that no client waits for
constexpr milliseconds kMargin{1'000};      // the proxy keeps its own deadline

// One request of the proxy on its way.
struct Purchase {
  io::Event done;
  proxy::Answer answer;
  catalog::Request request;  // what the answer's entries are of
  Errand errand;
  milliseconds patience{0};
};
using PurchasePtr = std::shared_ptr<Purchase>;

asio::awaitable<void> run(std::shared_ptr<Shop> shop,
                          PurchasePtr purchase,
                          proxy::ClientRequest request) {
  const OnExit ended([&purchase] { purchase->done.set(); });
  auto answer = co_await shop->parts.proxy.serve(std::move(request));
  purchase->answer = std::move(answer);
}

class Serving {
 public:
  Serving(std::shared_ptr<Shop> shop, ClientAsk asked)
      : shop_(std::move(shop)), asked_(std::move(asked)), holdings_(shop_->holdings()) {}

  // Buys what is wanting.
  asio::awaitable<void> bring();
  [[nodiscard]] Unanswered unanswered() const;
  [[nodiscard]] proxy::Answer reply();

 private:
  [[nodiscard]] TimePoint now() const { return shop_->parts.clock.now(); }
  [[nodiscard]] const Ask& ask() const { return *asked_.ask; }
  void look(Names names) {
    shop_->parts.proxy.file_all();
    picture_ = compact::look(ask(), holdings_, shop_->lots, names, now());
  }

  asio::awaitable<void> look_below();
  [[nodiscard]] std::vector<std::string> keys_below() const;
  asio::awaitable<bool> look_up(std::vector<std::string> keys);
  asio::awaitable<void> buy(std::vector<Errand> errands);
  [[nodiscard]] PurchasePtr begin(Errand errand);
  [[nodiscard]] milliseconds patience_for(const Errand& errand) const;
  void take(Purchase& purchase);
  [[nodiscard]] std::vector<Ways> tried() const;
  [[nodiscard]] Outcome outcome() const;

  const std::shared_ptr<Shop> shop_;
  const ClientAsk asked_;
  Holdings holdings_;
  Picture picture_;
  proxy::Answer answer_;
  bool has_enough_ = false;                  // of some asset, without a purchase
  std::map<std::size_t, Ways> tried_;        // by asset
  std::map<std::size_t, Problem> problems_;  // by asset
};

asio::awaitable<void> Serving::bring() {
  answer_.detail = proxy::kFromMemory;
  look(Names::Believed);
  if (!picture_.wants.empty()) co_await look_below();
  answer_.asked = keys_asked(picture_);
  has_enough_ = !answer_.asked.empty();
  for (int round = 0; round < kMostRounds && !picture_.wants.empty(); ++round) {
    const auto ways = tried();
    auto errands = errands_for(ask(), picture_.wants, ways, shop_->lots, shop_->endpoints);
    if (errands.empty()) break;
    co_await buy(std::move(errands));
    look(Names::Believed);
  }
  if (!picture_.wants.empty()) look(Names::Any);
}

// Names first: what they lead to is looked up once that is known.
asio::awaitable<void> Serving::look_below() {
  for (int step = 0; step < 2; ++step) {
    auto keys = keys_below();
    const bool has_names = std::ranges::count(picture_.wants, std::uint64_t{0}, &Want::id) > 0;
    const bool has_found = co_await look_up(std::move(keys));
    if (!has_found) co_return;
    look(Names::Believed);
    if (!has_names || picture_.wants.empty()) co_return;
  }
}

// Of copies of the lot that is asked the proxy looks up the rest.
std::vector<std::string> Serving::keys_below() const {
  std::vector<std::string> aliases;
  std::vector<std::string> copies;
  for (const auto& want : picture_.wants) {
    const bool is_name = want.id == 0;
    if (is_name && aliases.size() < kMostKeys)
      holdings_.append_alias_keys(ask().assets[want.asset], aliases);
    for (const auto convert : want.converts) {
      if (!is_name && copies.size() < kMostKeys)
        holdings_.append_keys(want.id, ask().converts[convert], copies);
    }
  }
  std::ranges::move(copies, std::back_inserter(aliases));
  return aliases;
}

// What is found is in memory then.
asio::awaitable<bool> Serving::look_up(std::vector<std::string> keys) {
  const auto hits = co_await shop_->parts.chain.lookup(std::move(keys));
  std::size_t depth = 0;
  for (const auto& hit : hits) {
    if (hit.entry) depth = std::max(depth, hit.tier + 1);
  }
  if (depth > 0) answer_.detail = shop_->parts.chain.tier_name(depth - 1);
  co_return depth > 0;
}

std::vector<Ways> Serving::tried() const {
  std::vector<Ways> ways;
  ways.reserve(picture_.wants.size());
  for (const auto& want : picture_.wants) {
    const auto found = tried_.find(want.asset);
    ways.push_back(found == tried_.end() ? Ways{0} : found->second);
  }
  return ways;
}

// Without copies, or where all copies are of the lot that is asked, the proxy knows how long its
// clients wait; it does not know of the copies that other endpoints brought.
milliseconds Serving::patience_for(const Errand& errand) const {
  const auto full = shop_->options.request_deadline + kMargin;
  auto worst = Standing::Fresh;
  bool is_known_to_proxy = true;
  for (const auto at : errand.wants) {
    const auto& want = picture_.wants[at];
    worst = std::min(worst, want.has);
    is_known_to_proxy = is_known_to_proxy && want.is_held_in_lot && errand.way == Way::ById;
  }
  if (worst == Standing::Missing || is_known_to_proxy) return full;
  return worst == Standing::Revalidate ? milliseconds(0) : shop_->options.stale_patience;
}

PurchasePtr Serving::begin(Errand errand) {
  auto purchase = std::make_shared<Purchase>();
  purchase->patience = patience_for(errand);
  for (const auto at : errand.wants) tried_[picture_.wants[at].asset] |= bit(errand.way);
  const bool is_waited_for = purchase->patience > milliseconds(0);
  if (!is_waited_for && (asked_.only_if_cached || shop_->tasks.running() > kMostBehind))
    return nullptr;
  proxy::ClientRequest request;
  const auto& catalogue = shop_->parts.catalogue;
  const auto refusal = catalog::parse_target(catalogue, errand.target, request.canonical);
  if (refusal) {  // the catalogue knows better than we do what the provider takes
    const Problem problem{Code::Invalid, refusal->message, {}, {}, RefusedBy(Refuser::Parameters)};
    for (const auto at : errand.wants) problems_[picture_.wants[at].asset] = problem;
    return nullptr;
  }
  static_cast<void>(catalog::parse_target(catalogue, errand.target, purchase->request));
  purchase->errand = std::move(errand);
  request.client = asked_.client;
  request.tag = asked_.tag;
  request.only_if_cached = asked_.only_if_cached;
  request.has_other_rows = !picture_.quotes.empty();
  auto task = run(shop_, purchase, std::move(request));
  shop_->tasks.spawn("purchase for quotes", std::move(task));
  return purchase;
}

asio::awaitable<void> Serving::buy(std::vector<Errand> errands) {
  const auto started = Steady::now();
  std::vector<PurchasePtr> purchases;
  for (auto& errand : errands) {
    if (auto purchase = begin(std::move(errand))) purchases.push_back(std::move(purchase));
  }
  for (const auto& purchase : purchases) {
    const auto left = std::chrono::ceil<milliseconds>(started + purchase->patience - Steady::now());
    if (left > milliseconds(0)) co_await purchase->done.wait_for(left);
    take(*purchase);
  }
}

void Serving::take(Purchase& purchase) {
  const auto& answer = purchase.answer;
  const bool is_there = purchase.done.is_set() && !answer.pieces.empty();
  Problem problem{Code::Timeout, "The provider did not answer in time.", {}, {}};
  if (is_there && answer.http_status >= 400) problem = problem_of(answer);
  const bool is_good = is_there && answer.http_status < 400;
  for (const auto at : purchase.errand.wants) {
    const auto asset = picture_.wants[at].asset;
    // It is still under way: what it may yet bring is not bought another way as well.
    if (!purchase.done.is_set()) tried_[asset] |= kAllWays;
    if (is_good) {
      problems_.erase(asset);
    } else {
      problems_[asset] = problem;
    }
  }
  if (!is_there) return;
  answer_.cost += answer.cost;
  answer_.has_asked = answer_.has_asked || answer.has_asked;
  answer_.has_fetched = answer_.has_fetched || answer.has_fetched;
  if (is_good) {
    answer_.detail = answer.detail;
    holdings_.add(purchase.request, answer.owners);
    holdings_.set_windows(shop_->windows.all());
  }
}

Outcome Serving::outcome() const {
  const bool is_stale = std::ranges::any_of(picture_.quotes, [](const Quote& quote) {
    return quote.choice.standing() != Standing::Fresh;
  });
  if (is_stale) return Outcome::Stale;
  if (!answer_.has_fetched) return Outcome::Hit;
  return has_enough_ ? Outcome::Partial : Outcome::Miss;
}

Unanswered Serving::unanswered() const {
  Unanswered unavailable;
  for (const auto asset : picture_.without) {
    const auto found = problems_.find(asset);
    unavailable.emplace_back(asset,
                             found == problems_.end() ? Code::Unavailable : found->second.code);
  }
  return unavailable;
}

proxy::Answer Serving::reply() {
  auto unavailable = unanswered();
  if (picture_.quotes.empty() && !unavailable.empty()) {
    Problem problem{Code::Unavailable, "The provider did not tell.", {}, std::chrono::seconds(5)};
    const auto found = problems_.find(unavailable.front().first);
    if (found != problems_.end()) problem = found->second;
    const auto cost = answer_.cost;
    fill(answer_, problem);
    answer_.cost = cost;
    read_ids(picture_, answer_.led_to);
    return std::move(answer_);
  }
  answer_.outcome = outcome();
  answer_.told_by = teller_of(picture_);
  read_ids(picture_, answer_.led_to);
  fill(answer_, sheet_of(ask(), picture_, std::move(unavailable), now()));
  return std::move(answer_);
}

}  // namespace

asio::awaitable<proxy::Answer> serve(std::shared_ptr<Shop> shop, ClientAsk asked) {
  Serving serving(std::move(shop), std::move(asked));
  co_await serving.bring();
  co_return serving.reply();
}

asio::awaitable<Unanswered> bring(std::shared_ptr<Shop> shop, ClientAsk asked) {
  Serving serving(std::move(shop), std::move(asked));
  co_await serving.bring();
  co_return serving.unanswered();
}

Sheet sheet_of(const Ask& ask, const Picture& picture, Unanswered unavailable, TimePoint now) {
  std::string next;
  if (ask.end < ask.assets.size()) next = cursor_of(ask, ask.end);
  return {ask, picture, std::move(unavailable), std::move(next), now};
}

}  // namespace quotecached::compact
