// Joins fragments into the `data` of an answer, as pieces of text to be written one after another.
//
// Pure, no copy of fragment text, no allocation once the piece vector has grown. On the hot path.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/fragment.hpp"

namespace quotecached::quote {

using Pieces = std::vector<std::string_view>;

// Can these fragments of one asset, one per convert, be spliced into one? They must hold the same
// asset objects, in whatever order, with quotes in the same kind of container: the quotes of each
// go where the first fragment has it. Those without quotes must be the same text.
[[nodiscard]] bool can_splice(std::span<const Fragment* const> converts) noexcept;

// Appends one asset: the first fragment with the quotes of the others spliced into its slots, if it
// has any, in the order given. Requires: can_splice(converts).
void append_asset(Pieces& out, std::span<const Fragment* const> converts);

// Is this fragment a member of an object (`"1":{...}`), rather than an element of an array?
[[nodiscard]] bool is_keyed(const Fragment& fragment) noexcept;

// The place of a fragment among the members of a JSON object as JavaScript engines order them (and
// so the provider): integer keys ascending, then the others. Returns the integer, or UINT64_MAX.
[[nodiscard]] std::uint64_t member_rank(const Fragment& fragment) noexcept;

}  // namespace quotecached::quote
