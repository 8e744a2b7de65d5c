#include "usage/report_reader.hpp"

#include <optional>
#include <utility>
#include <variant>

#include "usage/alerts_page.hpp"
#include "usage/calls_page.hpp"
#include "usage/report.hpp"
#include "usage/report_json.hpp"

namespace quotecached::usage {
namespace {

// What a question is answered with beside the database.
struct Circumstances {
  ledger::Price price;
  ReportPeriod period;
  std::optional<ProviderWindow> counted;
  std::string account;
};

// Reads the answer to a question. Blocks; throws SQLite::Exception.
struct Read {
  store::Reader& reader;
  const Circumstances& with;

  std::string operator()(const ReportQuery& query) const {
    auto report = read_report(reader, query.by, with.period);
    if (with.counted) report.provider = read_provider_count(reader, *with.counted, with.account);
    return to_json(report, with.price);
  }
  std::string operator()(const PageQuery& query) const {
    return query.of == PageQuery::Of::Calls ? read_calls_page(reader, query)
                                            : read_alerts_page(reader, query);
  }
};

}  // namespace

ReportReader::ReportReader(std::shared_ptr<store::ReaderPool> readers,
                           io::OffloadPool& pool,
                           Options options,
                           const Clock& clock)
    : readers_(std::move(readers)), pool_(pool), options_(std::move(options)), clock_(clock) {}

asio::awaitable<Result<std::string>> ReportReader::answer(Question question, AccountFacts account) {
  Circumstances with{options_.price, {}, {}, account.account};
  if (const auto* query = std::get_if<ReportQuery>(&question)) {
    const TimePoint now = clock_.now();
    auto period = period_of(*query, {now, options_.keep_days, account.anchor});
    if (!period) co_return std::move(period).failure();
    with.period = *period;
    with.counted = window_counted(*period, account, now);
  }
  auto work = [readers = readers_, question, with = std::move(with)] {
    return readers->read(
        [&](store::Reader& reader) { return std::visit(Read{reader, with}, question); });
  };
  co_return co_await io::offload(pool_, std::move(work), options_.time_limit);
}

}  // namespace quotecached::usage
