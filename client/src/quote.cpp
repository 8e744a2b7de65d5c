#include "quotecache/quote.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace quotecache {
namespace {

constexpr char capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string in_case(std::string_view text, char (*letter)(char)) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), letter);
  return result;
}

// Is it `wanted`, once each letter is made such? Needs no memory.
bool is_in_case(std::string_view text, std::string_view wanted, char (*letter)(char)) noexcept {
  return std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(), [&](char a, char b) {
    return letter(a) == b;
  });
}

bool is_number(std::int64_t number, std::string_view wanted) noexcept {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return wanted == std::string_view(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

Asset Asset::id(std::int64_t id) { return {By::Id, std::to_string(id)}; }
Asset Asset::symbol(std::string_view text) { return {By::Symbol, in_case(text, &capital)}; }
Asset Asset::slug(std::string_view text) { return {By::Slug, in_case(text, &small)}; }

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
      case Asset::By::Id: return is_number(row.id, asset.text());
      case Asset::By::Symbol: return is_in_case(row.symbol, asset.text(), &capital);
      case Asset::By::Slug: return is_in_case(row.slug, asset.text(), &small);
    }
    return false;
  };
  const auto found = std::find_if(rows.begin(), rows.end(), is_wanted);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace quotecache
