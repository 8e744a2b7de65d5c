#include "quote/rows.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "quote/json.hpp"

namespace quotecached::quote {
namespace {

constexpr std::uint64_t kRound = 50;  // bounds of providers are multiples of this

void read_total(Document& document,
                ondemand::value& status,
                const catalog::Envelope& envelope,
                RowIndex& index) {
  for (ondemand::field field : status.get_object()) {
    const std::string_view key = field.unescaped_key();
    if (key == envelope.total) {
      index.total = document.pass_id(field.value());
    } else {
      document.pass(field.value());
    }
  }
}

void read_rows(Document& document, ondemand::value& data, RowIndex& index) {
  index.begin = static_cast<std::uint32_t>(document.begin_of(data));
  for (ondemand::value row : data.get_array()) {
    const Span span = document.pass(row);
    index.rows.push_back(
        {static_cast<std::uint32_t>(span.begin), static_cast<std::uint32_t>(span.end)});
  }
  index.end = static_cast<std::uint32_t>(document.end_of_last());
}

// Does the answer show that the list ends with its last row?
bool shows_end(const catalog::Page& held, const RowIndex& index, bool is_narrowed) {
  const std::uint64_t rows = index.rows.size();
  if (index.total && held.start - 1 + rows >= *index.total) return true;
  if (index.total && !is_narrowed) return false;
  return held.limit > 0 && rows < held.limit && (rows == 0 || rows % kRound != 0);
}

}  // namespace

Result<RowIndex> index_rows(const catalog::Endpoint& endpoint, std::string_view body) try {
  if (body.size() > std::numeric_limits<std::uint32_t>::max() / 2)
    return fail(ErrorCode::Invalid, "the answer is too large");
  Document document(body);
  RowIndex index;
  bool has_status = false;
  bool has_data = false;
  for (ondemand::field field : document.root()) {
    const std::string_view key = field.unescaped_key();
    if (key == endpoint.envelope.status) {
      if (std::exchange(has_status, true)) throw_malformed();
      read_total(document, field.value(), endpoint.envelope, index);
    } else if (key == endpoint.envelope.data) {
      if (std::exchange(has_data, true)) throw_malformed();
      read_rows(document, field.value(), index);
    } else {
      document.pass(field.value());
    }
  }
  document.expect_end();
  if (!has_data) return fail(ErrorCode::Invalid, "the answer has no data");
  return index;
} catch (const simdjson::simdjson_error& error) {
  return fail(ErrorCode::Invalid, std::string("malformed answer: ") + error.what());
}

std::optional<RowRange> rows_of(const catalog::Page& asked,
                                const catalog::Page& held,
                                const RowIndex& index,
                                bool is_narrowed) {
  // More rows than were asked for are the answer to another question.
  const bool is_overlong = held.limit > 0 && index.rows.size() > held.limit;
  if (asked.start < held.start || is_overlong) return std::nullopt;
  const std::uint64_t skipped = asked.start - held.start;
  const std::uint64_t there =
      index.rows.size() - std::min<std::uint64_t>(skipped, index.rows.size());
  if (asked.limit > 0 && asked.limit <= there) return RowRange{skipped, asked.limit};
  // What is given unasked has an end that the provider chooses.
  if (asked.limit == 0 || !shows_end(held, index, is_narrowed)) return std::nullopt;
  return RowRange{std::min<std::uint64_t>(skipped, index.rows.size()), there};
}

CutPage cut_page(const Fragment& whole, const RowIndex& index, RowRange range) {
  const std::string_view text = whole.text;
  // An empty list has no white space of its own to keep.
  const bool is_empty = range.count == 0;
  const auto head = text.substr(0, is_empty ? index.begin + 1 : index.rows.front().begin);
  const auto tail = text.substr(is_empty ? index.end - 1 : index.rows.back().end);
  std::string_view rows;
  if (!is_empty) {
    const auto begin = index.rows[range.first].begin;
    rows = text.substr(begin, index.rows[range.first + range.count - 1].end - begin);
  }
  CutPage page;
  page.fragment.text.reserve(head.size() + rows.size() + tail.size());
  page.fragment.text.append(head).append(rows).append(tail);
  page.fragment.slots = whole.slots;
  const auto cut_out = static_cast<std::uint32_t>(text.size() - page.fragment.text.size());
  for (auto& slot : page.fragment.slots) {
    if (slot.begin < index.end) continue;  // before the list
    slot.begin -= cut_out;
    slot.end -= cut_out;
  }
  page.data_begin = index.begin;
  page.data_end = index.end - cut_out;
  return page;
}

}  // namespace quotecached::quote
