#include "compact/purchase.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <numeric>
#include <utility>

#include "catalog/request.hpp"

namespace quotecached::compact {
namespace {

using catalog::KeyKind;

// By the provider's reference: members of a quote that `aux` adds.
constexpr std::array<std::string_view, 6> kAux{"market_cap_by_total_supply",
                                               "volume_24h_reported",
                                               "volume_30d",
                                               "volume_30d_reported",
                                               "volume_7d",
                                               "volume_7d_reported"};

// All that simple/price tells, once it is asked for all.
constexpr std::array<std::string_view, 4> kSimple{
    "price", "market_cap", "volume_24h", "percent_change_24h"};

constexpr std::size_t kMostListed = 5'000;    // rows of one call
constexpr std::size_t kMostOfTarget = 5'000;  // ids: short enough for a line of a trace
// A rank was told some time ago: so many of a hundred rows at the end are not counted on.
constexpr std::size_t kDoubtfulPercent = 2;

Lot make_lot(const catalog::Catalogue& catalogue,
             const catalog::Endpoint& endpoint,
             std::string options) {
  catalog::Request request;
  [[maybe_unused]] const auto refusal =
      catalog::parse_target(catalogue, endpoint.path + "?id=1" + options, request);
  assert(!refusal);
  return {&endpoint, std::move(options), request.variant};
}

std::string all_aux(const catalog::Endpoint& endpoint) {
  std::string text;
  for (const auto& parameter : endpoint.parameters) {
    if (parameter.name != "aux") continue;
    for (const auto& value : parameter.values) text += (text.empty() ? "" : ",") + value;
  }
  return "&aux=" + text;
}

std::size_t steps(std::size_t items, std::size_t step) { return (items + step - 1) / step; }

std::string_view parameter_of(KeyKind kind) {
  switch (kind) {
    case KeyKind::Symbol: return "symbol";
    case KeyKind::Slug: return "slug";
    default: return "id";
  }
}

// Asks that only differ in the assets they name, and go together.
struct Group {
  const Lot* lot = nullptr;
  KeyKind kind = KeyKind::Id;
  std::vector<std::size_t> converts;
  auto operator<=>(const Group&) const = default;
};

std::string converts_text(const Ask& ask, const std::vector<std::size_t>& converts) {
  std::string text = "&convert=";
  for (std::size_t i = 0; i < converts.size(); ++i) {
    if (i > 0) text += ',';
    text += ask.converts[converts[i]];
  }
  return text;
}

class Planner {
 public:
  Planner(const Ask& ask, std::span<const Want> wants, const Lots& lots, const Endpoints& endpoints)
      : ask_(ask), wants_(wants), lots_(lots), endpoints_(endpoints) {}

  std::vector<Errand> plan(std::span<const Ways> tried);

 private:
  void add_list(std::vector<std::size_t>& by_id, std::span<const Ways> tried);
  void add_group(const Group& group, const std::vector<std::size_t>& members);
  [[nodiscard]] Group group_of(const Want& want) const;

  const Ask& ask_;
  std::span<const Want> wants_;
  const Lots& lots_;
  const Endpoints& endpoints_;
  std::vector<Errand> errands_;
};

Group Planner::group_of(const Want& want) const {
  const auto by = want.id != 0 ? KeyKind::Id : ask_.assets[want.asset].by;
  const auto& lot =
      by == KeyKind::Symbol ? lots_.by_symbol(ask_.fields) : lots_.by_asset(ask_.fields);
  return {&lot, by, want.converts};
}

// A list brings whatever converts one asset lacks, so all that any of them does are asked.
void Planner::add_list(std::vector<std::size_t>& by_id, std::span<const Ways> tried) {
  if (!lots_.are_listed(ask_.fields)) return;
  std::vector<std::uint64_t> ranks;
  std::vector<std::size_t> converts;
  for (const auto at : by_id) {
    const bool may = (tried[at] & bit(Way::ByList)) == 0;
    if (may && wants_[at].rank) ranks.push_back(*wants_[at].rank);
    for (const auto convert : wants_[at].converts) {
      const auto place = std::ranges::lower_bound(converts, convert);
      if (place == converts.end() || *place != convert) converts.insert(place, convert);
    }
  }
  const auto batch = lots_.by_asset(ask_.fields).endpoint->batch;
  const auto rows = rows_worth_listing(ranks, by_id.size(), converts.size(), batch);
  if (rows == 0) return;
  Errand errand;
  errand.way = Way::ByList;
  errand.target = endpoints_.listings->path + "?start=1&limit=" + std::to_string(rows) +
                  converts_text(ask_, converts);
  std::erase_if(by_id, [&](std::size_t at) {
    const bool may = (tried[at] & bit(Way::ByList)) == 0;
    const bool is_in = may && wants_[at].rank && *wants_[at].rank <= rows;
    if (is_in) errand.wants.push_back(at);
    return is_in;
  });
  errands_.push_back(std::move(errand));
}

// As many at once as a request of the provider's may name.
void Planner::add_group(const Group& group, const std::vector<std::size_t>& members) {
  const auto batch = group.lot->endpoint->batch;
  const auto most = std::max(kMostRows / group.converts.size() / batch, std::size_t{1}) * batch;
  for (std::size_t begin = 0; begin < members.size(); begin += most) {
    const auto end = std::min(begin + most, members.size());
    Errand errand;
    errand.way = group.kind == KeyKind::Id ? Way::ById : Way::ByName;
    errand.target = group.lot->endpoint->path + '?';
    errand.target.append(parameter_of(group.kind)).append("=");
    for (auto i = begin; i < end; ++i) {
      const auto& want = wants_[members[i]];
      if (i > begin) errand.target += ',';
      errand.target += want.id != 0 ? std::to_string(want.id) : ask_.assets[want.asset].name;
      errand.wants.push_back(members[i]);
    }
    errand.target += converts_text(ask_, group.converts) + group.lot->options;
    errands_.push_back(std::move(errand));
  }
}

std::vector<Errand> Planner::plan(std::span<const Ways> tried) {
  std::vector<std::size_t> by_id;
  std::map<Group, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < wants_.size(); ++i) {
    const bool is_named = wants_[i].id == 0;
    if ((tried[i] & bit(is_named ? Way::ByName : Way::ById)) != 0) continue;
    if (is_named) {
      groups[group_of(wants_[i])].push_back(i);
    } else {
      by_id.push_back(i);
    }
  }
  add_list(by_id, tried);
  for (const auto at : by_id) groups[group_of(wants_[at])].push_back(at);
  for (const auto& [group, members] : groups) add_group(group, members);
  return std::move(errands_);
}

}  // namespace

bool is_told_when_asked(std::string_view field) noexcept {
  return std::ranges::find(kAux, field) != kAux.end();
}

Lots::Lots(const catalog::Catalogue& catalogue, const Endpoints& endpoints)
    : simple_(make_lot(catalogue, *endpoints.simple, "&include_all=true")),
      quotes_(make_lot(catalogue, *endpoints.quotes, "")),
      extended_(make_lot(catalogue, *endpoints.quotes, all_aux(*endpoints.quotes))) {}

const Lot& Lots::by_asset(const Fields& fields) const noexcept {
  const bool is_simple =
      !fields.are_all && std::ranges::all_of(fields.names, [](const std::string& name) {
        return std::ranges::find(kSimple, name) != kSimple.end();
      });
  return is_simple ? simple_ : by_symbol(fields);
}

const Lot& Lots::by_symbol(const Fields& fields) const noexcept {
  return std::ranges::any_of(fields.names, is_told_when_asked) ? extended_ : quotes_;
}

bool Lots::are_listed(const Fields& fields) const noexcept {
  return &by_asset(fields) != &extended_;
}

std::size_t rows_worth_listing(std::span<const std::uint64_t> ranks,
                               std::size_t assets,
                               std::size_t converts,
                               std::size_t batch) {
  auto least = steps(assets, batch) * converts;
  std::size_t best = 0;
  for (std::size_t rows = kListStep; rows <= kMostListed; rows += kListStep) {
    const auto counted_on = rows - rows * kDoubtfulPercent / 100;
    const auto covered = static_cast<std::size_t>(
        std::ranges::count_if(ranks, [&](std::uint64_t rank) { return rank <= counted_on; }));
    const auto credits =
        rows / kListStep + converts - 1 + steps(assets - covered, batch) * converts;
    if (credits >= least) continue;
    least = credits;
    best = rows;
  }
  return best;
}

std::vector<Errand> errands_for(const Ask& ask,
                                std::span<const Want> wants,
                                std::span<const Ways> tried,
                                const Lots& lots,
                                const Endpoints& endpoints) {
  return Planner(ask, wants, lots, endpoints).plan(tried);
}

std::vector<std::string> targets_of(const Ask& ask,
                                    std::span<const std::uint64_t> ids,
                                    const Lots& lots,
                                    const Endpoints& endpoints) {
  std::vector<std::string> targets;
  while (!ids.empty()) {
    const auto part = ids.first(std::min(ids.size(), kMostOfTarget));
    ids = ids.subspan(part.size());
    std::vector<Want> wants(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      wants[i].id = part[i];
      wants[i].converts.resize(ask.converts.size());
      std::iota(wants[i].converts.begin(), wants[i].converts.end(), std::size_t{0});
    }
    const std::vector<Ways> tried(part.size(), bit(Way::ByList));
    for (auto& errand : errands_for(ask, wants, tried, lots, endpoints))
      targets.push_back(std::move(errand.target));
  }
  return targets;
}

}  // namespace quotecached::compact
