#include "quote/whole.hpp"

#include <limits>

#include <simdjson.h>

namespace quotecached::quote {
namespace {

namespace ondemand = simdjson::ondemand;

// Walks every value: on-demand parsing checks only what it touches, and a truncated or malformed
// answer must not be cached.
bool is_well_formed(const simdjson::padded_string& text) {
  simdjson::dom::parser parser;
  return parser.parse(text).error() == simdjson::SUCCESS;
}

}  // namespace

Result<Whole> whole(std::string_view body) {
  if (body.size() > std::numeric_limits<std::uint32_t>::max()) {
    return fail(ErrorCode::Invalid, "the answer is too large");
  }
  const simdjson::padded_string text(body);
  if (!is_well_formed(text)) return fail(ErrorCode::Invalid, "the answer is not well-formed JSON");
  const auto offset = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - text.data());
  };
  ondemand::parser parser;
  ondemand::document document;
  Whole result;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS) {
    return fail(ErrorCode::Invalid, "the answer is not a JSON object");
  }
  ondemand::object status;
  if (document.find_field_unordered("status").get(status) != simdjson::SUCCESS) {
    return fail(ErrorCode::Invalid, "the answer has no status");
  }
  ondemand::value credits;
  if (status.find_field_unordered("credit_count").get(credits) == simdjson::SUCCESS) {
    std::string_view token = credits.raw_json_token();
    while (!token.empty() && (token.back() <= ' ')) token.remove_suffix(1);
    const auto begin = static_cast<std::uint32_t>(offset(token));
    result.fragment.slots.push_back(
        {.asset_id = 0, .begin = begin, .end = begin + static_cast<std::uint32_t>(token.size())});
  }
  std::string_view data;
  ondemand::value data_value;
  if (document.find_field_unordered("data").get(data_value) != simdjson::SUCCESS ||
      simdjson::to_json_string(data_value).get(data) != simdjson::SUCCESS) {
    return fail(ErrorCode::Invalid, "the answer has no data");
  }
  result.data = body.substr(offset(data), data.size());
  result.fragment.text = std::string(body);
  return result;
}

void append_whole(Pieces& out, const Fragment& fragment, std::string_view credit_count) {
  const std::string_view text = fragment.text;
  if (fragment.slots.empty()) {
    out.push_back(text);
    return;
  }
  const Slot& slot = fragment.slots.front();
  out.push_back(text.substr(0, slot.begin));
  out.push_back(credit_count);
  out.push_back(text.substr(slot.end));
}

}  // namespace quotecached::quote
