// Any bytes as a whole answer: nothing crashes, what is taken is well-formed JSON whose facts agree
// with it, an answer never contradicts itself, and pages that are cut out of it are as well formed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "catalog/catalogue.hpp"
#include "catalog/request.hpp"
#include "quote/check_whole.hpp"
#include "quote/rows.hpp"
#include "quote/whole.hpp"

namespace {

using namespace quotecached;

void expect(bool claim) {
  if (!claim) std::abort();
}

// The parser refuses two things that are JSON all the same: numbers beyond a machine word, and
// halves of surrogate pairs.
bool is_json(std::string_view text) {
  simdjson::dom::parser parser;
  const auto error = parser.parse(simdjson::padded_string(text)).error();
  return error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR ||
         error == simdjson::STRING_ERROR;
}

void check_facts(const catalog::WholeAsk& ask, const quote::WholeFacts& facts) {
  using Type = quote::WholeFacts::Type;
  if (facts.type == Type::Scalar) expect(facts.members == 0 && facts.rows == 0);
  if (facts.type == Type::Array) expect(facts.members == facts.rows);
  expect(facts.lacking <= facts.quoted);
  if (ask.kind == catalog::KeyKind::None) expect(facts.stranger.empty());
  expect(quote::is_empty(facts) == (facts.members == 0));
}

// What was taken has rows where it is a list, and any of them can be cut out.
void check_rows(const catalog::Endpoint& endpoint, const quote::Whole& answer) {
  const auto& whole = answer.fragment;
  const auto index = quote::index_rows(endpoint, whole.text);
  expect(index.has_value() == (answer.facts.type == quote::WholeFacts::Type::Array));
  if (!index) return;
  expect(index->rows.size() == answer.facts.rows);
  expect(index->total == answer.facts.total);
  expect(whole.text.substr(index->begin, index->end - index->begin) == answer.data);
  const auto count = index->rows.size();
  if (count > 0) expect(quote::cut_page(whole, *index, {0, count}).fragment == whole);
  for (const auto& range :
       {quote::RowRange{0, 0}, {0, count / 2}, {count / 2, count - count / 2}}) {
    const auto page = quote::cut_page(whole, *index, range).fragment;
    const auto again = quote::whole(endpoint, page.text);
    expect(again.has_value() && again->fragment == page && again->facts.rows == range.count);
  }
}

void check(std::string_view target, std::string_view body) {
  catalog::Request request;
  expect(!catalog::parse_target(catalog::Catalogue::built_in(), target, request));
  auto ask = catalog::read_whole_ask(*request.endpoint, request.query);
  ask.converts.assign(request.converts.begin(), request.converts.end());
  ask.converts_are_ids = request.converts_are_ids;
  const auto answer = quote::whole(*request.endpoint, body, ask);
  if (!answer) return;
  expect(is_json(body));
  check_facts(ask, answer->facts);
  check_rows(*request.endpoint, *answer);
  (void)quote::objection_to(*request.endpoint, ask, answer->facts);
  (void)quote::contradiction_in(ask, answer->facts);
  // An id that stands there twice, with a price and without, is no copy to be held against
  // anything.
  (void)quote::contradiction_of(answer->facts, answer->facts);
  const auto nothing = quote::contradiction_of(quote::WholeFacts{}, answer->facts);
  expect(nothing.empty() == quote::is_empty(answer->facts));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  // As it is, and as the data of an answer: most bytes are no envelope.
  const std::string answer = R"({"status":{"total_count":9},"data":)" + std::string(text) + "}";
  for (const std::string_view body : {text, std::string_view(answer)}) {
    check("/v1/cryptocurrency/listings/latest?convert=USD,EUR", body);
    check("/v3/cryptocurrency/listings/latest?limit=2", body);
    check("/v1/cryptocurrency/listings/latest?convert_id=2781", body);
    check("/v2/cryptocurrency/ohlcv/latest?id=1,2", body);
    check("/v2/cryptocurrency/quotes/historical?symbol=BTC,A", body);
    check("/v1/exchange/info?slug=bitcoin,a", body);
    check("/v1/dex/search?q=x", body);
  }
  return 0;
}
