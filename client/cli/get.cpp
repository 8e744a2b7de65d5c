#include "cli/get.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/failure.hpp"
#include "cli/figures.hpp"
#include "cli/json_text.hpp"
#include "cli/quote_rows.hpp"
#include "cli/suggestion.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

using Align = Column::Align;

constexpr std::size_t kMostCandidates = 8;  // told of a symbol

std::string quotes_table(const Quotes& quotes,
                         const std::vector<std::string>& fields,
                         const Look& look) {
  std::vector<Column> columns{{"SYMBOL", Align::Left, 0},
                              {"NAME", Align::Left, 2, 12},
                              {"ID", Align::Right, 3},
                              {"IN", Align::Left, 0},
                              {"PRICE", Align::Right, 0}};
  for (const auto& name : fields) columns.push_back({clean(name, look), Align::Right, 0});
  columns.push_back({"AGE", Align::Right, 0});
  columns.push_back({"STALE", Align::Left, 1});
  Table table(std::move(columns));
  for (const auto& row : quotes.rows) {
    std::vector<Cell> cells{{clean(row.symbol, look)},
                            {clean(row.name, look)},
                            {fmt::to_string(row.id)},
                            {clean(row.convert, look)},
                            {row.price.text.empty() ? "-" : clean(figure_text(row.price), look)}};
    for (const auto& name : fields) {
      const Figure* const figure = row.figure(name);
      const bool is_there = figure != nullptr && !figure->text.empty();
      cells.push_back({is_there ? clean(figure_text(*figure), look) : "-"});
    }
    cells.push_back({duration_text(row.age)});
    cells.push_back({row.is_stale ? "yes" : "no", row.is_stale ? Tone::Warning : Tone::Plain});
    table.add_row(std::move(cells));
  }
  return table.render(look);
}

std::string quotes_csv(const Quotes& quotes, const std::vector<std::string>& fields) {
  auto columns = quote_columns(fields);
  columns.insert(columns.end(), {"age", "stale"});
  Csv csv(columns);
  for (const auto& row : quotes.rows) {
    put_quote(csv, row, fields);
    csv.field(static_cast<double>(row.age.count()) / 1000);
    csv.field(std::string_view(row.is_stale ? "true" : "false")).end_line();
  }
  return std::move(csv).text();
}

// Objects with commas between.
template <class T, class Put>
std::string list_json(const std::vector<T>& items, Put put) {
  std::string json;
  for (const auto& item : items) json += (json.empty() ? "{" : ",{") + put(item) + "}";
  return "[" + json + "]";
}

std::string asked_json(const std::string& asked, Asset::By by) {
  return fmt::format(R"("asked":{},"by":"{}")", in_quotes(asked), to_string(by));
}

std::string candidate_json(const Candidate& one) {
  return fmt::format(R"("id":{},"name":{},"slug":{},"rank":{})",
                     one.id,
                     in_quotes(one.name),
                     in_quotes(one.slug),
                     one.rank ? fmt::to_string(*one.rank) : "null");
}

// As /quotes has it.
std::string quotes_json(const Quotes& quotes) {
  const auto rows = list_json(quotes.rows, [](const Quote& row) {
    return fmt::format(R"({},"age":{},"stale":{})",
                       quote_members(row),
                       static_cast<double>(row.age.count()) / 1000,
                       row.is_stale);
  });
  const auto missing =
      list_json(quotes.missing, [](const Missing& one) { return asked_json(one.asked, one.by); });
  const auto ambiguous = list_json(quotes.ambiguous, [](const Ambiguous& one) {
    return asked_json(one.asked, one.by) +
           ",\"candidates\":" + list_json(one.candidates, &candidate_json);
  });
  const auto unavailable = list_json(quotes.unavailable, [](const NotHad& one) {
    std::string code(to_string(one.code));
    std::ranges::replace(code, ' ', '_');
    return asked_json(one.asked, one.by) + ",\"code\":" + in_quotes(code);
  });
  return fmt::format("{{\"quotes\":{},\"missing\":{},\"ambiguous\":{},\"unavailable\":{}}}\n",
                     rows,
                     missing,
                     ambiguous,
                     unavailable);
}

// What to do about a name that is of no asset.
std::string way_out(const Missing& one) {
  if (one.by == Asset::By::Id) return "ask by symbol (BTC) or slug (bitcoin)";
  if (one.by == Asset::By::Symbol)
    return "a slug is written in small letters (bitcoin), or ask by id";
  return "a symbol is written in capitals (BTC), or ask by id";
}

std::string candidates_text(const Ambiguous& one) {
  std::string text;
  for (std::size_t at = 0; at < one.candidates.size() && at < kMostCandidates; ++at) {
    const auto& coin = one.candidates[at];
    text += fmt::format("{}{} ({}", at == 0 ? "" : ", ", coin.id, coin.slug);
    text += coin.rank ? fmt::format(", rank {})", *coin.rank) : ")";
  }
  if (one.candidates.size() > kMostCandidates)
    text += fmt::format(" and {} more", one.candidates.size() - kMostCandidates);
  return text;
}

bool is_about_credits(ErrorCode code) {
  return code == ErrorCode::BudgetExhausted || code == ErrorCode::RateLimited;
}

// Of what may be asked for as a field, and is no figure.
bool is_in_every_row(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kOfRows{
      "id", "symbol", "name", "slug", "convert", "last_updated", "fetched_at", "age", "stale"};
  return std::ranges::find(kOfRows, name) != kOfRows.end();
}

// Of figures that were asked for and that no row has: most often the name is mistyped.
std::string absent_figures(const Quotes& quotes, const Ask& ask, const Look& look) {
  static const std::vector<std::string> kUsual{"volume_24h",
                                               "volume_change_24h",
                                               "market_cap",
                                               "market_cap_dominance",
                                               "percent_change_1h",
                                               "percent_change_24h",
                                               "percent_change_7d",
                                               "percent_change_30d",
                                               "percent_change_60d",
                                               "percent_change_90d",
                                               "cmc_rank",
                                               "circulating_supply",
                                               "total_supply",
                                               "max_supply",
                                               "num_market_pairs",
                                               "fully_diluted_market_cap",
                                               "date_added",
                                               "tvl",
                                               "market_cap_by_total_supply"};
  std::string text;
  for (const auto& name : ask.fields) {
    const auto has_it = [&name](const Quote& row) {
      const Figure* const figure = row.figure(name);
      return figure != nullptr && !figure->text.empty();
    };
    if (name == "all" || is_in_every_row(name) || quotes.rows.empty() ||
        std::ranges::any_of(quotes.rows, has_it))
      continue;
    const auto near = nearest(name, kUsual);
    const auto hint =
        near.empty() || near == name ? std::string() : ": did you mean '" + near + "'?";
    text += fmt::format("quotecache: there is no {} of these{}\n", clean(name, look), hint);
  }
  return text;
}

int status_of_quotes(const Quotes& quotes) {
  if (quotes.rows.empty()) return kNoneFound;
  const bool is_all =
      quotes.missing.empty() && quotes.ambiguous.empty() && quotes.unavailable.empty();
  return is_all ? 0 : kSomeMissing;
}

}  // namespace

std::vector<std::string> fields_of(const std::vector<Quote>& rows, const Ask& ask) {
  std::vector<std::string> names;
  for (const auto& name : ask.fields)
    if (name != "all" && std::ranges::find(names, name) == names.end()) names.push_back(name);
  if (rows.empty()) return names;
  for (const auto& [name, figure] : rows.front().figures)
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

std::string missing_lines(const std::vector<Missing>& missing, const Look& look) {
  std::string text;
  for (const auto& one : missing)
    text += fmt::format("quotecache: there is no asset with the {} {}; {}\n",
                        to_string(one.by),
                        clean(one.asked, look),
                        clean(way_out(one), look));
  return text;
}

std::string ambiguous_lines(const std::vector<Ambiguous>& ambiguous, const Look& look) {
  std::string text;
  for (const auto& one : ambiguous)
    text += fmt::format(
        "quotecache: {} assets share the {} {}: {}; ask by id or slug, or take the best rank with "
        "--ambiguous first\n",
        one.candidates.size(),
        to_string(one.by),
        clean(one.asked, look),
        clean(candidates_text(one), look));
  return text;
}

bool is_refusal(const NotHad& one) noexcept { return one.code == ErrorCode::Invalid; }

std::string unavailable_lines(const std::vector<NotHad>& unavailable, const Look& look) {
  std::string text;
  for (const auto& one : unavailable) {
    const auto why =
        is_refusal(one)
            ? std::string("cannot be had: the provider refuses it in this currency; see --convert")
            : fmt::format("cannot be had now: {}; 'quotecache {}' may tell why",
                          to_string(one.code),
                          is_about_credits(one.code) ? "credits" : "health");
    text +=
        fmt::format("quotecache: the {} {} {}\n", to_string(one.by), clean(one.asked, look), why);
  }
  return text;
}

Reply told_quotes(const Quotes& quotes, const CommandLine& line, const Look& look) {
  Reply reply{status_of_quotes(quotes), "", ""};
  const auto fields = fields_of(quotes.rows, line.ask);
  switch (line.format) {
    case Format::Json: reply.out = quotes_json(quotes); break;
    case Format::Csv: reply.out = quotes_csv(quotes, fields); break;
    case Format::Table:
      if (!quotes.rows.empty()) reply.out = quotes_table(quotes, fields, look);
  }
  reply.err = missing_lines(quotes.missing, look) + ambiguous_lines(quotes.ambiguous, look) +
              unavailable_lines(quotes.unavailable, look) + absent_figures(quotes, line.ask, look);
  return reply;
}

Reply get(const Client& client, const CommandLine& line, const Look& look) {
  const auto quotes = client.quotes(line.ask);
  if (quotes) return told_quotes(*quotes, line, look);
  Reply reply = failure(quotes.error(), look);
  if (is_about_credits(quotes.error().code)) reply.status = kNoneFound;
  return reply;
}

}  // namespace quotecache::cli
