#include "src/json_text.hpp"

#include <new>

namespace quotecache {
namespace {

namespace od = simdjson::ondemand;

// Takes the escapes out of what stands between quotes.
bool unescape(std::string_view& text, std::string& buffer) {
  simdjson::dom::parser parser;
  std::string_view plain;
  const auto error = parser.parse('"' + std::string(text) + '"').get(plain);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return false;
  text = buffer = plain;
  return true;
}

}  // namespace

bool text_of(od::raw_json_string raw, std::string_view& text, std::string& buffer) {
  const char* const begin = raw.raw();
  const char* end = begin;
  bool has_escapes = false;
  for (; *end != '"'; ++end) {
    if (*end != '\\') continue;
    has_escapes = true;
    ++end;
  }
  text = {begin, static_cast<std::size_t>(end - begin)};
  return !has_escapes || unescape(text, buffer);
}

bool text_of(od::value value, std::string_view& text, std::string& buffer) {
  od::raw_json_string raw;
  if (value.get_raw_json_string().get(raw) == simdjson::SUCCESS) return text_of(raw, text, buffer);
  bool is_null = false;
  text = {};
  return value.is_null().get(is_null) == simdjson::SUCCESS && is_null;
}

bool read_text(od::value value, std::string& text) {
  std::string_view read;
  if (!text_of(value, read, text)) return false;
  text = read;
  return true;
}

}  // namespace quotecache
