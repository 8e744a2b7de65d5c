#include "quote/checked_answer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "quote/data_time.hpp"
#include "quote/sorting.hpp"

namespace quotecached::quote {

namespace {

// Offsets in fragments are 32 bits wide, and what is cut out of a body is no longer than it.
constexpr std::size_t kLargestBody = std::numeric_limits<std::uint32_t>::max() / 2;

void sort_members(Document& document,
                  ondemand::value& data,
                  const catalog::Endpoint& endpoint,
                  Sorting& sorting) {
  for (ondemand::field field : data.get_object()) {
    Part part;
    part.text.begin = document.begin_of_key(field);
    const std::string_view label = field.unescaped_key();
    ondemand::value& value = field.value();
    const bool is_list = value.type() == ondemand::json_type::array;
    if (is_list) {
      for (ondemand::value asset : value.get_array())
        part.assets.push_back(read_asset(document, asset, endpoint));
      part.text.end = document.end_of_last();
    } else {
      part.assets.push_back(read_asset(document, value, endpoint));
      part.text.end = part.assets.front().text.end;
    }
    sorting.take_member(label, std::move(part), is_list);
  }
}

void sort_data(Document& document,
               ondemand::value& data,
               const catalog::Endpoint& endpoint,
               Sorting& sorting) {
  const ondemand::json_type type = data.type();
  if (type == ondemand::json_type::object) {
    sort_members(document, data, endpoint, sorting);
  } else if (type == ondemand::json_type::array) {
    for (ondemand::value element : data.get_array()) {
      sorting.take_element(read_asset(document, element, endpoint));
    }
  } else {
    document.pass(data);
  }
}

void pass_status(Document& document, ondemand::value& value) {
  if (value.type() != ondemand::json_type::object) throw_malformed();
  document.pass(value);
}

// What stands in an answer, once each.
struct Found {
  bool has_status = false;
  bool has_data = false;
};

Found walk_answer(Document& document, const catalog::Endpoint& endpoint, Sorting& sorting) {
  Found found;
  for (ondemand::field field : document.root()) {
    const std::string_view key = field.unescaped_key();
    ondemand::value& value = field.value();
    if (key == endpoint.envelope.status) {
      if (std::exchange(found.has_status, true)) throw_malformed();
      pass_status(document, value);
    } else if (key == endpoint.envelope.data) {
      if (found.has_data) throw_malformed();
      found.has_data =
          value.type() == ondemand::json_type::object || value.type() == ondemand::json_type::array;
      sort_data(document, value, endpoint, sorting);
    } else {
      document.pass(value);
    }
  }
  document.expect_end();
  return found;
}

void append(std::string& out, std::string_view body, std::size_t begin, std::size_t end) {
  out.append(body, begin, end - begin);
}

// Appends one part of the body with the quote of one convert alone in each of its assets. One that
// has no quote in any convert passes as it stands: it has no price that could be wrong. Fails when
// an asset has quotes, and none for this convert.
bool append_part(CutFragment& out, std::string_view body, const Part& part, const Wanted& wanted) {
  std::string& text = out.fragment.text;
  std::size_t done = part.text.begin;
  for (const AssetText& asset : part.assets) {
    if (asset.quotes.empty()) {
      out.flaw = std::max(out.flaw, PriceFlaw::Null);
      continue;
    }
    const QuoteText* quote =
        find_quote(asset, wanted.converts[out.convert], wanted.converts_are_ids);
    if (quote == nullptr) return false;
    append(text, body, done, asset.quotes_begin);
    Slot slot{*asset.id, static_cast<std::uint32_t>(text.size()), 0};
    append(text, body, quote->text.begin, quote->text.end);
    slot.end = static_cast<std::uint32_t>(text.size());
    out.fragment.slots.push_back(slot);
    out.flaw = std::max(out.flaw, quote->flaw);
    done = asset.quotes_end;
  }
  append(text, body, done, part.text.end);
  return true;
}

bool append_parts(CutFragment& out,
                  std::string_view body,
                  const std::vector<Part>& parts,
                  const Wanted& wanted,
                  bool has_quotes) {
  for (const Part& part : parts) {
    if (&part != &parts.front()) out.fragment.text += ',';
    if (!has_quotes) {
      append(out.fragment.text, body, part.text.begin, part.text.end);
    } else if (!append_part(out, body, part, wanted)) {
      return false;
    }
  }
  return true;
}

tl::unexpected<Error> malformed(const simdjson::simdjson_error& error) {
  return fail(ErrorCode::Invalid, std::string("malformed answer: ") + error.what());
}

}  // namespace

// Everything points into the members before it.
struct CheckedAnswer::Parts {
  Parts(const catalog::Endpoint& the_endpoint, const Wanted& wanted, std::string_view body)
      : endpoint(the_endpoint),
        assets(wanted.assets.begin(), wanted.assets.end()),
        converts(wanted.converts.begin(), wanted.converts.end()),
        asked{wanted.kind, assets, converts, wanted.converts_are_ids},
        document(body),
        sorting(asked) {}

  const catalog::Endpoint& endpoint;
  const std::vector<std::string> assets;
  const std::vector<std::string> converts;
  const Wanted asked;
  Document document;
  Sorting sorting;
};

CheckedAnswer::CheckedAnswer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CheckedAnswer::CheckedAnswer(CheckedAnswer&&) noexcept = default;
CheckedAnswer& CheckedAnswer::operator=(CheckedAnswer&&) noexcept = default;
CheckedAnswer::~CheckedAnswer() = default;

Result<CheckedAnswer> CheckedAnswer::check(const catalog::Endpoint& endpoint,
                                           const Wanted& wanted,
                                           std::string_view body) try {
  if (body.size() > kLargestBody) return fail(ErrorCode::Invalid, "answer too large");
  auto parts = std::make_unique<Parts>(endpoint, wanted, body);
  const Found found = walk_answer(parts->document, endpoint, parts->sorting);
  if (!found.has_status) return fail(ErrorCode::Invalid, "answer without status");
  if (!found.has_data) return fail(ErrorCode::Invalid, "answer without data");
  return CheckedAnswer(std::move(parts));
} catch (const simdjson::simdjson_error& error) {
  return malformed(error);
}

CheckedAnswer::State CheckedAnswer::state(std::size_t asset) {
  return parts_->sorting.state(asset);
}

std::optional<TimePoint> CheckedAnswer::data_time(std::size_t asset, TimePoint latest) const {
  std::optional<TimePoint> youngest;
  for (const Part& part : parts_->sorting.parts(asset)) {
    const auto text =
        parts_->document.text().substr(part.text.begin, part.text.end - part.text.begin);
    youngest = std::max(youngest, youngest_time(text, parts_->endpoint.envelope.updated, latest));
  }
  return youngest;
}

bool CheckedAnswer::cut(std::size_t asset, std::vector<CutFragment>& out) {
  auto& sorting = parts_->sorting;
  const auto& wanted = parts_->asked;
  const bool has_quotes = parts_->endpoint.quote_shape != catalog::QuoteShape::None;
  const std::size_t converts = has_quotes ? wanted.converts.size() : 1;
  bool is_complete = true;
  for (std::size_t convert = 0; convert < converts; ++convert) {
    CutFragment fragment;
    fragment.asset = asset;
    fragment.convert = convert;
    const auto body = parts_->document.text();
    if (append_parts(fragment, body, sorting.parts(asset), wanted, has_quotes)) {
      out.push_back(std::move(fragment));
    } else {
      is_complete = false;
      sorting.refuse(asset, wanted.assets[asset], "no quote in " + wanted.converts[convert]);
    }
  }
  return is_complete;
}

std::vector<std::string> CheckedAnswer::take_reasons() { return parts_->sorting.take_reasons(); }

}  // namespace quotecached::quote
