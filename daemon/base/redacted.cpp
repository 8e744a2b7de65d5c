#include "base/redacted.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.hpp"

namespace quotecached {
namespace {

constexpr std::string_view kRedacted = "REDACTED";

constexpr std::array<std::string_view, 9> kSecretParts = {"api_key",
                                                          "apikey",
                                                          "api-key",
                                                          "token",
                                                          "secret",
                                                          "password",
                                                          "authorization",
                                                          "signature",
                                                          "credential"};
// Short ones are parts of harmless names ("keyword", "design"): whole words alone.
constexpr std::array<std::string_view, 8> kSecretWords = {
    "key", "sig", "auth", "pass", "passphrase", "pwd", "jwt", "session"};

bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
         hex_value(text[at + 2]) >= 0;
}

// A name as the provider would read it, in lower case.
std::string decoded_name(std::string_view raw) {
  std::string name;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (is_escape(raw, i)) {
      name += to_lower(static_cast<char>(hex_value(raw[i + 1]) * 16 + hex_value(raw[i + 2])));
      i += 2;
    } else {
      name += to_lower(raw[i]);
    }
  }
  return name;
}

bool has_word(std::string_view name) {
  constexpr std::string_view kBetween = "_-. ";
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of(kBetween), name.size());
    if (std::ranges::find(kSecretWords, name.substr(0, end)) != kSecretWords.end()) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

bool is_secret(std::string_view raw_name) {
  const auto name = decoded_name(raw_name);
  const auto is_in_it = [&name](std::string_view part) {
    return name.find(part) != std::string::npos;
  };
  return std::ranges::any_of(kSecretParts, is_in_it) || has_word(name);
}

// Of a part between "&"s: where the value of the first secret in it begins; npos: there is none.
std::size_t secret_in(std::string_view pair) {
  std::size_t begin = 0;
  while (begin < pair.size()) {
    const auto end = std::min(pair.find(';', begin), pair.size());
    const auto name = pair.substr(begin, end - begin);
    const auto equals = name.find('=');
    if (equals != std::string_view::npos && is_secret(name.substr(0, equals)))
      return begin + equals + 1;
    begin = end + 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::string redacted(std::string_view target) {
  const auto query = std::min(target.find('?'), target.size());
  std::string out(target.substr(0, query));
  auto rest = target.substr(query);
  while (!rest.empty()) {  // each pair with the mark before it
    const auto end = std::min(rest.find('&', 1), rest.size());
    const auto secret = secret_in(rest.substr(1, end - 1));
    if (secret == std::string_view::npos) {
      out += rest.substr(0, end);
    } else {
      out += rest.substr(0, secret + 1);
      out += kRedacted;
    }
    rest.remove_prefix(end);
  }
  return out;
}

}  // namespace quotecached
