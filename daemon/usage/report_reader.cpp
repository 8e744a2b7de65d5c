#include "usage/report_reader.hpp"

#include <utility>

#include "usage/alerts_page.hpp"
#include "usage/calls_page.hpp"
#include "usage/report.hpp"
#include "usage/report_json.hpp"

namespace quotecached::usage {
namespace {

// Reads the answer to a question. Blocks; throws SQLite::Exception.
struct Read {
  store::Reader& reader;
  double price_per_credit;
  const ReportPeriod& period;

  std::string operator()(const ReportQuery& query) const {
    return to_json(read_report(reader, query.by, period), price_per_credit);
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
    : readers_(std::move(readers)), pool_(pool), options_(options), clock_(clock) {}

asio::awaitable<Result<std::string>> ReportReader::answer(Question question, AccountFacts account) {
  ReportPeriod period;
  if (const auto* query = std::get_if<ReportQuery>(&question)) {
    const PeriodFacts facts{clock_.now(), options_.keep_days, account.anchor};
    auto found = period_of(*query, facts);
    if (!found) co_return std::move(found).failure();
    period = *found;
  }
  auto work = [readers = readers_, question, period, options = options_] {
    return readers->read([&](store::Reader& reader) {
      const Read read{reader, options.price_per_credit, period};
      return std::visit(read, question);
    });
  };
  co_return co_await io::offload(pool_, std::move(work), options_.time_limit);
}

}  // namespace quotecached::usage
