#include "cli/watch_board.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "cli/figures.hpp"
#include "cli/get.hpp"
#include "cli/quote_rows.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

using std::chrono::milliseconds;

constexpr std::size_t kHighEnough = 8;  // lines of a terminal where rows leave room for notes

// How a row differs from before: its price first.
char sign_of_change(const Quote& before, const Quote& now) {
  if (now.price.value > before.price.value) return '+';
  if (now.price.value < before.price.value) return '-';
  return '*';
}

Tone tone_of_sign(char sign) {
  if (sign == '+') return Tone::Good;
  return sign == '-' ? Tone::Bad : Tone::Strong;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

WatchBoard::WatchBoard(Ask ask) : ask_(std::move(ask)) {}

WatchBoard::Place WatchBoard::place_of(const Quote& quote) const {
  const auto symbol = Asset::symbol(quote.symbol);
  const auto slug = Asset::slug(quote.slug);
  const auto asset = std::ranges::find_if(ask_.assets, [&](const Asset& one) {
    return one == symbol || one == slug || one == Asset::id(quote.id);
  });
  const auto convert = std::ranges::find_if(ask_.converts, [&quote](const std::string& one) {
    return Asset::symbol(one).text() == quote.convert;
  });
  return {asset - ask_.assets.begin(), convert - ask_.converts.begin()};
}

void WatchBoard::put(const Quote& quote, Time now) {
  const auto same = [&quote](const Row& row) {
    return row.quote.id == quote.id && row.quote.convert == quote.convert;
  };
  const auto found = std::ranges::find_if(rows_, same);
  if (found != rows_.end()) {
    found->sign = sign_of_change(found->quote, quote);
    found->changed_at = found->told_at = now;
    found->quote = quote;
    return;
  }
  const Place place = place_of(quote);
  const auto behind = std::ranges::upper_bound(rows_, place, {}, &Row::place);
  rows_.insert(behind, Row{quote, place, ' ', now, now});
}

void WatchBoard::remove(const Gone& gone) {
  std::erase_if(rows_, [&gone](const Row& row) {
    return row.quote.id == gone.id && row.quote.convert == gone.convert;
  });
}

void WatchBoard::put_lists(std::vector<Missing> missing, std::vector<Ambiguous> ambiguous) {
  missing_ = std::move(missing);
  ambiguous_ = std::move(ambiguous);
}

void WatchBoard::put_unavailable(std::vector<NotHad> unavailable) {
  unavailable_ = std::move(unavailable);
}

void WatchBoard::put_state(const StreamState& state, Time now) {
  was_connected_ = was_connected_ || state.kind == StreamState::Kind::Connected;
  state_ = state;
  state_at_ = now;
}

const Quote* WatchBoard::find(std::int64_t id, std::string_view convert) const noexcept {
  for (const auto& row : rows_)
    if (row.quote.id == id && row.quote.convert == convert) return &row.quote;
  return nullptr;
}

bool WatchBoard::is_hopeless() const noexcept {
  const std::set<Asset> asked(ask_.assets.begin(), ask_.assets.end());
  const auto refused = static_cast<std::size_t>(std::ranges::count_if(unavailable_, &is_refusal));
  return rows_.empty() && missing_.size() + ambiguous_.size() + refused >= asked.size();
}

bool WatchBoard::is_refused() const noexcept {
  return std::ranges::any_of(unavailable_, &is_refusal);
}

std::vector<std::string> WatchBoard::lacks(const Look& look) const {
  return lines_of(missing_lines(missing_, look) + ambiguous_lines(ambiguous_, look) +
                  unavailable_lines(unavailable_, look));
}

std::string WatchBoard::state_text(Time now) const {
  const bool is_told =
      !rows_.empty() || !missing_.empty() || !ambiguous_.empty() || !unavailable_.empty();
  if (state_.kind == StreamState::Kind::Connected)
    return is_told ? "connected" : "connected, the first price is awaited";
  if (!was_connected_) return "connecting";
  const auto waited = std::chrono::duration_cast<milliseconds>(now - state_at_);
  const auto left = std::max(milliseconds(0), state_.next_try - waited);
  return fmt::format("reconnecting in {}: {}", duration_text(left), state_.error.message);
}

std::string WatchBoard::table(const Look& look, Time now) const {
  if (rows_.empty()) return {};
  // Only an ask in one currency can do without a column for it. A price that is cut says so.
  const bool has_currency = ask_.converts.size() > 1;
  std::vector<Quote> first{rows_.front().quote};
  const auto fields = fields_of(first, ask_);
  std::vector<Column> columns{{"", Align::Left, 0}, {"SYMBOL", Align::Left, 0, 12}};
  if (has_currency) columns.push_back({"IN", Align::Left, 0});
  columns.push_back({has_currency ? "PRICE" : "PRICE " + clean(rows_.front().quote.convert, look),
                     Align::Right,
                     0,
                     40});
  for (const auto& name : fields) columns.push_back({clean(name, look), Align::Right, 1});
  columns.insert(
      columns.end(),
      {{"AGE", Align::Right, 2}, {"STALE", Align::Left, 3}, {"NAME", Align::Left, 4, 12}});
  Table table(std::move(columns));
  for (const auto& row : rows_) {
    const bool is_marked = row.sign != ' ' && now - row.changed_at < kMarkLasts;
    const Tone tone = is_marked ? tone_of_sign(row.sign) : Tone::Plain;
    const auto& quote = row.quote;
    std::vector<Cell> cells{{is_marked ? std::string(1, row.sign) : "", tone},
                            {clean(quote.symbol, look), is_marked ? Tone::Strong : Tone::Plain}};
    if (has_currency) cells.push_back({clean(quote.convert, look)});
    const auto price = quote.price.text.empty() ? "-" : clean(figure_text(quote.price), look);
    cells.push_back({price, tone});
    for (const auto& name : fields) {
      const Figure* const figure = quote.figure(name);
      const bool is_there = figure != nullptr && !figure->text.empty();
      cells.push_back({is_there ? clean(figure_text(*figure), look) : "-"});
    }
    const auto age = quote.age + std::chrono::duration_cast<milliseconds>(now - row.told_at);
    cells.push_back({duration_text(age)});
    cells.push_back({quote.is_stale ? "yes" : "no", quote.is_stale ? Tone::Warning : Tone::Plain});
    cells.push_back({clean(quote.name, look)});
    table.add_row(std::move(cells));
  }
  return table.render(look);
}

std::vector<std::string> WatchBoard::notes(const Look& look) const {
  std::vector<std::string> notes;
  for (auto line : lacks(look)) {
    line.erase(0, line.find(": ") + 2);  // who says so is clear on a screen
    notes.push_back(shortened(line, look.width, look));
  }
  return notes;
}

std::vector<std::string> WatchBoard::screen(const Look& look, std::size_t height, Time now) const {
  Look plain = look;
  plain.has_colour = false;
  const auto unpainted = lines_of(table(plain, now));
  const bool is_wide = std::ranges::any_of(
      unpainted, [&look](const std::string& line) { return columns_of(line) > look.width; });
  if (is_wide) return {"too small: widen this terminal"};
  if (height < 4) return {shortened("too small: make this terminal higher", look.width, look)};
  const auto rows = lines_of(table(look, now));
  const auto below = notes(look);
  const bool is_well = state_.kind == StreamState::Kind::Connected;
  const auto state =
      shortened(clean("quotecache watch: " + state_text(now), look), look.width, look);
  std::vector<std::string> lines{painted(state, is_well ? Tone::Faint : Tone::Warning, look), ""};
  const std::size_t noted = height < kHighEnough ? 0 : std::min(below.size(), height / 4);
  const std::size_t room = height - lines.size() - noted;
  const std::size_t shown = rows.size() <= room ? rows.size() : room - 1;
  lines.insert(lines.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown));
  if (shown < rows.size())
    lines.push_back(
        shortened(fmt::format("and {} more: make this terminal higher", rows.size() - shown),
                  look.width,
                  look));
  for (const auto& note : below)
    if (lines.size() < height) lines.push_back(note);
  return lines;
}

}  // namespace quotecache::cli
