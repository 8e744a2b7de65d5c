#include "base/refused_by.hpp"

#include <array>

namespace quotecached {
namespace {

constexpr std::array<std::string_view, kRefusers> kRefuserWords{"",
                                                                "credits.per_minute",
                                                                "credits.per_day",
                                                                "credits.per_month",
                                                                "token",
                                                                "token concurrent",
                                                                "token credits.per_day",
                                                                "token credits.per_month",
                                                                "spend mode",
                                                                "overload",
                                                                "only-if-cached",
                                                                "unknown assets",
                                                                "parameters",
                                                                "path",
                                                                "request",
                                                                "access",
                                                                "provider key",
                                                                "ledger"};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_name(std::string& out, std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : name) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

}  // namespace

std::string_view to_string(Refuser refuser) noexcept {
  return kRefuserWords[static_cast<std::size_t>(refuser)];
}

std::string to_text(const RefusedBy& refused) {
  constexpr std::string_view kToken = "token";
  const auto word = to_string(refused.what);
  if (!word.starts_with(kToken)) return std::string(word);
  std::string text(kToken);
  if (!refused.token.empty()) text += ' ';
  append_name(text, refused.token);
  text += word.substr(kToken.size());
  return text;
}

}  // namespace quotecached
