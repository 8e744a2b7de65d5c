#include "provider/status_form.hpp"

namespace quotecached::provider {
namespace {

std::uint8_t packed(StatusForm form) noexcept {
  return static_cast<std::uint8_t>(0x80U | (form.code_is_text ? 1U : 0U) |
                                   (form.message_is_text ? 2U : 0U) |
                                   static_cast<unsigned>(form.notice) << 2U);
}

}  // namespace

void StatusForms::learn(std::size_t endpoint, StatusForm form) noexcept {
  assert(endpoint < forms_.size());
  forms_[endpoint].store(packed(form), std::memory_order_relaxed);
}

}  // namespace quotecached::provider
