#include "http/output_book.hpp"

#include <doctest/doctest.h>

#include "http/output.hpp"

using namespace quotecached;
using namespace quotecached::http;
using namespace std::chrono_literals;

namespace {

using Ids = std::vector<OutputBook::Id>;

constexpr OutputBook::Time kStart{std::chrono::hours(1)};

const int kBodies[8] = {};  // things with an address

OutputBook::Held body(std::size_t which, std::size_t bytes) { return {&kBodies[which], bytes}; }

}  // namespace

TEST_SUITE("http::OutputBook") {
  TEST_CASE("counts what several hold once, until the last lets go") {
    OutputBook book;
    book.set(1, {body(0, 100), body(1, 10)}, kStart);
    book.set(2, {body(0, 100), body(0, 100)}, kStart);
    CHECK(book.bytes() == 110);
    book.remove(1);
    CHECK(book.bytes() == 100);
    book.set(2, {body(0, 100), body(2, 5)}, kStart);
    CHECK(book.bytes() == 105);
    book.remove(2);
    book.remove(2);
    CHECK(book.bytes() == 0);
  }

  TEST_CASE("a piece that grows is counted as it is now") {
    OutputBook book;
    book.set(1, {body(0, 100)}, kStart);
    book.set(1, {body(0, 5000)}, kStart);
    CHECK(book.bytes() == 5000);
    book.set(1, {body(0, 50)}, kStart);
    CHECK(book.bytes() == 50);
  }

  TEST_CASE("cuts off who took least in its time, and no more than it must") {
    struct Reader {
      std::size_t bytes;
      std::size_t taken;
      std::chrono::milliseconds waited;
    };
    struct Row {
      const char* name;
      std::vector<Reader> readers;  // with ids from 1
      std::size_t most;
      Ids gone;
    };
    const Row rows[] = {
        {"nobody", {}, 0, {}},
        {"just fits", {{100, 0, 5s}}, 100, {}},
        {"one byte too much", {{100, 0, 5s}}, 99, {1}},
        {"slowest first", {{10, 500, 5s}, {10, 400, 5s}, {10, 600, 5s}}, 10, {2, 1}},
        {"by rate, not by amount", {{10, 500, 50s}, {10, 100, 2s}}, 10, {1}},
        {"longest first among those that took nothing",
         {{10, 0, 2s}, {10, 0, 3s}, {10, 0, 1s}},
         10,
         {2, 1}},
        {"new ones last", {{10, 0, 999ms}, {10, 900, 1s}}, 10, {2}},
        {"new ones too when it must be", {{10, 0, 0ms}, {10, 0, 1ms}}, 10, {2}},
        {"all", {{10, 9, 5s}, {10, 8, 5s}}, 0, {2, 1}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto now = kStart + 60s;
      OutputBook book;
      OutputBook::Id id = 0;
      for (const auto& reader : row.readers) {
        ++id;
        book.set(id, {body(id, reader.bytes)}, now - reader.waited);
        book.took(id, reader.taken);
      }
      CHECK(book.cut(row.most, now) == row.gone);
      CHECK(book.bytes() <= row.most);
      CHECK(book.cut(row.most, now).empty());
    }
  }

  TEST_CASE("goes on while what is cut off is shared with others") {
    OutputBook book;
    book.set(1, {body(0, 100)}, kStart);
    book.set(2, {body(0, 100)}, kStart + 1s);
    book.set(3, {body(1, 50)}, kStart + 2s);
    CHECK(book.cut(149, kStart + 60s) == Ids{1, 2});
    CHECK(book.bytes() == 50);
  }

  TEST_CASE("keeps since when a reader waits when it holds something else") {
    OutputBook book;
    book.set(1, {body(0, 10)}, kStart);
    book.set(2, {body(1, 10)}, kStart + 1s);
    book.set(1, {body(2, 10)}, kStart + 2s);
    CHECK(book.cut(10, kStart + 60s) == Ids{1});
    book.took(7, 1);  // unknown: cut off meanwhile
  }
}

TEST_SUITE("http::Output") {
  TEST_CASE("names the entries that it holds, and what is its own") {
    auto entry = std::make_shared<cache::Entry>();
    entry->fragment.text = std::string(100'000, 'a');
    proxy::Answer answer;
    answer.owners = {entry, nullptr, entry};
    answer.pieces = {entry->fragment.text, entry->fragment.text};
    Output output;
    output.text() = "head";
    output.text_done();
    CHECK(output.held().size() == 1);
    output.add_body(answer);
    CHECK(output.measure().first == 1);
    OutputBook book;
    book.set(1, output.held(), {});
    CHECK(book.bytes() >= 100'000);
    CHECK(book.bytes() < 102'000);
  }
}
