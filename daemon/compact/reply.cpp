#include "compact/reply.hpp"

#include <algorithm>
#include <map>

#include "base/hash.hpp"

namespace quotecached::compact {
namespace {

// Of what the rows say; not of their ages, which differ every time.
std::uint64_t tag_of(const Sheet& sheet, std::string_view lists) {
  auto tag = hash64(lists, static_cast<std::uint64_t>(sheet.ask.format));
  for (const auto& name : sheet.ask.fields.names) tag = hash64(name, tag);
  for (const auto& quote : sheet.picture.quotes) {
    const auto& row = quote.choice.row();
    const bool is_stale = quote.choice.standing() != proxy::Standing::Fresh;
    tag = hash64(row.asset, tag + (is_stale ? 1 : 0));
    tag = hash64(sheet.ask.converts[quote.convert], tag);
  }
  return tag;
}

std::string_view type_of(Format format) {
  switch (format) {
    case Format::Csv: return "text/csv; charset=utf-8; header=present";
    case Format::Ndjson: return "application/x-ndjson; charset=utf-8";
    case Format::Json: break;
  }
  return "application/json; charset=utf-8";
}

}  // namespace

void fill(proxy::Answer& out, const Sheet& sheet) {
  const auto& picture = sheet.picture;
  out.body.reserve(std::max<std::size_t>(proxy::Answer::kHeapSize, picture.quotes.size() * 256));
  switch (sheet.ask.format) {
    case Format::Json: append_json(out.body, sheet); break;
    case Format::Csv: append_csv(out.body, sheet); break;
    case Format::Ndjson: append_ndjson(out.body, sheet); break;
  }
  out.pieces.emplace_back(out.body);
  out.content_type = type_of(sheet.ask.format);
  const auto lists = list_headers(sheet) + sheet.next;
  if (sheet.ask.format != Format::Json) {
    out.provider_headers = list_headers(sheet);
    if (!sheet.next.empty()) out.provider_headers += "Quotecached-Next: " + sheet.next + "\r\n";
  }
  out.provider_headers += "Vary: Accept\r\n";
  out.has_age = true;
  auto oldest = sheet.now;
  for (const auto& quote : picture.quotes)
    oldest = std::min(oldest, quote.choice.copy().entry->fetched_at);
  out.age = proxy::age_of(oldest, sheet.now);
  out.etag = tag_of(sheet, lists);
}

std::vector<std::uint64_t> keys_asked(const Picture& picture) {
  std::vector<std::uint64_t> keys;
  for (const auto& quote : picture.quotes) {
    const auto key = quote.choice.copy().key_hash;
    if (key != 0 && quote.choice.is_enough()) keys.push_back(key);
  }
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  return keys;
}

void read_ids(const Picture& picture, std::vector<std::uint64_t>& ids) {
  ids.clear();
  // Assets are distinct, and the rows of one stand together.
  for (const auto& quote : picture.quotes) {
    const auto id = quote.choice.row().id;
    if (ids.empty() || ids.back() != id) ids.push_back(id);
  }
  if (picture.wants.empty()) return;
  for (const auto& want : picture.wants) {
    if (want.id != 0) ids.push_back(want.id);
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

const catalog::Endpoint* teller_of(const Picture& picture) {
  std::map<const catalog::Endpoint*, std::size_t> rows;
  for (const auto& quote : picture.quotes) ++rows[quote.choice.copy().source->endpoint];
  const auto most = std::ranges::max_element(rows, {}, [](const auto& one) { return one.second; });
  return most == rows.end() ? nullptr : most->first;
}

}  // namespace quotecached::compact
