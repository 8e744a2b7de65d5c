// Any bytes from a tier as an alias or as the fragment of a name: nothing crashes, an alias that is
// told leads to the assets it was told of, and what is spelled by it is what was taken apart.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "quote/alias.hpp"

namespace {

using namespace quotecached;
using catalog::KeyKind;

constexpr std::string_view kSymbol = "BTC";
constexpr std::string_view kSlug = "bitcoin";

void expect(bool claim) {
  if (!claim) std::abort();
}

std::string_view name_of(KeyKind kind) { return kind == KeyKind::Slug ? kSlug : kSymbol; }

std::vector<const Fragment*> pointers_to(const std::vector<Fragment>& fragments) {
  std::vector<const Fragment*> pointers;
  for (const auto& fragment : fragments) pointers.push_back(&fragment);
  return pointers;
}

void check_slots(const Fragment& fragment) {
  for (const Slot& slot : fragment.slots)
    expect(slot.begin <= slot.end && slot.end <= fragment.text.size());
}

// What an answer by id would bring.
Fragment by_id(std::uint64_t id, bool is_active) {
  const auto number = std::to_string(id);
  Fragment fragment;
  fragment.text = '"' + number + R"(":{"id":)" + number + R"(,"symbol":"BTC","slug":"bitcoin",)" +
                  R"("is_active":)" + (is_active ? "1" : "0") + R"(,"quote":{)";
  const auto begin = static_cast<std::uint32_t>(fragment.text.size());
  fragment.text += R"("USD":{"price":1})";
  fragment.slots.push_back({id, begin, static_cast<std::uint32_t>(fragment.text.size())});
  fragment.text += "}}";
  return fragment;
}

// The text as an alias.
void check_alias(std::string_view text, KeyKind kind) {
  const auto ids = quote::ids_in(text);
  if (!ids) return;
  expect(!ids->empty() && ids->size() <= quote::kMostAssetsOfAlias);
  expect(std::set<std::uint64_t>(ids->begin(), ids->end()).size() == ids->size());
  for (const bool are_active : {true, false}) {
    std::vector<Fragment> fragments;
    for (const auto id : *ids) fragments.push_back(by_id(id, are_active));
    const auto pointers = pointers_to(fragments);
    const auto agree = quote::agreeing(text, kind, name_of(kind), pointers);
    expect(agree.size() == ids->size());
    const bool all_agree = std::set<bool>(agree.begin(), agree.end()) == std::set<bool>{true};
    const auto spelled = quote::spell_by_name(text, kind, name_of(kind), pointers);
    expect(spelled.has_value() == all_agree);
    if (!spelled) continue;
    check_slots(*spelled);
    expect(spelled->slots.size() == ids->size());
    expect(quote::alias_of(*spelled, KeyKind::Slug).empty() ||
           quote::ids_in(quote::alias_of(*spelled, KeyKind::Slug)) == ids);
  }
}

// The text as the fragment of a name.
void check_fragment(std::string_view text, KeyKind kind) {
  Fragment by_name;
  by_name.text = text;
  const auto spelled = quote::spell_by_id(by_name);
  const auto alias = quote::alias_of(by_name, kind);
  std::vector<Fragment> fragments;
  for (const auto& one : spelled) {
    check_slots(one.fragment);
    (void)quote::slug_told(one.fragment);
    (void)quote::carries_name(one.fragment, kind, name_of(kind));
    const auto own = quote::alias_of(one.fragment, KeyKind::Slug);
    if (!alias.empty()) expect(quote::ids_in(own) == std::vector{one.id});
    fragments.push_back(one.fragment);
  }
  if (alias.empty()) return;
  expect(!spelled.empty() && spelled.size() <= quote::kMostAssetsOfAlias);
  std::vector<std::uint64_t> told;
  for (const auto& one : spelled) told.push_back(one.id);
  const auto ids = quote::ids_in(alias);
  const bool is_twice = std::set<std::uint64_t>(told.begin(), told.end()).size() != told.size();
  expect(is_twice ? !ids : ids && *ids == told);
  const auto again = quote::spell_by_name(alias, kind, name_of(kind), pointers_to(fragments));
  if (again) expect(again->text == text);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // As an answer has it in v1, v2 and v3, since most bytes are none of these.
  const std::string one =
      R"("BTC":{"id":1,"symbol":"BTC","slug":"bitcoin",)" + std::string(text) + '}';
  const std::string list =
      R"("BTC":[{"id":1,"symbol":"BTC","is_active":0},)" + std::string(text) + ']';
  for (const KeyKind kind : {KeyKind::Symbol, KeyKind::Slug}) {
    check_alias(text, kind);
    for (const std::string_view fragment : {text, std::string_view(one), std::string_view(list)})
      check_fragment(fragment, kind);
  }
  return 0;
}
