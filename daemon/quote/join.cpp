#include "quote/join.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>

namespace quotecached::quote {

namespace {

constexpr std::string_view kComma = ",";
constexpr std::uint64_t kNoInteger = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kLastIndex = std::numeric_limits<std::uint32_t>::max() - 1;

// Do the slots stand in the text, one after the other, with something in each?
bool slots_fit(const Fragment& fragment) noexcept {
  std::size_t done = 0;
  for (const Slot& slot : fragment.slots) {
    if (slot.begin < done || slot.end <= slot.begin || slot.end > fragment.text.size())
      return false;
    done = slot.end;
  }
  return true;
}

// In whatever order: coins under one ticker may change places from one fetch to the next.
bool has_same_assets(const Fragment& a, const Fragment& b) noexcept {
  return std::ranges::is_permutation(a.slots, b.slots, {}, &Slot::asset_id, &Slot::asset_id);
}

// What stands in the slot of that asset, which is mostly the one at `likely`. Requires: has it.
std::string_view slot_text(const Fragment& fragment,
                           std::uint64_t asset_id,
                           std::size_t likely) noexcept {
  const Slot* at = &fragment.slots[likely];
  if (at->asset_id != asset_id) at = &*std::ranges::find(fragment.slots, asset_id, &Slot::asset_id);
  return {fragment.text.data() + at->begin, at->end - at->begin};
}

// Is what stands in a slot a member of an object, rather than an element of an array?
bool is_member(std::string_view slot) noexcept {
  const auto begin = slot.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && slot[begin] == '"';
}

// Do the quotes of each asset stand in the same kind of container in both? A provider may change it
// from one answer to the next. Requires: both have the same assets, and slots that fit.
bool has_same_containers(const Fragment& a, const Fragment& b) noexcept {
  for (std::size_t i = 0; i < a.slots.size(); ++i) {
    const auto asset_id = a.slots[i].asset_id;
    if (is_member(slot_text(a, asset_id, i)) != is_member(slot_text(b, asset_id, i))) return false;
  }
  return true;
}

// Apart from the usual case, so that it costs that nothing.
[[gnu::noinline]] bool can_splice_several(std::span<const Fragment* const> converts) noexcept {
  if (converts.empty()) return false;
  const Fragment& first = *converts.front();
  if (first.slots.empty() && first.text.empty()) return false;
  return std::ranges::all_of(converts, [&](const Fragment* fragment) {
    return is_keyed(*fragment) == is_keyed(first) && has_same_assets(*fragment, first) &&
           slots_fit(*fragment) && has_same_containers(first, *fragment) &&
           (!first.slots.empty() || fragment->text == first.text);
  });
}

}  // namespace

bool can_splice(std::span<const Fragment* const> converts) noexcept {
  if (converts.size() != 1) return can_splice_several(converts);
  return !converts.front()->text.empty();
}

void append_asset(Pieces& out, std::span<const Fragment* const> converts) {
  assert(can_splice(converts));
  const Fragment& first = *converts.front();
  const std::string_view text = first.text;
  if (converts.size() == 1) {
    out.push_back(text);
    return;
  }
  std::size_t done = 0;
  for (std::size_t slot = 0; slot < first.slots.size(); ++slot) {
    const std::size_t end = first.slots[slot].end;
    out.push_back(text.substr(done, end - done));
    done = end;
    for (const Fragment* other : converts.subspan(1)) {
      out.push_back(kComma);
      out.push_back(slot_text(*other, first.slots[slot].asset_id, slot));
    }
  }
  out.push_back(text.substr(done));
}

bool is_keyed(const Fragment& fragment) noexcept { return fragment.text.starts_with('"'); }

std::uint64_t member_rank(const Fragment& fragment) noexcept {
  if (!is_keyed(fragment)) return kNoInteger;
  const char* const begin = fragment.text.data() + 1;
  const char* const end = fragment.text.data() + fragment.text.size();
  std::uint64_t index = 0;
  const auto [stop, error] = std::from_chars(begin, end, index);
  const bool is_integer = error == std::errc{} && stop != end && *stop == '"';
  const bool has_leading_zero = is_integer && *begin == '0' && stop - begin > 1;
  return is_integer && !has_leading_zero && index <= kLastIndex ? index : kNoInteger;
}

}  // namespace quotecached::quote
