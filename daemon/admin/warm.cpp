#include "admin/warm.hpp"

#include <algorithm>
#include <set>

#include <simdjson.h>

#include "admin/wrong.hpp"
#include "base/ascii.hpp"
#include "base/json_writer.hpp"

namespace quotecached::admin {
namespace {

using Element = simdjson::dom::element;
using How = warm::Outcome::How;

constexpr std::int64_t kMostCredits = 1'000'000'000;
constexpr std::size_t kMostConverts = 10;
constexpr std::size_t kLongestName = 100;

// Fit for a message.
std::string shown(std::string_view text) {
  std::string part(text.substr(0, kLongestName));
  std::ranges::replace_if(part, [](char c) { return c < ' ' || c > '~'; }, '?');
  return part;
}

Result<bool> flag(Element value, std::string_view name) {
  bool is_set = false;
  if (value.get(is_set) != simdjson::SUCCESS)
    return wrong(std::string(name) + " takes true or false");
  return is_set;
}

Result<std::int64_t> number(Element value, std::string_view name, std::int64_t most) {
  std::int64_t count = 0;
  if (value.get(count) != simdjson::SUCCESS || count < 1 || count > most)
    return wrong(std::string(name) + " takes a whole number from 1 to " + std::to_string(most));
  return count;
}

Result<std::vector<std::string>> assets_in(Element value) {
  const auto bad = [] {
    return wrong("assets takes a list of 1 to " + std::to_string(warm::kMostOrdered) +
                 " ids or symbols in quotes");
  };
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return bad();
  std::vector<std::string> assets;
  for (const auto item : list) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS || assets.size() == warm::kMostOrdered) return bad();
    auto asset = warm::parse_asset(text);
    if (!asset) return wrong("'" + shown(text) + "' is no id and no symbol");
    assets.push_back(*std::move(asset));
  }
  if (assets.empty()) return bad();
  return assets;
}

Result<std::vector<std::string>> converts(Element value) {
  std::string_view text;
  std::vector<std::string> converts;
  const auto bad = [] { return wrong("convert takes up to ten currencies such as \"USD,EUR\""); };
  if (value.get(text) != simdjson::SUCCESS) return bad();
  while (true) {
    const auto comma = text.find(',');
    const auto one = text.substr(0, comma);
    if (one.empty() || one.size() > 20 || !std::ranges::all_of(one, is_alphanumeric)) return bad();
    std::string upper(one);
    std::ranges::transform(upper, upper.begin(), to_upper);
    if (std::ranges::find(converts, upper) == converts.end()) converts.push_back(std::move(upper));
    if (converts.size() > kMostConverts) return bad();
    if (comma == std::string_view::npos) return converts;
    text.remove_prefix(comma + 1);
  }
}

// One of the four that say what is to be warmed.
Result<void> take_what(std::string_view name, Element value, warm::Order& order) {
  if (name == "popular") {
    const auto count = number(value, name, warm::kMostOrdered);
    if (!count) return wrong(count.error().message);
    order.what = warm::Order::What::Popular;
    order.popular = static_cast<std::size_t>(*count);
  } else if (name == "window") {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS || text.size() > kLongestName)
      return wrong("window takes the name of one");
    order.what = warm::Order::What::Window;
    order.window = text;
  } else if (name == "due") {
    const auto is_set = flag(value, name);
    if (!is_set || !*is_set) return wrong("due takes true");
    order.what = warm::Order::What::Due;
  } else {
    auto assets = assets_in(value);
    if (!assets) return std::move(assets).failure();
    order.what = warm::Order::What::Assets;
    order.assets = *std::move(assets);
  }
  return {};
}

Result<void> take_how(std::string_view name, Element value, warm::Order& order) {
  if (name == "convert") {
    auto list = converts(value);
    if (!list) return std::move(list).failure();
    order.converts = *std::move(list);
    return {};
  }
  if (name == "max_credits") {
    const auto count = number(value, name, kMostCredits);
    if (!count) return wrong(count.error().message);
    order.max_credits = Credits{*count};
    return {};
  }
  bool* const member = name == "dry_run"   ? &order.is_dry
                       : name == "explain" ? &order.explains
                       : name == "wait"    ? &order.waits
                                           : nullptr;
  if (member == nullptr)
    return wrong("unknown member '" + shown(name) +
                 "': popular, window, due, assets, convert, max_credits, dry_run, explain and wait "
                 "are known");
  const auto is_set = flag(value, name);
  if (!is_set) return wrong(is_set.error().message);
  *member = *is_set;
  return {};
}

void write(JsonWriter& json, const warm::Run& run) {
  json.begin_object();
  json.key("id").integer(run.id).key("state").text(to_string(run.state));
  json.key("begun_by").text(to_string(run.begun_by));
  json.key("what").text(run.what).key("dry_run").boolean(run.is_dry);
  json.key("began").time(run.began).key("ended").time(run.ended);
  json.key("assets").integer(run.assets);
  for (std::size_t i = 0; i < warm::kOutcomes; ++i)
    json.key(to_string(static_cast<How>(i))).integer(run.how[i]);
  json.key("calls").integer(run.calls);
  json.key("credits_estimated").integer(run.estimated.count);
  json.key("credits_spent").integer(run.spent.count);
  json.key("asks_fresh").number(run.asks_fresh, 0);
  json.key("stopped_by").text(run.stopped_by);
  json.key("failure").text(run.failure);
  json.key("names").begin_array();
  for (const auto& [name, assets] : run.names) {
    json.begin_object().key("name").text(name);
    json.key("assets").integer(static_cast<std::int64_t>(assets)).end_object();
  }
  json.end_array();
  json.key("outcomes").begin_array();
  for (const auto& one : run.outcomes) {
    json.begin_object().key("asset").text(one.asset).key("convert").text(one.convert);
    json.key("why").text(one.why).key("outcome").text(to_string(one.how)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

Result<warm::Order> parse_warm_order(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  const simdjson::padded_string text(body);
  if (parser.parse(text).get(members) != simdjson::SUCCESS)
    return wrong(
        R"(expected {"popular":50}, {"window":"majors"}, {"due":true} or {"assets":["1"]})");
  warm::Order order;
  std::set<std::string_view> seen;
  bool has_what = false;
  for (const auto member : members) {
    if (!seen.insert(member.key).second) return wrong(shown(member.key) + " is given twice");
    const bool is_what = member.key == "popular" || member.key == "window" || member.key == "due" ||
                         member.key == "assets";
    if (is_what && has_what)
      return wrong("only one of popular, window, due and assets can be given");
    has_what = has_what || is_what;
    auto taken = is_what ? take_what(member.key, member.value, order)
                         : take_how(member.key, member.value, order);
    if (!taken) return std::move(taken).failure();
  }
  return order;
}

std::string to_json(const warm::Run& run) {
  std::string out;
  JsonWriter json(out);
  write(json, run);
  return out;
}

std::string to_json(const std::vector<warm::Run>& runs) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("runs").begin_array();
  for (const auto& run : runs) write(json, run);
  json.end_array().end_object();
  return out;
}

}  // namespace quotecached::admin
