// An upstream answer that was read and checked as a whole: fragments are cut out of it asset by
// asset, at once or later.
//
// Keeps a copy of the body and of what was asked for. Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "catalog/endpoint.hpp"
#include "quote/cut.hpp"

namespace quotecached::quote {

class CheckedAnswer {
 public:
  enum class State : std::uint8_t { Absent, Found, Refused };

  // Fails with Invalid like cut(). `endpoint` must outlive the answer.
  static Result<CheckedAnswer> check(const catalog::Endpoint& endpoint,
                                     const Wanted& wanted,
                                     std::string_view body);
  CheckedAnswer(CheckedAnswer&&) noexcept;
  CheckedAnswer& operator=(CheckedAnswer&&) noexcept;
  ~CheckedAnswer();

  // Assets are positions in Wanted::assets.
  [[nodiscard]] State state(std::size_t asset);

  // The time of the asset's youngest data, as the answer states it; see youngest_time().
  // Requires: state(asset) is Found.
  [[nodiscard]] std::optional<TimePoint> data_time(std::size_t asset, TimePoint latest) const;

  // Appends the asset's fragments, one for each convert that was delivered; false: not all were.
  // Requires: state(asset) is Found.
  bool cut(std::size_t asset, std::vector<CutFragment>& out);

  // The reasons for refusals since the last call, for the log.
  [[nodiscard]] std::vector<std::string> take_reasons();

 private:
  struct Parts;
  explicit CheckedAnswer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace quotecached::quote
