#include "load/comparison.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <simdjson.h>

namespace quotecached::load {
namespace {

constexpr double kMoreWrong = 0.001;
constexpr double kSameRate = 0.001;  // reports tell rates to the thousandth
constexpr std::string_view kWrong = "wrong";

tl::unexpected<Error> no_report(std::string_view why) {
  return fail(ErrorCode::Invalid, fmt::format("is no report of quotecached bench: {}", why));
}

// A number that may be null, or left out.
std::optional<double> optional_number(simdjson::simdjson_result<simdjson::dom::element> element) {
  double number = 0;
  if (element.get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

Compared ratio_compared(std::string figure, double was, double is, double threshold) {
  return {std::move(figure), was, is, is > was * (1 + threshold)};
}

}  // namespace

Result<void> check_same_test(const Report& report, const Baseline& baseline) {
  const auto concurrency = static_cast<std::int64_t>(report.concurrency);
  if (baseline.scenario == to_string(report.scenario) && baseline.concurrency == concurrency &&
      std::abs(baseline.rate - report.rate) < kSameRate)
    return {};
  return fail(ErrorCode::Invalid,
              fmt::format("is of --scenario {} --concurrency {} --rate {:g}, which is another test",
                          baseline.scenario,
                          baseline.concurrency,
                          baseline.rate));
}

const std::vector<std::string>& compared_figures() {
  static const std::vector<std::string> kFigures{"cpu", "p50", "p99", std::string(kWrong)};
  return kFigures;
}

Result<Baseline> parse_baseline(std::string_view json) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(json);
  simdjson::dom::element root;
  if (const auto error = parser.parse(text).get(root)) return no_report(error_message(error));
  Baseline baseline;
  std::string_view scenario;
  if (root["scenario"].get(scenario) != simdjson::SUCCESS) return no_report("names no scenario");
  baseline.scenario = scenario;
  const auto options = root["options"];
  if (options["concurrency"].get(baseline.concurrency) != simdjson::SUCCESS)
    return no_report("does not say of how many connections");
  const auto rate = optional_number(options["rate"]);
  if (!rate) return no_report("names no rate");
  baseline.rate = *rate;
  const auto ratios = root["ratios"];
  baseline.ratios.cpu = optional_number(ratios["cpu"]);
  baseline.ratios.p50 = optional_number(ratios["p50"]);
  baseline.ratios.p99 = optional_number(ratios["p99"]);
  baseline.wrong_share = optional_number(root["daemon"]["wrong_share"]).value_or(0);
  return baseline;
}

std::string Compared::text() const {
  const auto verdict = is_worse ? "worse" : "as well";
  if (figure == kWrong)
    return fmt::format(
        "{}: {:.3f} % of requests, was {:.3f} %: {}", figure, 100 * is, 100 * was, verdict);
  const auto change = was > 0 ? 100 * (is / was - 1) : 0;
  return fmt::format(
      "{}: {:.3f} times the floor, was {:.3f} ({:+.1f} %): {}", figure, is, was, change, verdict);
}

Result<std::vector<Compared>> compare(const Report& report,
                                      const Baseline& baseline,
                                      double threshold,
                                      const std::vector<std::string>& figures) {
  auto alike = check_same_test(report, baseline);
  if (!alike) return std::move(alike).failure();
  const auto ratios = ratios_of(report.rounds);
  std::vector<Compared> compared;
  const auto wants = [&](std::string_view name) {
    return std::ranges::find(figures, name) != figures.end();
  };
  const auto add = [&](const char* name, std::optional<double> was, std::optional<double> is) {
    if (was && is && wants(name)) compared.push_back(ratio_compared(name, *was, *is, threshold));
  };
  add("cpu", baseline.ratios.cpu, ratios.cpu);
  add("p50", baseline.ratios.p50, ratios.p50);
  add("p99", baseline.ratios.p99, ratios.p99);
  const auto wrong = report.daemon().wrong_share();
  if (wants(kWrong))
    compared.push_back({std::string(kWrong),
                        baseline.wrong_share,
                        wrong,
                        wrong > baseline.wrong_share + kMoreWrong});
  if (compared.empty()) return fail(ErrorCode::Invalid, "has none of the figures to be compared");
  return compared;
}

}  // namespace quotecached::load
