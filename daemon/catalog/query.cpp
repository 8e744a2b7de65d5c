#include "catalog/query.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/ascii.hpp"

namespace quotecached::catalog {

namespace {

constexpr std::array<bool, 256> plain_characters() {
  std::array<bool, 256> plain{};
  for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~$,:@/")) {
    plain[static_cast<unsigned char>(c)] = true;
  }
  return plain;
}
constexpr auto kPlain = plain_characters();

}  // namespace

Arena::Arena(std::vector<char>& storage, std::size_t capacity) : storage_(storage) {
  if (storage_.size() < capacity) storage_.resize(capacity);
}

char* Arena::grow(std::size_t size) {
  if (storage_.size() - used_ < size) std::abort();  // views would dangle
  char* const begin = storage_.data() + used_;
  used_ += size;
  return begin;
}

void Arena::shrink(std::size_t size) { used_ -= size; }

std::string_view Arena::add(std::string_view text, bool upper_case) {
  char* const begin = grow(text.size());
  if (upper_case) {
    std::ranges::transform(text, begin, to_upper);
  } else {
    std::ranges::copy(text, begin);
  }
  return {begin, text.size()};
}

bool next_pair(std::string_view& rest, Pair& out) noexcept {
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    out.name = pair.substr(0, equals);
    out.value =
        equals == std::string_view::npos ? pair.substr(pair.size()) : pair.substr(equals + 1);
    return true;
  }
  return false;
}

std::optional<std::string_view> decode(std::string_view raw, Arena& arena) {
  const bool has_escapes = raw.find('%') != std::string_view::npos;  // one search per character:
  if (!has_escapes && raw.find('+') == std::string_view::npos) return raw;  // each is a memchr
  char* const begin = arena.grow(raw.size());
  char* end = begin;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+') {
      *end++ = ' ';
      continue;
    }
    if (raw[i] != '%') {
      *end++ = raw[i];
      continue;
    }
    const int high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : -1;
    const int low = i + 2 < raw.size() ? hex_value(raw[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    *end++ = static_cast<char>(high * 16 + low);
    i += 2;
  }
  const auto size = static_cast<std::size_t>(end - begin);
  arena.shrink(raw.size() - size);
  return std::string_view(begin, size);
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  while (!text.empty()) {
    const auto odd = std::ranges::find_if_not(
        text, [](char c) { return kPlain[static_cast<unsigned char>(c)]; });
    const auto run = static_cast<std::size_t>(odd - text.begin());
    out += text.substr(0, run);
    if (run == text.size()) return;
    const auto byte = static_cast<unsigned char>(text[run]);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
    text.remove_prefix(run + 1);
  }
}

}  // namespace quotecached::catalog
