// Files what an upstream answer holds under the assets that were asked for, and says what it would
// not file: an asset is taken only when its own id, symbol or slug and its label agree.
//
// Internal to quote. Views point into the Document that was read.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "quote/asset_text.hpp"
#include "quote/checked_answer.hpp"

namespace quotecached::quote {

// A stretch of the body that goes into a fragment: a member, key included, or an array element.
struct Part {
  Span text;
  std::vector<AssetText> assets;  // several where one symbol names several coins
};

class Sorting {
 public:
  using State = CheckedAnswer::State;

  explicit Sorting(const Wanted& wanted);

  // A member of a keyed `data`. `is_list`: its value is an array.
  void take_member(std::string_view label, Part part, bool is_list);
  // An element of an array `data`.
  void take_element(AssetText asset);

  // Requires: everything was taken. An asset that was not found is Absent only if nothing in the
  // answer could have been it.
  [[nodiscard]] State state(std::size_t asset);
  // In the order of the answer. Requires: state(asset) == Found.
  [[nodiscard]] const std::vector<Part>& parts(std::size_t asset) const;

  void refuse(std::size_t asset, std::string_view what, std::string_view why);
  [[nodiscard]] std::vector<std::string> take_reasons();

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Found {
    std::vector<Part> parts;
    bool is_refused = false;
  };

  // Position among the wanted assets of what a label or an asset object names, or kNone.
  [[nodiscard]] std::size_t find(std::string_view name) const;
  [[nodiscard]] std::size_t find(const AssetText& asset) const;
  [[nodiscard]] std::string_view objection(std::string_view label, const AssetText& asset) const;
  [[nodiscard]] std::string_view objection(std::string_view label, const Part& part, bool is_list);
  [[nodiscard]] std::string_view doubt(const Found& found) const;
  void take_stranger(std::string_view name);
  void add_reason(std::string_view what, std::string_view why);

  const Wanted& wanted_;
  std::unordered_map<std::string, std::size_t> positions_;
  std::unordered_set<std::string_view> labels_;
  std::vector<Found> found_;
  std::vector<std::string> reasons_;
  std::size_t untold_ = 0;         // reasons beyond the bound
  bool has_unattributed_ = false;  // something there is none of the assets asked for
};

}  // namespace quotecached::quote
