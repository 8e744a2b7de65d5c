// How the provider writes what the answers of an endpoint say of themselves.
//
// It differs by endpoint and has changed over time, so it is learnt from each good answer; until
// then the catalogue's word holds. Kept for each endpoint by its position in the catalogue.
#pragma once

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace quotecached::provider {

struct StatusForm {
  enum class Notice : std::uint8_t { Absent, Null, Text };

  bool code_is_text = false;     // "0" instead of 0
  bool message_is_text = false;  // "" instead of null where all went well
  Notice notice = Notice::Null;  // none, `"notice":null` or `"notice":""`

  friend bool operator==(const StatusForm&, const StatusForm&) = default;
};

inline constexpr StatusForm kClassicForm{};
inline constexpr StatusForm kTextForm{true, true, StatusForm::Notice::Absent};

// Any thread.
class StatusForms {
 public:
  explicit StatusForms(std::size_t endpoints) : forms_(endpoints) {}

  // Requires: `endpoint` is below their number.
  void learn(std::size_t endpoint, StatusForm form) noexcept;
  [[nodiscard]] StatusForm of(std::size_t endpoint, StatusForm unless_learnt) const noexcept {
    assert(endpoint < forms_.size());
    const unsigned bits = forms_[endpoint].load(std::memory_order_relaxed);
    if (bits == 0) return unless_learnt;
    return {(bits & 1U) != 0, (bits & 2U) != 0, static_cast<StatusForm::Notice>(bits >> 2U & 3U)};
  }

 private:
  // 0: not learnt yet; else 0x80, the two flags and, from the third bit on, the notice.
  std::vector<std::atomic<std::uint8_t>> forms_;
};

}  // namespace quotecached::provider
