#include "demand/named_trace.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <random>
#include <stdexcept>

#include <fmt/format.h>
#include <simdjson.h>

namespace quotecached::test {
namespace {

using trace::TracedRequest;

constexpr std::string_view kQuotes = "/v2/cryptocurrency/quotes/latest";
constexpr std::string_view kListings = "/v1/cryptocurrency/listings/latest";
constexpr std::array kListingSizes = {10, 20, 50, 100, 100, 200};
constexpr int kRequestsPerListing = 10;

using Name = std::string AssetNames::*;
struct Kind {
  std::string_view parameter;
  Name name;
};
constexpr std::array<Kind, 3> kKinds = {{
    {"id", &AssetNames::id},
    {"symbol", &AssetNames::symbol},
    {"slug", &AssetNames::slug},
}};

class Namer {
 public:
  Namer(const Demand& demand, const std::vector<AssetNames>& names, Asking asking, unsigned seed)
      : demand_(demand), names_(names), asking_(asking), random_(seed) {}

  std::vector<TracedRequest> requests() {
    const auto& asked = demand_.requests();
    for (std::size_t at = 0; at < asked.size();) {
      std::size_t end = at;
      while (end < asked.size() && asked[end].second == asked[at].second) ++end;
      add_second(at, end);
      at = end;
    }
    return std::move(made_);
  }

 private:
  void add_second(std::size_t begin, std::size_t end) {
    std::vector<int> parts;  // of the second
    for (std::size_t i = begin; i < end; ++i) parts.push_back(below(1000));
    std::sort(parts.begin(), parts.end());
    for (std::size_t i = begin; i < end; ++i) {
      const auto& request = demand_.requests()[i];
      const milliseconds at = std::chrono::seconds(request.second) + milliseconds(parts[i - begin]);
      // Drawn whatever the way of asking, so that the moments are the same.
      const Kind& kind = kKinds[static_cast<std::size_t>(below(kKinds.size()))];
      const int listing = below(kRequestsPerListing * static_cast<int>(kListingSizes.size()));
      made_.push_back({at, target(request, asking_ == Asking::Mixed ? kind : kKinds[0]), {}});
      if (asking_ != Asking::Mixed || listing >= static_cast<int>(kListingSizes.size())) continue;
      const int size = kListingSizes[static_cast<std::size_t>(listing)];
      made_.push_back({at, fmt::format("{}?limit={}", kListings, size), {}});
    }
  }

  std::string target(const Demand::Request& request, const Kind& kind) const {
    std::vector<Asset> once;
    for (const Asset asset : demand_.assets(request))
      if (std::ranges::find(once, asset) == once.end()) once.push_back(asset);
    std::string list;
    for (const Asset asset : once) {
      if (!list.empty()) list += ',';
      list += names_[asset].*kind.name;
    }
    if (asking_ == Asking::Prices) return fmt::format("/quotes?ids={}&fields=price", list);
    return fmt::format("{}?{}={}", kQuotes, kind.parameter, list);
  }

  int below(std::size_t count) {
    return static_cast<int>(random_() % static_cast<std::uint32_t>(count));
  }
  int below(int count) { return below(static_cast<std::size_t>(count)); }

  const Demand& demand_;
  const std::vector<AssetNames>& names_;
  const Asking asking_;
  std::mt19937 random_;
  std::vector<TracedRequest> made_;
};

std::string text_of(simdjson::dom::element coin, const char* name) {
  return std::string(std::string_view(coin[name]));
}

std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

bool is_plain(std::string_view symbol) {
  return std::ranges::all_of(symbol, [](unsigned char c) { return std::isalnum(c) != 0; });
}

}  // namespace

std::vector<TracedRequest> named_trace(const Demand& demand,
                                       const std::vector<AssetNames>& names,
                                       Asking asking,
                                       unsigned seed) {
  if (names.size() < demand.shape().assets) throw std::invalid_argument("too few names");
  return Namer(demand, names, asking, seed).requests();
}

std::vector<AssetNames> numbered_names(std::size_t count) {
  std::vector<AssetNames> names;
  for (std::size_t i = 1; i <= count; ++i)
    names.push_back({std::to_string(i), fmt::format("S{}", i), fmt::format("asset-{}", i)});
  return names;
}

std::vector<AssetNames> names_in_map(std::string_view body, std::size_t count) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(body);
  const simdjson::dom::array coins = parser.parse(padded)["data"];
  std::map<std::string, int> holders;  // of a symbol
  for (const simdjson::dom::element coin : coins) ++holders[upper_case(text_of(coin, "symbol"))];
  std::vector<AssetNames> names;
  for (const simdjson::dom::element coin : coins) {
    if (names.size() == count) break;
    const auto symbol = upper_case(text_of(coin, "symbol"));
    const bool is_active = std::int64_t(coin["is_active"]) == 1;
    if (!is_active || holders[symbol] > 1 || !is_plain(symbol)) continue;
    names.push_back({std::to_string(std::int64_t(coin["id"])), symbol, text_of(coin, "slug")});
  }
  if (names.size() < count) throw std::runtime_error("the map names too few assets");
  return names;
}

std::string trace_text(TimePoint start, const std::vector<TracedRequest>& requests) {
  std::string text = trace::trace_head(start);
  for (const auto& request : requests) trace::append_trace_line(text, request);
  return text;
}

}  // namespace quotecached::test
