#include "src/json_text.hpp"

#include <new>

namespace quotecache {

std::string_view between_quotes(simdjson::ondemand::raw_json_string raw) noexcept {
  const char* const begin = raw.raw();
  const char* end = begin;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {begin, static_cast<std::size_t>(end - begin)};
}

bool unescape(std::string_view& text, std::string& buffer) {
  if (text.find('\\') == std::string_view::npos) return true;
  simdjson::dom::parser parser;
  std::string_view plain;
  const auto error = parser.parse('"' + std::string(text) + '"').get(plain);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return false;
  text = buffer = plain;
  return true;
}

bool read_text(simdjson::ondemand::value value, std::string& text) {
  bool is_null = false;
  if (value.is_null().get(is_null) != simdjson::SUCCESS) return false;
  simdjson::ondemand::raw_json_string raw;
  if (!is_null && value.get_raw_json_string().get(raw) != simdjson::SUCCESS) return false;
  std::string_view read = is_null ? std::string_view() : between_quotes(raw);
  if (!unescape(read, text)) return false;
  text = read;
  return true;
}

}  // namespace quotecache
