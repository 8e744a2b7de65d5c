// A provider's list, its answers as entries, and what asks for them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "base/hash.hpp"
#include "cache/entry.hpp"
#include "catalog/catalogue.hpp"
#include "catalog/page.hpp"
#include "quote/whole.hpp"
#include "refill/pending.hpp"

namespace quotecached::proxy::test {

using catalog::Page;

inline const TimePoint kNow{std::chrono::seconds(1'700'000'000)};

// A provider's list at a moment: what it says to who asks for a page.
struct List {
  std::uint64_t rows = 0;
  std::uint64_t version = 0;  // stands in each row
  bool tells_total = true;
  std::uint64_t most = 5000;  // rows that come unasked, or a bound that is not told of

  [[nodiscard]] std::string body(Page page) const {
    std::string text = R"({"status":{"credit_count":1)";
    if (tells_total) text += ",\"total_count\":" + std::to_string(rows);
    text += "},\"data\":[";
    const auto limit = std::min(page.limit == 0 ? most : page.limit, most);
    for (auto row = page.start; row <= rows && row < page.start + limit; ++row) {
      if (row > page.start) text += ',';
      text += "{\"id\":" + std::to_string(row) + ",\"v\":" + std::to_string(version) + "}";
    }
    return text + "]}";
  }
};

inline cache::EntryPtr entry_of(const std::string& body, TimePoint fetched_at = kNow) {
  auto whole = quote::whole(*catalog::Catalogue::built_in().by_name("v1.map"), body);
  REQUIRE(whole);
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment = whole->fragment;
  entry->content_hash = hash64(whole->data);
  entry->fetched_at = fetched_at;
  entry->fresh_until = fetched_at + std::chrono::seconds(60);
  entry->stale_until = fetched_at + std::chrono::seconds(600);
  return entry;
}

inline catalog::Request parse(std::string_view target) {
  catalog::Request request;
  REQUIRE_FALSE(catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  return request;
}

inline refill::PendingPtr fetched(cache::EntryPtr entry) {
  auto pending = std::make_shared<refill::Pending>();
  pending->entry = std::move(entry);
  return pending;
}

}  // namespace quotecached::proxy::test
