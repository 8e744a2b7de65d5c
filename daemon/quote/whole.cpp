#include "quote/whole.hpp"

#include <limits>
#include <utility>

#include "quote/json.hpp"
#include "quote/whole_data.hpp"

namespace quotecached::quote {

namespace {

struct Parts {
  std::optional<Span> cost;
  std::optional<Span> data;
  bool has_status = false;
};

void read_status(Document& document,
                 ondemand::value& status,
                 const catalog::Envelope& envelope,
                 Parts& parts,
                 WholeFacts& facts) {
  for (ondemand::field field : status.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == envelope.cost) {
      parts.cost = document.pass(field.value());
    } else if (key == envelope.total) {
      facts.total = document.pass_id(field.value());
    } else {
      document.pass(field.value());
    }
  }
}

// Walks all of the body: a truncated or malformed answer must not be cached.
Parts find_parts(Document& document,
                 const catalog::Endpoint& endpoint,
                 const catalog::WholeAsk& ask,
                 WholeFacts& facts) {
  const catalog::Envelope& envelope = endpoint.envelope;
  Parts parts;
  for (ondemand::field field : document.root()) {
    const std::string_view key = field.unescaped_key();
    // Which of two a client would read nobody knows.
    if (key == envelope.status) {
      if (std::exchange(parts.has_status, true)) throw_malformed();
      read_status(document, field.value(), envelope, parts, facts);
    } else if (key == envelope.data) {
      if (parts.data) throw_malformed();
      const std::size_t begin = document.begin_of(field.value());
      read_whole_data(document, field.value(), endpoint, ask, facts);
      parts.data = Span{begin, document.end_of_last()};
    } else {
      document.pass(field.value());
    }
  }
  document.expect_end();
  return parts;
}

}  // namespace

Result<Whole> whole(const catalog::Endpoint& endpoint,
                    std::string_view body,
                    const catalog::WholeAsk& ask) try {
  if (body.size() > std::numeric_limits<std::uint32_t>::max() / 2) {
    return fail(ErrorCode::Invalid, "the answer is too large");
  }
  Document document(body);
  Whole result;
  const Parts parts = find_parts(document, endpoint, ask, result.facts);
  if (!parts.has_status) return fail(ErrorCode::Invalid, "the answer has no status");
  if (!parts.data) return fail(ErrorCode::Invalid, "the answer has no data");

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
