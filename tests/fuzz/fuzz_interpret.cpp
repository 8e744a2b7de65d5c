// Any bytes as an answer of the provider: reading them ends well, no charge is negative or absurd,
// an answer that is cut short or reports an error is never good.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "provider/coinmarketcap.hpp"
#include "quote/cut.hpp"

using namespace quotecached;

namespace {

void expect(bool claim) {
  if (!claim) std::abort();
}

provider::Reading read(unsigned http_status, std::string body, provider::Asker asker) {
  static const provider::CoinMarketCap dialect;
  upstream::Response answer;
  answer.http_status = http_status;
  answer.content_type = "application/json";
  answer.body = std::move(body);
  const auto size = answer.body.size();
  auto reading = dialect.interpret(answer, asker);
  expect(answer.body.size() == size);
  return reading;
}

void check(const provider::Reading& reading) {
  expect(reading.charge.credits.count >= 0 && reading.charge.credits.count <= 1'000'000);
  expect(!(reading.charge.is_told && reading.charge.may_be_billed));
  if (reading.verdict == provider::Verdict::Ok) expect(reading.error_code == 0 && !reading.closes);
  expect(!(reading.closes && reading.accepts_key));
}

// An answer whose head is good and whose data can be cut is good as a whole, at the same charge.
void check_head(const std::string& body, const provider::Reading& whole) {
  static const provider::CoinMarketCap dialect;
  static const catalog::Endpoint endpoint;
  const std::vector<std::string> assets{"1"};
  const std::vector<std::string> converts{"-"};
  upstream::Response answer;
  answer.http_status = 200;
  answer.body = body;
  const auto head = dialect.interpret_head(answer);
  if (!head) return;
  check(*head);
  expect(head->verdict == provider::Verdict::Ok && head->has_status);
  const quote::Wanted wanted{catalog::KeyKind::Id, assets, converts, false};
  if (!quote::cut(endpoint, wanted, body)) return;
  expect(whole.verdict == provider::Verdict::Ok && whole.has_status);
  expect(whole.charge.credits == head->charge.credits);
  expect(whole.charge.is_told == head->charge.is_told);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const unsigned http_status : {200U, 400U, 401U, 402U, 403U, 429U, 500U, 504U}) {
    for (const auto asker :
         {provider::Asker::Daemon, provider::Asker::Client, provider::Asker::Probe})
      check(read(http_status, text, asker));
  }
  check_head(text, read(200, text, provider::Asker::Daemon));
  const auto whole = R"({"status":{"error_code":0,"credit_count":1},"data":)" + text + "}";
  const auto reading = read(200, whole, provider::Asker::Daemon);
  check(reading);
  check_head(whole, reading);
  if (reading.verdict != provider::Verdict::Ok) return 0;
  const auto cut = whole.substr(0, whole.size() - 1);
  expect(read(200, cut, provider::Asker::Daemon).verdict != provider::Verdict::Ok);
  return 0;
}
