// A secret: text that never reaches a log, an error or a printed configuration.
//
// Printing one prints stars. The text is only had by asking for it by name.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace quotecached::settings {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  // The secret itself, for the one place that sends or compares it.
  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  // What may be shown instead: stars, or nothing when there is no secret.
  [[nodiscard]] std::string_view masked() const noexcept { return empty() ? "" : "********"; }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret& secret) {
    return out << secret.masked();
  }

 private:
  std::string text_;
};

}  // namespace quotecached::settings
