// Any bytes as the answer of /quotes: nothing crashes, and what is read holds together.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "src/quotes_json.hpp"

namespace {

const std::string kDocument =
    R"({"quotes":[{"id":1,"symbol":"BTC","name":"Bitcoin","slug":"bitcoin","convert":"USD","price":6.7e4,)"
    R"("cmc_rank":null,"tags":["a"],"last_updated":null,"fetched_at":"2026-11-29T10:00:41.120Z",)"
    R"("age":12.3,"stale":false}],"missing":[{"asked":"NOPE","by":"symbol"}],)"
    R"("ambiguous":[{"asked":"X","by":"symbol","candidates":[{"id":7,"name":null,"slug":"x","rank":1}]}],)"
    R"("unavailable":[{"asked":"1","by":"id","code":"timeout"}],"next":null})";

void check(std::string text) {
  const std::string before = text;
  const auto quotes = quotecache::read_quotes(text);
  if (text != before) std::abort();
  if (!quotes) return;
  for (const auto& row : quotes->rows) {
    if (row.figure("price") != &row.price || row.age.count() < 0) std::abort();
    (void)quotes->find(quotecache::Asset::id(row.id), row.convert);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({reinterpret_cast<const char*>(data), size});
  if (size < 3) return 0;
  std::string text = kDocument;
  const std::size_t at = (data[0] * 256U + data[1]) % text.size();
  check(text.replace(at, data[2], reinterpret_cast<const char*>(data) + 3, size - 3));
  return 0;
}
