#include "provider/status_form.hpp"

#include <cassert>

namespace quotecached::provider {
namespace {

constexpr unsigned kLearnt = 0x80;

std::uint8_t packed(StatusForm form) noexcept {
  return static_cast<std::uint8_t>(kLearnt | (form.code_is_text ? 1U : 0U) |
                                   (form.message_is_text ? 2U : 0U) |
                                   static_cast<unsigned>(form.notice) << 2U);
}

StatusForm unpacked(std::uint8_t bits) noexcept {
  return {(bits & 1U) != 0, (bits & 2U) != 0, static_cast<StatusForm::Notice>(bits >> 2U & 3U)};
}

}  // namespace

void StatusForms::learn(std::size_t endpoint, StatusForm form) noexcept {
  assert(endpoint < forms_.size());
  forms_[endpoint].store(packed(form), std::memory_order_relaxed);
}

StatusForm StatusForms::of(std::size_t endpoint, StatusForm unless_learnt) const noexcept {
  assert(endpoint < forms_.size());
  const auto bits = forms_[endpoint].load(std::memory_order_relaxed);
  return bits != 0 ? unpacked(bits) : unless_learnt;
}

}  // namespace quotecached::provider
