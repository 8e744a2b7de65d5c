// What `quotecache watch` shows of what it is told.
#include <algorithm>

#include <doctest/doctest.h>

#include "cli/screen.hpp"
#include "cli/text.hpp"
#include "cli/watch_board.hpp"
#include "cli/watch_lines.hpp"
#include "client/quotes.hpp"

namespace quotecache::cli::test {
namespace {

using quotecache::test::bitcoin;
using quotecache::test::pepe;
using quotecache::test::quote_of;
using std::chrono::seconds;

const WatchBoard::Time kStart{seconds(1'000)};
const Look kScreen{80, true, false};

Ask ask_of(std::vector<Asset> assets, std::vector<std::string> converts = {"USD"}) {
  Ask ask;
  ask.assets = std::move(assets);
  ask.converts = std::move(converts);
  return ask;
}

WatchBoard board_of_two() {
  WatchBoard board(ask_of({Asset::slug("bitcoin"), Asset::symbol("PEPE")}));
  board.put_state({}, kStart);
  board.put(pepe(), kStart);
  board.put(bitcoin(), kStart);
  return board;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

}  // namespace

TEST_SUITE("client::watch") {
  TEST_CASE("rows stand in the order asked, and grow older") {
    const auto board = board_of_two();
    CHECK("\n" + joined(board.screen(kScreen, 24, kStart + seconds(10))) == R"(
quotecache watch: connected

  SYMBOL  PRICE USD   AGE  STALE  NAME
  BTC      67000.10  22 s  no     Bitcoin
  PEPE         7e-8  22 s  no     Pepe
)");
  }

  TEST_CASE("what changed has a sign for a while") {
    auto board = board_of_two();
    board.put(bitcoin("67000.20"), kStart + seconds(1));
    auto stale = pepe();
    stale.is_stale = true;
    board.put(stale, kStart + seconds(1));
    auto table = board.table(kScreen, kStart + seconds(5));
    CHECK(table.find("\n+  BTC      67000.20") != std::string::npos);
    CHECK(table.find("\n*  PEPE         7e-8") != std::string::npos);
    board.put(bitcoin("66000"), kStart + seconds(2));
    CHECK(board.table(kScreen, kStart + seconds(6)).find("\n-  BTC ") != std::string::npos);
    CHECK(board.table(kScreen, kStart + seconds(6)).find("\n   PEPE") != std::string::npos);
    table = board.table(kScreen, kStart + seconds(8));
    CHECK(table.find("-  BTC") == std::string::npos);
    CHECK(table.find('\x1b') == std::string::npos);
    const Look coloured{80, true, true};
    CHECK(board.table(coloured, kStart + seconds(3)).find("\x1b[31m-\x1b[0m") != std::string::npos);
  }

  TEST_CASE("with several currencies each row tells its own") {
    WatchBoard board(ask_of({Asset::id(1)}, {"eur", "USD"}));
    board.put(bitcoin(), kStart);
    board.put(quote_of(1, "BTC", "Bitcoin", "bitcoin", "60000", "EUR"), kStart);
    const auto table = board.table({30, true, false}, kStart);
    CHECK(table.find("EUR     60000") < table.find("USD  67000.10"));
  }

  TEST_CASE("every line fits the terminal, and a price that does not says so") {
    auto board = board_of_two();
    board.put(quote_of(5, "SHIB", "S", "s", "0.0000000000000000000000123456789012345"), kStart);
    board.put_lists({{"A-VERY-LONG-NAME-OF-NOTHING", Asset::By::Symbol}}, {});
    for (std::size_t width = 20; width < 130; ++width) {
      for (const auto& line : board.screen({width, true, false}, 24, kStart))
        CHECK_MESSAGE(columns_of(line) <= width, width, ": ", line);
    }
    CHECK(board.table({24, true, false}, kStart).find("0.000…") == std::string::npos);
    CHECK(board.table({24, true, false}, kStart).find("…") != std::string::npos);
    CHECK(board.screen({8, true, false}, 24, kStart).front() == "too small: widen this terminal");
    CHECK(board.screen(kScreen, 3, kStart).front() == "too small: make this terminal higher");
  }

  TEST_CASE("more rows than lines are counted") {
    WatchBoard board(ask_of({Asset::id(1)}));
    for (int id = 1; id <= 50; ++id) board.put(quote_of(id, "C", "Coin", "coin", "1"), kStart);
    board.put_lists({{"NOPE", Asset::By::Symbol}}, {});
    for (std::size_t height = 4; height < 70; ++height)
      CHECK(board.screen(kScreen, height, kStart).size() <= height);
    CHECK(board.screen(kScreen, 5, kStart)[3].find("Coin") != std::string::npos);
    const auto lines = board.screen(kScreen, 10, kStart);
    CHECK(lines[8] == "and 45 more: make this terminal higher");
    CHECK(lines[9].starts_with("there is no asset with the symbol NOPE"));
  }

  TEST_CASE("as long as there is nothing to show, it says what is awaited") {
    WatchBoard board(ask_of({Asset::id(1)}));
    CHECK(board.screen(kScreen, 24, kStart).front() == "quotecache watch: connecting");
    board.put_state({}, kStart);
    CHECK(board.screen(kScreen, 24, kStart).front() ==
          "quotecache watch: connected, the first price is awaited");
    board.put(bitcoin(), kStart);
    CHECK(board.screen(kScreen, 24, kStart).front() == "quotecache watch: connected");
  }

  TEST_CASE("a lost connection is told until it is back") {
    auto board = board_of_two();
    board.put_state({StreamState::Kind::Waiting,
                     {ErrorCode::Unavailable, "the daemon ended the stream"},
                     std::chrono::milliseconds(8'000)},
                    kStart);
    CHECK(board.screen(kScreen, 24, kStart + seconds(3)).front() ==
          "quotecache watch: reconnecting in 5 s: the daemon ended the stream");
    board.put_state({}, kStart + seconds(9));
    CHECK(board.screen(kScreen, 24, kStart + seconds(9)).front() == "quotecache watch: connected");
  }

  TEST_CASE("it is hopeless only when nothing that was asked for is there") {
    WatchBoard board(ask_of({Asset::symbol("NOPE"), Asset::symbol("XYZ"), Asset::symbol("XYZ")}));
    CHECK_FALSE(board.is_hopeless());
    board.put_lists({{"NOPE", Asset::By::Symbol}}, {});
    CHECK_FALSE(board.is_hopeless());
    board.put_lists({{"NOPE", Asset::By::Symbol}}, {{"XYZ", Asset::By::Symbol, {}}});
    CHECK(board.is_hopeless());
  }

  TEST_CASE("a currency that the provider refuses is hopeless, what is only dear is not") {
    WatchBoard board(ask_of({Asset::symbol("BTC"), Asset::symbol("NOPE")}, {"USD", "XXX"}));
    board.put_lists({{"NOPE", Asset::By::Symbol}}, {});
    board.put_unavailable({{"BTC", Asset::By::Symbol, ErrorCode::BudgetExhausted}});
    CHECK_FALSE(board.is_hopeless());
    CHECK_FALSE(board.is_refused());
    CHECK(board.lacks(kScreen).size() == 2);
    CHECK(board.screen(kScreen, 24, kStart).back() ==
          "the symbol BTC cannot be had now: budget exhausted; 'quotecache credits' may te…");
    board.put_unavailable({{"BTC", Asset::By::Symbol, ErrorCode::Invalid}});
    CHECK(board.is_hopeless());
    CHECK(board.is_refused());
    CHECK(board.lacks(kScreen).back() ==
          "quotecache: the symbol BTC cannot be had: the provider refuses it in this currency; see "
          "--convert");
    board.put(bitcoin(), kStart);
    CHECK_FALSE(board.is_hopeless());
    board.put_unavailable({});
    CHECK(board.lacks(kScreen).size() == 1);
  }

  TEST_CASE("a row that is gone is shown no more") {
    auto board = board_of_two();
    board.remove({1, "USD"});
    CHECK(board.find(1, "USD") == nullptr);
    CHECK(board.table(kScreen, kStart).find("BTC") == std::string::npos);
  }

  TEST_CASE("lines: plain, CSV below a header, an object each") {
    auto ask = ask_of({Asset::id(1)});
    ask.fields = {"market_cap"};
    auto quote = bitcoin();
    quote.figures = {{"market_cap", {"12.50", 12.5}}};
    quote.is_stale = true;
    WatchLines plain(Format::Table, ask, kScreen);
    CHECK(plain.quote(quote) == "2026-11-29T10:00:41Z BTC USD 67000.10 market_cap=12.50 stale\n");
    CHECK(plain.gone(quote) == "2026-11-29T10:00:41Z BTC USD gone\n");
    WatchLines csv(Format::Csv, ask, kScreen);
    CHECK(csv.quote(quote) ==
          "id,symbol,name,slug,convert,price,market_cap,last_updated,fetched_at,stale,gone\r\n"
          "1,BTC,Bitcoin,bitcoin,USD,67000.10,12.50,2026-11-29T10:00:00.000Z,"
          "2026-11-29T10:00:41.120Z,true,false\r\n");
    CHECK(csv.gone(quote) ==
          "1,BTC,Bitcoin,bitcoin,USD,,,2026-11-29T10:00:00.000Z,2026-11-29T10:00:41.120Z,"
          "true,true\r\n");
    WatchLines json(Format::Json, ask, kScreen);
    CHECK(json.quote(quote) ==
          R"({"id":1,"symbol":"BTC","name":"Bitcoin","slug":"bitcoin","convert":"USD",)"
          R"("price":67000.10,"market_cap":12.50,"last_updated":"2026-11-29T10:00:00.000Z",)"
          R"("fetched_at":"2026-11-29T10:00:41.120Z","stale":true})"
          "\n");
    CHECK(json.gone(quote) == "{\"id\":1,\"convert\":\"USD\",\"gone\":true}\n");
  }

  TEST_CASE("a currency is quoted as every other text of a row is") {
    auto quote = bitcoin();
    quote.convert = "=\"A\"";
    WatchLines json(Format::Json, ask_of({Asset::id(1)}), kScreen);
    CHECK(json.gone(quote) == "{\"id\":1,\"convert\":\"=\\\"A\\\"\",\"gone\":true}\n");
    WatchLines csv(Format::Csv, ask_of({Asset::id(1)}), kScreen);
    CHECK(csv.gone(quote).find(R"(,"'=""A""",)") != std::string::npos);
  }

  TEST_CASE("a line is one line, and on a terminal it moves no cursor") {
    auto quote = bitcoin();
    quote.name = "a\x1b[2J";
    quote.figures = {{"tags", {"[1,\r\n2]", 0}}};
    WatchLines json(Format::Json, ask_of({Asset::id(1)}), kScreen);
    const auto object = json.quote(quote);
    CHECK(object.find("\"tags\":[1,  2]") != std::string::npos);
    CHECK(std::count(object.begin(), object.end(), '\n') == 1);
    Look terminal = kScreen;
    terminal.is_terminal = true;
    quote.figures = {{"tags", {"[\"\u009b\"]", 0}}};
    CHECK(WatchLines(Format::Json, ask_of({Asset::id(1)}), terminal)
              .quote(quote)
              .find("\"tags\":[\"\\u009b\"]") != std::string::npos);
    CHECK(json.quote(quote).find("[\"\u009b\"]") != std::string::npos);
    WatchLines csv(Format::Csv, ask_of({Asset::id(1)}), terminal);
    quote.figures.clear();
    const auto lines = csv.quote(quote);
    CHECK(lines.find(",a?[2J,") != std::string::npos);
    CHECK(std::count(lines.begin(), lines.end(), '\r') == 2);
    WatchLines plain(Format::Table, ask_of({Asset::id(1)}), terminal);
    quote.symbol = "B\x1b";
    CHECK(plain.quote(quote) == "2026-11-29T10:00:41Z B? USD 67000.10\n");
  }

  TEST_CASE("a screen is drawn over, and left as it was found") {
    CHECK(draw_screen({"a", "b"}) == "\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
    CHECK(enter_screen().find("\x1b[?25l") != std::string::npos);
    CHECK(leave_screen().find("\x1b[?25h") != std::string::npos);
  }
}

}  // namespace quotecache::cli::test
