// The table of docs/endpoints.md is made from the catalogue.
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "catalog/catalogue.hpp"

using namespace quotecached::catalog;

namespace {

const std::string kPage = QUOTECACHED_SOURCE_DIR "/docs/endpoints.md";

std::string text_of(std::chrono::seconds time) {
  using namespace std::chrono;
  if (time == time.zero()) return "-";
  if (time > hours(24) && time % days(1) == time.zero()) return fmt::format("{} d", time / days(1));
  if (time % hours(1) == time.zero()) return fmt::format("{} h", time / hours(1));
  if (time % minutes(1) == time.zero()) return fmt::format("{} min", time / minutes(1));
  return fmt::format("{} s", time.count());
}

std::string text_of(const Price& price) {
  if (price.step == 0) return fmt::format("{}", price.base);
  const std::string least = price.base > 1 ? fmt::format(", {} at least", price.base) : "";
  return fmt::format("1 per {}{}", price.step, least);
}

std::string_view text_of(CacheMode mode) {
  switch (mode) {
    case CacheMode::Assets: return "by asset";
    case CacheMode::Whole: return "whole";
    case CacheMode::Never: break;
  }
  return "no";
}

std::string table() {
  std::string rows =
      "| path | name | family | cached | fresh | while renewed | if it fails | credits | each "
      "further currency |\n|---|---|---|---|---:|---:|---:|---|---|\n";
  for (const auto& endpoint : Catalogue::built_in().endpoints()) {
    const bool is_cached = endpoint.mode != CacheMode::Never;
    const auto times = is_cached ? endpoint.freshness.get() : Freshness{{}, {}, {}};
    rows += fmt::format("| `{}` | `{}` | `{}` | {} | {} | {} | {} | {} | {} |\n",
                        endpoint.path,
                        endpoint.name,
                        endpoint.family,
                        text_of(endpoint.mode),
                        text_of(times.fresh),
                        text_of(times.stale_while_revalidate),
                        text_of(times.stale_if_error),
                        text_of(endpoint.price),
                        endpoint.price.per_convert ? "1" : "-");
  }
  return rows;
}

std::string page() {
  std::ifstream in(kPage);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_SUITE("catalog::endpoints_page") {
  TEST_CASE("it holds the table") { CHECK(page().find(table()) != std::string::npos); }

  // After the catalogue was changed: unit_test --no-skip -tc="*write it anew*"
  TEST_CASE("the table of endpoints: write it anew" * doctest::skip()) {
    std::string text = page();
    const auto begin = text.find("| path |");
    REQUIRE(begin != text.npos);
    const auto end = text.find("\n\n", begin);
    text.replace(begin, end == text.npos ? end : end + 1 - begin, table());
    std::ofstream(kPage) << text;
  }
}
