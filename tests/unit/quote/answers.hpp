// Short ways to make endpoints, wants and answers in tests of the quote module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quote/cut.hpp"
#include "quote/join.hpp"

namespace quotecached::quote::test {

using catalog::KeyKind;
using catalog::QuoteShape;

inline catalog::Endpoint endpoint(QuoteShape shape, std::string quote_field = "quote") {
  catalog::Endpoint row;
  row.name = "test";
  row.mode = catalog::CacheMode::Assets;
  row.quote_shape = shape;
  row.quote_field = std::move(quote_field);
  return row;
}

// What Wanted points into.
struct Want {
  KeyKind kind = KeyKind::Id;
  std::vector<std::string> assets;
  std::vector<std::string> converts{"USD"};
  bool converts_are_ids = false;

  [[nodiscard]] Wanted view() const { return {kind, assets, converts, converts_are_ids}; }
};

inline std::string answer(std::string_view data) {
  return R"({"status":{"error_code":0,"error_message":null,"credit_count":1},"data":)" +
         std::string(data) + "}";
}

// The text of the fragment of one asset and convert; empty when there is none.
inline std::string text_of(const Cut& cut, std::size_t asset, std::size_t convert = 0) {
  for (const CutFragment& cut_out : cut.fragments) {
    if (cut_out.asset == asset && cut_out.convert == convert) return cut_out.fragment.text;
  }
  return {};
}

inline const Fragment* find(const Cut& cut, std::size_t asset, std::size_t convert = 0) {
  for (const CutFragment& cut_out : cut.fragments) {
    if (cut_out.asset == asset && cut_out.convert == convert) return &cut_out.fragment;
  }
  return nullptr;
}

inline std::string joined(const std::vector<const Fragment*>& converts) {
  Pieces pieces;
  append_asset(pieces, converts);
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace quotecached::quote::test
