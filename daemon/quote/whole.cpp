#include "quote/whole.hpp"

#include <limits>

#include "quote/json.hpp"

namespace quotecached::quote {

namespace {

struct Parts {
  std::optional<Span> cost;
  std::optional<Span> data;
  bool has_status = false;
};

void find_cost(Document& document, ondemand::value& status, std::string_view name, Parts& parts) {
  for (ondemand::field field : status.get_object()) {
    const bool is_cost = field.unescaped_key().value() == name;
    const Span span = document.pass(field.value());
    if (is_cost) parts.cost = span;
  }
}

// Walks all of the body: a truncated or malformed answer must not be cached.
Parts find_parts(Document& document, const catalog::Envelope& envelope) {
  Parts parts;
  for (ondemand::field field : document.root()) {
    const std::string_view key = field.unescaped_key();
    if (key == envelope.status && !parts.has_status) {
      parts.has_status = true;
      find_cost(document, field.value(), envelope.cost, parts);
      continue;
    }
    const Span span = document.pass(field.value());
    if (key == envelope.data && !parts.data) parts.data = span;
  }
  document.expect_end();
  return parts;
}

}  // namespace

Result<Whole> whole(const catalog::Endpoint& endpoint, std::string_view body) try {
  if (body.size() > std::numeric_limits<std::uint32_t>::max() / 2) {
    return fail(ErrorCode::Invalid, "the answer is too large");
  }
  Document document(body);
  const Parts parts = find_parts(document, endpoint.envelope);
  if (!parts.has_status) return fail(ErrorCode::Invalid, "the answer has no status");
  if (!parts.data) return fail(ErrorCode::Invalid, "the answer has no data");

  Whole result;
  result.fragment.text = std::string(body);
  if (parts.cost) {
    result.fragment.slots.push_back({.asset_id = 0,
                                     .begin = static_cast<std::uint32_t>(parts.cost->begin),
                                     .end = static_cast<std::uint32_t>(parts.cost->end)});
  }
  result.data = body.substr(parts.data->begin, parts.data->end - parts.data->begin);
  return result;
} catch (const simdjson::simdjson_error& error) {
  return fail(ErrorCode::Invalid, std::string("malformed answer: ") + error.what());
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
