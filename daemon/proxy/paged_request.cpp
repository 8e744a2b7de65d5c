#include "proxy/paged_request.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/hash.hpp"
#include "catalog/whole_ask.hpp"

namespace quotecached::proxy {
namespace {

using catalog::Page;

// Bytes of a row that was never seen, rather too many: of the row itself, and of each quote.
constexpr std::uint64_t kRowGuess = 640;
constexpr std::uint64_t kQuoteGuess = 640;

std::uint64_t row_guess(const catalog::Request& request) {
  const bool has_quotes = request.endpoint->quote_shape != catalog::QuoteShape::None;
  return kRowGuess + (has_quotes ? request.converts.size() * kQuoteGuess : 0);
}

// Is it the page that the provider, or the plan, does not like? What is wrong with another
// parameter is so for any page.
bool is_refusal(const calling::FailurePtr& failure) {
  if (!failure || (failure->http_status != 400 && failure->http_status != 403)) return false;
  const std::string_view says = failure->message;
  const auto names = [says](std::string_view text) { return says.find(text) != says.npos; };
  return !names("\"") || names("\"limit\"") || names("\"start\"");
}

// What the provider said of the wider page contradicts itself. It may be right about the page.
bool is_disbelief(const calling::FailurePtr& failure) { return failure && failure->is_of_asset; }

}  // namespace

PagedRequest::PagedRequest(const catalog::Request& request, const Page& page, PageBook& book)
    : request_(request),
      book_(book),
      asked_(page),
      series_(catalog::series_of(request)),
      series_name_(request.endpoint->name + '?' + series_),
      is_narrowed_(catalog::read_whole_ask(*request.endpoint, series_).is_narrowed) {
  catalog::append_whole_key(own_key_, request);
}

std::optional<PagedRequest> PagedRequest::of(const catalog::Request& request,
                                             PageBook& book,
                                             PageBook::Time now) {
  const auto page = catalog::page_of(request);
  if (!page) return std::nullopt;
  PagedRequest paged(request, *page, book);
  auto pages = catalog::wider_pages(*request.endpoint, *page);
  const auto wanted = book.page_for(paged.series_name_, *page, pages, row_guess(request), now);
  paged.is_full_ = pages.empty();
  const auto add = [&pages, &page](const std::vector<catalog::Page>& others) {
    for (const auto& one : others) {
      if (one != *page && std::ranges::count(pages, one) == 0) pages.push_back(one);
    }
  };
  add(catalog::pages_to_the_end(*request.endpoint, *page));
  add(book.pages_around(paged.series_name_, *page));
  for (const auto& one : pages) {
    if (one == wanted) paged.chosen_ = paged.sources_.size();
    paged.sources_.push_back({paged.key_of(one), one});
  }
  return paged;
}

std::string PagedRequest::key_of(const Page& page) const {
  std::string key;
  const auto& endpoint = *request_.endpoint;
  catalog::append_query_key(key, endpoint, catalog::query_for(endpoint, series_, page));
  return key;
}

cache::EntryPtr PagedRequest::cut(std::size_t at, const cache::EntryPtr& answer, bool is_fresh) {
  auto& source = sources_[at];
  const auto index = book_.index_of(series_name_, *request_.endpoint, answer);
  const auto rows = index ? quote::rows_of(asked_, source.page, *index, is_narrowed_)
                          : std::optional<quote::RowRange>();
  if (!rows) {
    source.is_lacking = source.is_lacking || is_fresh;
    return nullptr;
  }
  ++book_.counters().cut;
  auto page = quote::cut_page(answer->fragment, *index, *rows);
  auto entry = std::make_shared<cache::Entry>();
  entry->fragment = std::move(page.fragment);
  entry->fetched_at = answer->fetched_at;
  entry->fresh_until = answer->fresh_until;
  entry->stale_until = answer->stale_until;
  const std::string_view text = entry->fragment.text;
  entry->content_hash = hash64(text.substr(page.data_begin, page.data_end - page.data_begin));
  return entry;
}

bool PagedRequest::is_widened() const noexcept { return chosen_ && !sources_[*chosen_].is_lacking; }

const std::string& PagedRequest::key() const noexcept {
  return is_widened() ? sources_[*chosen_].key : own_key_;
}

refill::LanePtr PagedRequest::lane() const {
  const auto own = refill::whole_lane(request_);
  if (!is_widened()) return own;
  auto parts = own->parts();
  const auto& page = sources_[*chosen_].page;
  parts.query = catalog::query_for(*request_.endpoint, series_, page);
  parts.items = page.limit;
  return std::make_shared<const refill::Lane>(std::move(parts));
}

void PagedRequest::take(const refill::Pending& fetched,
                        bool has_copy,
                        refill::Pending& page,
                        PageBook::Time now) {
  page.failure = fetched.failure;
  page.headers = fetched.headers;
  page.is_from_neighbour = fetched.is_from_neighbour;
  page.entry = fetched.entry;
  if (!is_widened()) {
    if (fetched.entry && is_full_) book_.note_page(series_name_, asked_);
    return;
  }
  auto& source = sources_[*chosen_];
  if (fetched.entry) {
    book_.note_page(series_name_, source.page);
    page.entry = cut(*chosen_, fetched.entry, true);
  } else if (is_refusal(fetched.failure)) {
    book_.note_refusal(series_name_, now);
    source.is_lacking = true;
  } else if (!has_copy && is_disbelief(fetched.failure)) {
    source.is_lacking = true;
  }
}

}  // namespace quotecached::proxy
