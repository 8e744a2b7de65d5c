// The names that clients ask by: which keys by id each leads to, how often it is asked for, and
// when the provider told that last.
//
// A name is a symbol or slug of one lane and convert. Pure; owned by Renewals. Bounded by its
// owner, who forgets what is asked for least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/clock.hpp"
#include "pacing/ask_count.hpp"
#include "refill/lane.hpp"

namespace quotecached::refill {

struct AskedName {
  std::uint64_t key = 0;             // hash of its key
  LanePtr lane;                      // by this kind of name, with one convert
  std::string text;                  // the symbol or slug
  std::vector<std::uint64_t> parts;  // hashes of the keys by id it leads to; none: not known yet
  pacing::AskCount asks;
  TimePoint told_at{};  // when the provider was asked for it as a name
};

class AskedNames {
 public:
  // The name, made known when it was not. Requires: `lane` has one convert, and `key` is the hash
  // of the name's key in it.
  AskedName& at(const LanePtr& lane, std::string_view text, std::uint64_t key);
  // Null: it is not known.
  [[nodiscard]] AskedName* find(std::uint64_t key);
  [[nodiscard]] const AskedName* find(std::uint64_t key) const;

  // From now on the name leads to these.
  void lead(AskedName& name, std::span<const std::uint64_t> parts);

  // Those of a lane with one convert.
  using Names = std::vector<const AskedName*>;
  [[nodiscard]] const Names& of(const Lane& lane) const;
  // Those that lead to the key by id of this hash.
  [[nodiscard]] const Names& leading_to(std::uint64_t part) const;
  void for_each(const std::function<void(const AskedName&)>& visit) const;

  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  // Forgets all but the `keep` that are asked for most.
  void forget_least(std::size_t keep, TimePoint now);

 private:
  void unlead(const AskedName& name);
  void forget(const AskedName& name);

  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<AskedName>> names_;  // by key
  std::unordered_map<std::string, Names> lanes_;                                // by name
  boost::unordered_flat_map<std::uint64_t, Names> parts_;                       // by key
};

}  // namespace quotecached::refill
