#include <algorithm>
#include <array>
#include <functional>

#include "answer.hpp"
#include "asset_writer.hpp"
#include "json_writer.hpp"
#include "resolve.hpp"

namespace cmcsim {

namespace {

struct Row {
  const Coin* coin;
  Figures figures;
};

using Measure = double (*)(const Row&);

struct NamedMeasure {
  std::string_view name;
  Measure measure;
};

constexpr std::array<NamedMeasure, 15> kMeasures{{
    {"market_cap", [](const Row& row) { return row.figures.market_cap; }},
    {"market_cap_strict", [](const Row& row) { return row.figures.market_cap; }},
    {"date_added",
     [](const Row& row) {
       // yyyymmdd, enough to order by.
       const std::string& date = row.coin->date_added;
       if (date.size() < 10) return 0.0;
       return std::stod(date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 2));
     }},
    {"price", [](const Row& row) { return row.figures.price.value_or(0); }},
    {"circulating_supply", [](const Row& row) { return row.coin->circulating_supply; }},
    {"total_supply", [](const Row& row) { return row.coin->total_supply; }},
    {"max_supply", [](const Row& row) { return row.coin->max_supply.value_or(0); }},
    {"num_market_pairs",
     [](const Row& row) { return static_cast<double>(row.coin->market_pairs); }},
    {"market_cap_by_total_supply_strict",
     [](const Row& row) { return row.figures.market_cap_by_total_supply; }},
    {"volume_24h", [](const Row& row) { return row.figures.volume_24h; }},
    {"volume_7d", [](const Row& row) { return row.figures.volume_7d; }},
    {"volume_30d", [](const Row& row) { return row.figures.volume_30d; }},
    {"percent_change_1h", [](const Row& row) { return row.figures.change_1h; }},
    {"percent_change_24h", [](const Row& row) { return row.figures.change_24h; }},
    {"percent_change_7d", [](const Row& row) { return row.figures.change_7d; }},
}};

Measure find_measure(std::string_view name) {
  const auto* const found = std::ranges::find(kMeasures, name, &NamedMeasure::name);
  return found == kMeasures.end() ? nullptr : found->measure;
}

bool in_range(const Row& row, const Query& query, std::string_view name) {
  const double value = find_measure(name)(row);
  const std::string base(name);
  return value >= query.number_or(base + "_min", value) &&
         value <= query.number_or(base + "_max", value);
}

bool is_wanted(const Row& row, const Query& query) {
  const auto type = query.text_or("cryptocurrency_type", "all");
  if (type == "coins" && row.coin->platform) return false;
  if (type == "tokens" && !row.coin->platform) return false;
  const auto tag = query.text_or("tag", "all");
  if (tag != "all" && std::ranges::count(row.coin->tags, tag, &Tag::slug) == 0) return false;
  constexpr std::array<std::string_view, 5> ranges{
      "price", "market_cap", "volume_24h", "circulating_supply", "percent_change_24h"};
  return std::ranges::all_of(ranges,
                             [&](std::string_view name) { return in_range(row, query, name); });
}

// The default order is the rank, which market_cap means; text sorts ascend unless told otherwise.
void sort_rows(std::vector<Row>& rows, const Query& query) {
  const auto sort = query.text_or("sort", "market_cap");
  const bool by_text = sort == "name" || sort == "symbol";
  const bool descending = query.text_or("sort_dir", by_text ? "asc" : "desc") == "desc";
  if (sort == "market_cap" || sort == "market_cap_strict") {
    if (!descending) std::ranges::reverse(rows);
    return;
  }
  if (by_text) {
    const auto text = [&](const Row& row) {
      return sort == "name" ? row.coin->name : row.coin->symbol;
    };
    std::ranges::stable_sort(rows, {}, text);
    if (descending) std::ranges::reverse(rows);
    return;
  }
  const Measure measure = find_measure(sort);
  std::ranges::stable_sort(rows, [&](const Row& a, const Row& b) {
    return descending ? measure(a) > measure(b) : measure(a) < measure(b);
  });
}

std::vector<Row> wanted_rows(const AnswerContext& context, double rate) {
  std::vector<Row> rows;
  for (const Coin* coin : context.universe.ranked()) {
    const Row row{coin, context.market.figures(*coin, context.tick, rate)};
    if (is_wanted(row, context.query)) rows.push_back(row);
  }
  sort_rows(rows, context.query);
  return rows;
}

}  // namespace

Answer answer_listings(const AnswerContext& context) {
  constexpr std::size_t default_limit = 100;
  const auto converts = resolve_converts(context);
  const double rate = context.market.units_per_usd(converts.front(), context.tick);
  const auto rows = wanted_rows(context, rate);
  const AssetWriter writer(context, converts);
  Answer answer;
  answer.total_count = rows.size();
  answer.converts = converts.size();
  JsonWriter json(answer.data);
  json.open('[');
  for (const Row& row : page_of(rows, context.query, default_limit)) {
    if (context.effects.drops(row.coin->id)) continue;
    writer.write(json, *row.coin);
    ++answer.items;
  }
  json.close(']');
  return answer;
}

}  // namespace cmcsim
