#include "src/ask_form.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "src/percent.hpp"

namespace quotecache {
namespace {

constexpr std::size_t kCallOfPrices = 250;  // assets that the provider sells for a credit
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestStreamForm = 16'000;  // a stream is asked for by a URL

// An ask without what makes no difference.
struct Plain {
  std::vector<Asset> assets;
  std::vector<std::string> converts;
  std::vector<std::string> fields;
  bool takes_first = false;
};

Error wrong(const char* field, std::string why) {
  return {ErrorCode::Invalid, std::move(why), 0, std::nullopt, field};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return c == ',' || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

bool are_names(const std::vector<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(), &is_name);
}

const char* field_of(Asset::By by) {
  switch (by) {
    case Asset::By::Id: return "ids";
    case Asset::By::Symbol: return "symbols";
    case Asset::By::Slug: return "slugs";
  }
  return "ids";
}

bool is_id(const std::string& text) {
  std::int64_t id = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && stop == text.data() + text.size() && id > 0;
}

// Numbers by size, all else by letters.
bool is_before(const Asset& a, const Asset& b) {
  if (a.by() != b.by()) return a.by() < b.by();
  if (a.by() == Asset::By::Id && a.text().size() != b.text().size())
    return a.text().size() < b.text().size();
  return a.text() < b.text();
}

std::string capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

template <class T, class... Order>
void make_set(std::vector<T>& values, Order... order) {
  std::sort(values.begin(), values.end(), order...);
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

Result<Plain> plain(const Ask& ask) {
  if (ask.assets.empty()) return wrong("ids", "no asset is asked for");
  if (ask.converts.empty()) return wrong("convert", "no currency is asked for");
  if (!are_names(ask.converts)) return wrong("convert", "a currency is named such as USD");
  if (!are_names(ask.fields)) return wrong("fields", "a field is named such as market_cap");
  for (const auto& asset : ask.assets) {
    if (!is_name(asset.text()) || (asset.by() == Asset::By::Id && !is_id(asset.text())))
      return wrong(field_of(asset.by()), "an asset is asked for by what is no name");
  }
  Plain result{ask.assets, ask.converts, ask.fields, ask.takes_first};
  for (auto& convert : result.converts) convert = capitals(std::move(convert));
  result.fields.push_back("price");
  make_set(result.assets, &is_before);
  make_set(result.converts);
  make_set(result.fields);
  return result;
}

void append_list(std::string& form, const char* name, std::span<const std::string> texts) {
  if (!form.empty()) form += '&';
  form.append(name) += '=';
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (at > 0) form += ',';
    append_escaped(form, texts[at]);
  }
}

// Requires: `assets` are sorted, so that each kind stands together.
std::string form_of(std::span<const Asset> assets,
                    std::span<const std::string> converts,
                    const Plain& ask) {
  std::string form;
  for (std::size_t at = 0; at < assets.size(); ++at) {
    const bool is_first = at == 0 || assets[at - 1].by() != assets[at].by();
    if (is_first && at > 0) form += '&';
    if (is_first) form.append(field_of(assets[at].by())) += '=';
    if (!is_first) form += ',';
    append_escaped(form, assets[at].text());
  }
  append_list(form, "convert", converts);
  append_list(form, "fields", ask.fields);
  if (ask.takes_first) form += "&ambiguous=first";
  return form;
}

// Whole calls of the provider's, where there is more than one.
std::size_t assets_a_request(std::size_t converts) {
  const std::size_t most = std::min(kMostAssets, kMostRows / converts);
  return most > kCallOfPrices ? most - most % kCallOfPrices : most;
}

// The first place of each name in the ask.
class Places {
 public:
  explicit Places(const Ask& ask) {
    for (std::size_t at = 0; at < ask.assets.size(); ++at)
      of_[static_cast<std::size_t>(ask.assets[at].by())].emplace(ask.assets[at].text(), at);
    for (std::size_t at = 0; at < ask.converts.size(); ++at)
      converts_.emplace(capitals(ask.converts[at]), at);
  }
  // Asset first, then currency.
  [[nodiscard]] std::pair<std::size_t, std::size_t> of(const Quote& quote) const {
    const std::size_t asset = std::min({find(of_[0], std::to_string(quote.id)),
                                        find(of_[1], Asset::symbol(quote.symbol).text()),
                                        find(of_[2], Asset::slug(quote.slug).text())});
    return {asset, find(converts_, quote.convert)};
  }

 private:
  using Table = std::unordered_map<std::string, std::size_t>;
  static std::size_t find(const Table& table, const std::string& name) {
    const auto found = table.find(name);
    return found == table.end() ? static_cast<std::size_t>(-1) : found->second;
  }

  Table of_[3];
  Table converts_;
};

}  // namespace

Result<std::vector<std::string>> forms_of(const Ask& ask) {
  const auto all = plain(ask);
  if (!all) return all.error();
  std::vector<std::string> forms;
  const std::span<const std::string> converts(all->converts);
  const std::span<const Asset> assets(all->assets);
  for (std::size_t from = 0; from < converts.size(); from += kMostConverts) {
    const auto some = converts.subspan(from, std::min(kMostConverts, converts.size() - from));
    const auto step = assets_a_request(some.size());
    for (std::size_t at = 0; at < assets.size(); at += step)
      forms.push_back(form_of(assets.subspan(at, std::min(step, assets.size() - at)), some, *all));
  }
  return forms;
}

Result<std::string> stream_form_of(const Ask& ask) {
  const auto all = plain(ask);
  if (!all) return all.error();
  if (all->converts.size() > kMostConverts || all->assets.size() > kMostStreamRows ||
      all->assets.size() * all->converts.size() > kMostStreamRows)
    return wrong("ids", "a stream has at most 2,000 rows: assets times currencies");
  auto form = form_of(all->assets, all->converts, *all);
  if (form.size() > kLongestStreamForm)
    return wrong("ids", "the names of a stream fit a URL of 16 KiB: ask for fewer, or by id");
  return form;
}

void restore_order(const Ask& ask, std::vector<Quote>& rows) {
  if (rows.size() < 2) return;
  const Places places(ask);
  using Place = std::pair<std::pair<std::size_t, std::size_t>, std::size_t>;
  std::vector<Place> order;
  order.reserve(rows.size());
  for (std::size_t at = 0; at < rows.size(); ++at) order.push_back({places.of(rows[at]), at});
  std::sort(order.begin(), order.end());
  std::vector<Quote> sorted;
  sorted.reserve(rows.size());
  for (const auto& place : order) sorted.push_back(std::move(rows[place.second]));
  rows = std::move(sorted);
}

}  // namespace quotecache
