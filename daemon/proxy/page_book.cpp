#include "proxy/page_book.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace quotecached::proxy {

using catalog::Page;

Page PageBook::page_for(const std::string& series,
                        const Page& asked,
                        const std::vector<Page>& wider,
                        std::uint64_t guess,
                        Time now) const {
  const auto found = series_.find(series);
  const bool is_known = found != series_.end();
  if (is_known && now < found->second.refused_until) return asked;
  const auto row_bytes = is_known && found->second.row_bytes > 0 ? found->second.row_bytes : guess;
  const auto fits = std::ranges::find_if(
      wider, [&](const Page& page) { return page.limit * row_bytes <= options_.list_bytes.count; });
  return fits == wider.end() ? asked : *fits;
}

void PageBook::note_page(const std::string& series, const Page& page) {
  auto& pages = touch(series).pages;
  std::erase(pages, page);
  if (pages.size() >= options_.most_pages) pages.erase(pages.begin());
  pages.push_back(page);
}

void PageBook::note_refusal(const std::string& series, Time now) {
  touch(series).refused_until = now + options_.refusal;
}

std::vector<Page> PageBook::pages_around(const std::string& series, const Page& asked) const {
  std::vector<Page> pages;
  const auto found = series_.find(series);
  if (found == series_.end()) return pages;
  const auto spans_it = [&](const Page& page) { return catalog::spans(page, asked); };
  std::ranges::copy_if(found->second.pages, std::back_inserter(pages), spans_it);
  return pages;
}

PageBook::IndexPtr PageBook::index_of(const std::string& series,
                                      const catalog::Endpoint& endpoint,
                                      const cache::EntryPtr& entry) {
  std::erase_if(indexes_, [](const Indexed& one) { return one.entry.expired(); });
  for (auto at = indexes_.begin(); at != indexes_.end(); ++at) {
    if (at->entry.lock() != entry) continue;
    indexes_.splice(indexes_.begin(), indexes_, at);
    return at->index;
  }
  auto read = quote::index_rows(endpoint, entry->fragment.text);
  if (!read) return nullptr;
  auto index = std::make_shared<const quote::RowIndex>(std::move(*read));
  if (!index->rows.empty()) {
    const auto bytes = index->rows.back().end - index->rows.front().begin;
    touch(series).row_bytes = bytes / index->rows.size() + 1;
  }
  if (indexes_.size() >= options_.most_indexes) indexes_.pop_back();
  indexes_.push_front({entry, index});
  return index;
}

PageBook::Series& PageBook::touch(const std::string& name) {
  const auto [found, is_new] = series_.try_emplace(name);
  auto& series = found->second;
  if (is_new) {
    order_.push_front(name);
    series.place = order_.begin();
  } else {
    order_.splice(order_.begin(), order_, series.place);
  }
  if (series_.size() > options_.most_series) {
    series_.erase(order_.back());
    order_.pop_back();
  }
  return series;
}

}  // namespace quotecached::proxy
