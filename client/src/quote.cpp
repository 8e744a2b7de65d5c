#include "quotecache/quote.hpp"

#include <algorithm>
#include <utility>

namespace quotecache {
namespace {

template <char From, char To>
std::string in_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= From && c < From + 26) c = static_cast<char>(c - From + To);
  }
  return result;
}

}  // namespace

Asset Asset::id(std::int64_t id) { return {By::Id, std::to_string(id)}; }
Asset Asset::symbol(std::string_view text) { return {By::Symbol, in_case<'a', 'A'>(text)}; }
Asset Asset::slug(std::string_view text) { return {By::Slug, in_case<'A', 'a'>(text)}; }

std::string_view to_string(Asset::By by) noexcept {
  switch (by) {
    case Asset::By::Id: return "id";
    case Asset::By::Symbol: return "symbol";
    case Asset::By::Slug: return "slug";
  }
  return "id";
}

const Figure* Quote::figure(std::string_view wanted) const noexcept {
  if (wanted == "price") return &price;
  for (const auto& one : figures) {
    if (one.name == wanted) return &one.figure;
  }
  return nullptr;
}

const Quote* Quotes::find(const Asset& asset, std::string_view convert) const noexcept {
  const auto is_wanted = [&](const Quote& row) {
    if (row.convert != convert) return false;
    switch (asset.by()) {
      case Asset::By::Id: return std::to_string(row.id) == asset.text();
      case Asset::By::Symbol: return in_case<'a', 'A'>(row.symbol) == asset.text();
      case Asset::By::Slug: return in_case<'A', 'a'>(row.slug) == asset.text();
    }
    return false;
  };
  const auto found = std::find_if(rows.begin(), rows.end(), is_wanted);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace quotecache
