#include "admin/purge.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "admin/wrong.hpp"
#include "base/ascii.hpp"
#include "base/json_writer.hpp"
#include "catalog/query.hpp"

namespace quotecached::admin {
namespace {

using purge::Order;
using purge::Report;

struct ListParameter {
  std::string_view name;
  std::vector<std::string> Order::* list;
};
constexpr std::array<ListParameter, 4> kLists{{{"asset", &Order::assets},
                                               {"endpoint", &Order::endpoints},
                                               {"convert", &Order::converts},
                                               {"tag", &Order::tags}}};

Result<std::string> decoded(const catalog::Pair& pair) {
  std::vector<char> storage;
  catalog::Arena arena(storage, pair.value.size());
  const auto text = catalog::decode(pair.value, arena);
  if (!text) return wrong(std::string(pair.name) + " has a broken escape");
  if (text->empty()) return wrong(std::string(pair.name) + " is empty");
  return std::string(*text);
}

Result<void> take_list(std::string_view name,
                       std::string_view text,
                       std::vector<std::string>& list) {
  while (true) {
    const auto comma = text.find(',');
    const auto word = text.substr(0, comma);
    if (word.empty()) return wrong(fmt::format("{} has an empty item", name));
    if (list.size() == purge::kMostWords)
      return wrong(fmt::format("{} takes up to {} items", name, purge::kMostWords));
    list.emplace_back(word);
    if (comma == std::string_view::npos) return {};
    text.remove_prefix(comma + 1);
  }
}

Result<void> take(std::string_view name, const std::string& text, Order& order) {
  for (const auto& parameter : kLists) {
    if (parameter.name == name) return take_list(name, text, order.*parameter.list);
  }
  if (name == "glob") {
    order.globs.push_back(text);
    return {};
  }
  bool* const flag = name == "dry_run" ? &order.is_dry
                     : name == "yes"   ? &order.is_confirmed
                                       : nullptr;
  if (flag == nullptr)
    return wrong(
        fmt::format("unknown parameter '{}': this route takes asset, endpoint, convert, "
                    "tag, glob, dry_run and yes",
                    printable_part(name, 40)));
  if (text != "true" && text != "false") return wrong(fmt::format("{} takes true or false", name));
  *flag = text == "true";
  return {};
}

void write_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const auto& name : names) json.text(name);
  json.end_array();
}

std::string_view word_of(Report::Others others) {
  switch (others) {
    case Report::Others::None: return "none";
    case Report::Others::Confirmed: return "confirmed";
    case Report::Others::NotConfirmed: return "not confirmed";
    case Report::Others::NotTold: break;
  }
  return "not told";
}

}  // namespace

Result<Order> parse_purge_order(std::string_view query) {
  Order order;
  std::set<std::string_view> seen;
  catalog::Pair pair;
  while (catalog::next_pair(query, pair)) {
    if (!seen.insert(pair.name).second && pair.name != "glob")
      return wrong(fmt::format("{} is given twice", printable_part(pair.name, 40)));
    const auto text = decoded(pair);
    if (!text) return wrong(text.error().message);
    auto taken = take(pair.name, *text, order);
    if (!taken) return std::move(taken).failure();
  }
  return order;
}

std::string to_json(const Report& report) {
  std::string out;
  JsonWriter json(out);
  const auto count = [](std::size_t number) { return static_cast<std::int64_t>(number); };
  json.begin_object().key("dry_run").boolean(report.is_dry);
  json.key("entries").integer(count(report.census.entries));
  json.key("memory").integer(count(report.census.memory));
  json.key("sqlite").integer(report.census.sqlite ? std::optional(count(*report.census.sqlite))
                                                  : std::nullopt);
  if (!report.quoted.empty()) write_names(json, "quoted_in", report.quoted);
  if (!report.is_dry) {
    json.key("before").time(report.before).key("until").time(report.until);
    json.key("swept").integer(count(report.swept)).key("kept").boolean(report.is_kept);
    json.key("others").text(word_of(report.others));
    write_names(json, "confirmed", report.confirmation.by);
    write_names(json, "not_confirmed", report.confirmation.lacking);
  }
  json.end_object();
  return out;
}

}  // namespace quotecached::admin
