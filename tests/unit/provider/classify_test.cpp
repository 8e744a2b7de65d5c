#include <vector>

#include <doctest/doctest.h>

#include "provider/cmc_status.hpp"

using namespace quotecached;
using provider::Verdict;
using provider::cmc::Shape;

namespace doctest {
template <>
struct StringMaker<Verdict> {
  static String convert(Verdict v) { return std::string(provider::to_string(v)).c_str(); }
};
}  // namespace doctest

namespace {

struct Row {
  unsigned http_status;
  bool has_status;
  std::int64_t error_code;
  Verdict verdict;
};

const std::vector<Row> kRows = {
    {200, true, 0, Verdict::Ok},
    {201, true, 0, Verdict::Ok},
    {200, false, 0, Verdict::ServerFailure},
    {200, true, -1, Verdict::ServerFailure},
    {200, true, 399, Verdict::ServerFailure},
    {200, true, 400, Verdict::BadRequest},
    {200, true, 499, Verdict::BadRequest},
    {200, true, 500, Verdict::ServerFailure},
    {200, true, 1000, Verdict::ServerFailure},
    {200, true, 1001, Verdict::KeyRefused},
    {200, true, 1006, Verdict::BadRequest},
    {200, true, 1008, Verdict::MinuteLimit},
    {200, true, 1011, Verdict::IpLimit},
    {200, true, 1012, Verdict::ServerFailure},
    {200, true, 4001, Verdict::BadRequest},
    {301, false, 0, Verdict::ServerFailure},
    {302, true, 0, Verdict::ServerFailure},
    {304, false, 0, Verdict::ServerFailure},
    {400, true, 400, Verdict::BadRequest},
    {400, true, 4001, Verdict::BadRequest},
    {400, true, 4002, Verdict::BadRequest},
    {400, false, 0, Verdict::BadRequest},
    {401, true, 1001, Verdict::KeyRefused},
    {401, true, 1002, Verdict::KeyRefused},
    {401, false, 0, Verdict::KeyRefused},
    {402, true, 1003, Verdict::KeyRefused},
    {402, true, 1004, Verdict::KeyRefused},
    {402, false, 0, Verdict::KeyRefused},
    {403, true, 1005, Verdict::KeyRefused},
    {403, true, 1006, Verdict::BadRequest},
    {403, true, 1007, Verdict::KeyRefused},
    {403, true, 403, Verdict::BadRequest},
    {403, false, 0, Verdict::ServerFailure},
    {404, true, 404, Verdict::BadRequest},
    {404, false, 0, Verdict::BadRequest},
    {408, true, 408, Verdict::ServerFailure},
    {414, false, 0, Verdict::BadRequest},
    {425, false, 0, Verdict::ServerFailure},
    {429, true, 1008, Verdict::MinuteLimit},
    {429, true, 1009, Verdict::DayLimit},
    {429, true, 1010, Verdict::MonthLimit},
    {429, true, 1011, Verdict::IpLimit},
    {429, true, 429, Verdict::MinuteLimit},
    {429, false, 0, Verdict::IpLimit},
    {499, false, 0, Verdict::BadRequest},
    {500, true, 500, Verdict::ServerFailure},
    {500, true, 1001, Verdict::KeyRefused},
    {500, false, 0, Verdict::ServerFailure},
    {502, false, 0, Verdict::ServerFailure},
    {503, true, 0, Verdict::ServerFailure},
    {0, false, 0, Verdict::ServerFailure},
};

provider::cmc::Status shaped(Shape shape, std::int64_t code = 0) {
  provider::cmc::Status status;
  status.shape = shape;
  status.error_code = code;
  return status;
}

}  // namespace

TEST_SUITE("provider::cmc::classify") {
  TEST_CASE("every HTTP status and error code has one meaning") {
    for (const auto& row : kRows) {
      CAPTURE(row.http_status);
      CAPTURE(row.has_status);
      CAPTURE(row.error_code);
      CHECK(provider::cmc::classify(row.http_status, row.has_status, row.error_code) ==
            row.verdict);
    }
  }

  TEST_CASE("a code without a status object is not believed") {
    CHECK(provider::cmc::classify(200, false, 1001) == Verdict::ServerFailure);
    CHECK(provider::cmc::classify(429, false, 1009) == Verdict::IpLimit);
  }
}

TEST_SUITE("provider::cmc::verdict_of") {
  TEST_CASE("a whole answer without a status object is good where its HTTP status is") {
    CHECK(verdict_of(200, shaped(Shape::NoStatus)) == Verdict::Ok);
    CHECK(verdict_of(404, shaped(Shape::NoStatus)) == Verdict::BadRequest);
    CHECK(verdict_of(500, shaped(Shape::NoStatus)) == Verdict::ServerFailure);
    CHECK(verdict_of(302, shaped(Shape::NoStatus)) == Verdict::ServerFailure);
  }
  TEST_CASE("a broken body is the server's failure, whatever the request") {
    CHECK(verdict_of(200, shaped(Shape::Broken)) == Verdict::ServerFailure);
    CHECK(verdict_of(404, shaped(Shape::Broken)) == Verdict::ServerFailure);
    CHECK(verdict_of(400, shaped(Shape::Broken)) == Verdict::ServerFailure);
    CHECK(verdict_of(503, shaped(Shape::Broken)) == Verdict::ServerFailure);
  }
  TEST_CASE("a refusal or a limit stands even with a broken body") {
    CHECK(verdict_of(401, shaped(Shape::Broken)) == Verdict::KeyRefused);
    CHECK(verdict_of(429, shaped(Shape::Broken)) == Verdict::IpLimit);
  }
  TEST_CASE("a status object decides as classify() does") {
    CHECK(verdict_of(200, shaped(Shape::Status)) == Verdict::Ok);
    CHECK(verdict_of(200, shaped(Shape::Status, 1010)) == Verdict::MonthLimit);
    CHECK(verdict_of(403, shaped(Shape::Status, 1006)) == Verdict::BadRequest);
  }
}

TEST_SUITE("provider::cmc closures") {
  TEST_CASE("error codes close what they are about") {
    struct Row {
      std::int64_t code;
      std::optional<ledger::Closure> closure;
    };
    const Row rows[] = {
        {0, {}},
        {400, {}},
        {500, {}},
        {1000, {}},
        {1001, ledger::Closure::Key},
        {1002, ledger::Closure::Key},
        {1003, ledger::Closure::Key},
        {1004, ledger::Closure::Key},
        {1005, ledger::Closure::Key},
        {1006, {}},
        {1007, ledger::Closure::Key},
        {1008, ledger::Closure::Minute},
        {1009, ledger::Closure::Day},
        {1010, ledger::Closure::Month},
        {1011, {}},
        {-1001, {}},
    };
    for (const Row& row : rows) {
      CAPTURE(row.code);
      CHECK(provider::cmc::closure_of(row.code) == row.closure);
    }
  }

  TEST_CASE("an answer without a code of its own closes what its HTTP status stands for") {
    struct Row {
      Verdict verdict;
      unsigned http_status;
      std::int64_t code;
      std::int64_t closes;
    };
    for (const auto& row : {Row{Verdict::KeyRefused, 401, 0, 1001},
                            Row{Verdict::KeyRefused, 401, 401, 1001},
                            Row{Verdict::KeyRefused, 402, 0, 1003},
                            Row{Verdict::KeyRefused, 401, 1002, 1002},
                            Row{Verdict::KeyRefused, 200, 401, 1001},
                            Row{Verdict::KeyRefused, 200, 402, 1003},
                            Row{Verdict::MinuteLimit, 429, 429, 1008},
                            Row{Verdict::MinuteLimit, 200, 429, 1008},
                            Row{Verdict::DayLimit, 429, 1009, 1009},
                            Row{Verdict::IpLimit, 429, 1011, 1011},
                            Row{Verdict::BadRequest, 403, 1006, 1006},
                            Row{Verdict::ServerFailure, 502, 0, 0},
                            Row{Verdict::Ok, 200, 0, 0}}) {
      CAPTURE(row.http_status);
      CAPTURE(row.code);
      CHECK(provider::cmc::closing_code(row.verdict, row.http_status, row.code) == row.closes);
    }
  }
}
