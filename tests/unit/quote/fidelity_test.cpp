// What goes in comes out: answers are cut and joined again, and compared with the bytes that an
// independent scanner finds in them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <doctest/doctest.h>

#include "answers.hpp"
#include "scanner.hpp"
#include "synthetic.hpp"

TEST_SUITE("quote fidelity") {
  using namespace quotecached;
  using namespace quotecached::quote;
  using namespace quotecached::quote::test;

  // The asset objects under a member or in an element of `data`.
  std::vector<std::string_view> assets_in(std::string_view value) {
    if (value.front() != '[') return {value};
    std::vector<std::string_view> assets;
    for (const ScannedItem& item : items(value)) assets.push_back(item.value);
    return assets;
  }

  // `text` with only these converts in each of its assets.
  std::string expected(std::string_view text,
                       std::string_view value,
                       std::string_view quote_field,
                       const std::vector<std::string>& converts) {
    std::string result;
    const char* done = text.data();
    for (const std::string_view asset : assets_in(value)) {
      result.append(done, asset.data());
      result += with_converts(asset, quote_field, converts);
      done = asset.data() + asset.size();
    }
    return result.append(done, text.data() + text.size());
  }

  std::string name_of(const ScannedItem& item, KeyKind kind) {
    const std::string_view asset = assets_in(item.value).front();
    const char* const field = kind == KeyKind::Id       ? "id"
                              : kind == KeyKind::Symbol ? "symbol"
                                                        : "slug";
    std::string name(unquoted(value_at(asset, field)));
    if (kind == KeyKind::Symbol)
      std::ranges::transform(
          name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
  }

  void check_joins(const Cut& cut_out,
                   const Want& want,
                   const std::vector<ScannedItem>& data,
                   const catalog::Endpoint& row,
                   std::mt19937_64& random) {
    for (std::size_t asset = 0; asset < want.assets.size(); ++asset) {
      std::vector<std::size_t> order(want.converts.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      if (random() % 2 == 0) std::ranges::shuffle(order, random);
      order.resize(1 + random() % order.size());
      std::vector<const Fragment*> fragments;
      std::vector<std::string> converts;
      for (const std::size_t convert : order) {
        fragments.push_back(find(cut_out, asset, convert));
        REQUIRE(fragments.back() != nullptr);
        converts.push_back(want.converts[convert]);
      }
      const ScannedItem& item = data[asset];
      REQUIRE(can_splice(fragments));
      CHECK(joined(fragments) == expected(item.text, item.value, row.quote_field, converts));
    }
  }

  TEST_CASE("synthetic answers of every shape are rebuilt byte for byte") {
    std::mt19937_64 random(20240117);
    for (int round = 0; round < 300; ++round) {
      const Shape shape = random_shape(random);
      CAPTURE(round);
      CAPTURE(shape.is_keyed);
      CAPTURE(shape.quotes_are_array);
      const std::string body = synthetic_answer(shape, random);
      CAPTURE(body);
      const auto data = items(value_at(body, "data"));
      const auto row = endpoint(shape.quotes_are_array ? QuoteShape::Array : QuoteShape::Object);
      Want want{shape.kind, {}, shape.converts};
      for (const ScannedItem& item : data) want.assets.push_back(name_of(item, shape.kind));

      const auto cut_out = cut(row, want.view(), body);
      REQUIRE(cut_out);
      REQUIRE(cut_out->refused == std::vector<std::string>{});
      REQUIRE(cut_out->fragments.size() == want.assets.size() * want.converts.size());
      for (std::size_t asset = 0; asset < want.assets.size(); ++asset) {  // all converts, as sent
        std::vector<const Fragment*> all;
        for (std::size_t c = 0; c < want.converts.size(); ++c)
          all.push_back(find(*cut_out, asset, c));
        REQUIRE(can_splice(all));
        CHECK(joined(all) == data[asset].text);
      }
      check_joins(*cut_out, want, data, row, random);
    }
  }

  std::string read_file(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  TEST_CASE("recorded answers are rebuilt byte for byte") {
    const std::filesystem::path folder = QUOTECACHED_RECORDINGS;
    if (!std::filesystem::exists(folder)) {
      MESSAGE("SKIPPED: no recordings in " << folder);
      return;
    }
    struct Row {
      const char* file;
      KeyKind kind;
      QuoteShape shape;
      std::size_t assets;
    };
    const Row rows[] = {
        {"v2_cryptocurrency_quotes_latest__id_1+2010.json", KeyKind::Id, QuoteShape::Object, 2},
        {"v2_cryptocurrency_quotes_latest__by_id_batch_1_500_convert_USD_skip_invalid.json",
         KeyKind::Id,
         QuoteShape::Object,
         500},
        {"v2_cryptocurrency_quotes_latest__by_id_batch_501_1000_convert_USD_skip_invalid.json",
         KeyKind::Slug,
         QuoteShape::Object,
         500},
        {"v1_cryptocurrency_listings_latest__start_1_limit_1000_convert_USD.json",
         KeyKind::Id,
         QuoteShape::Object,
         1000},
        {"v2_cryptocurrency_info__id_1+2010.json", KeyKind::Id, QuoteShape::None, 2},
    };
    std::mt19937_64 random(7);
    for (const Row& row : rows) {
      CAPTURE(row.file);
      const std::string body = read_file(folder / row.file);
      auto data = items(value_at(body, "data"));
      std::ranges::shuffle(data, random);  // ask in another order than the answer has
      Want want{row.kind, {}, {row.shape == QuoteShape::None ? "-" : "USD"}};
      for (const ScannedItem& item : data) want.assets.push_back(name_of(item, row.kind));
      const auto cut_out = cut(endpoint(row.shape), want.view(), body);
      REQUIRE(cut_out);
      CHECK(cut_out->refused == std::vector<std::string>{});
      CHECK(cut_out->absent.empty());
      REQUIRE(cut_out->fragments.size() == row.assets);
      for (const CutFragment& fragment : cut_out->fragments) {
        CHECK(joined({&fragment.fragment}) == data[fragment.asset].text);
      }
    }
  }
}
