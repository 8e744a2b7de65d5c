// Any bytes as an upstream answer: nothing crashes, and every fragment that is cut out joins into
// well-formed JSON that holds the asset it is filed under.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "quote/cut.hpp"
#include "quote/join.hpp"

namespace {

using namespace quotecached;
using catalog::KeyKind;
using catalog::QuoteShape;

void expect(bool claim) {
  if (!claim) std::abort();
}

// The parser refuses two things that are JSON all the same: numbers beyond a machine word, and
// halves of surrogate pairs.
bool is_json(std::string_view text) {
  simdjson::dom::parser parser;
  const auto error = parser.parse(simdjson::padded_string(text)).error();
  return error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR ||
         error == simdjson::STRING_ERROR;
}

// The fragments of one asset, those of its converts that can be spliced joined into one.
void check_asset(const std::vector<const Fragment*>& converts) {
  const bool has_quotes = !converts.front()->slots.empty();
  if (has_quotes) expect(quote::can_splice(converts));
  quote::Pieces pieces;
  quote::append_asset(pieces, has_quotes ? std::span(converts) : std::span(converts).first(1));
  const bool is_keyed = quote::is_keyed(*converts.front());
  std::string data(is_keyed ? "{" : "[");
  for (const std::string_view piece : pieces) data += piece;
  data += is_keyed ? '}' : ']';
  expect(is_json(data));
}

void check_cut(const quote::Cut& cut, const quote::Wanted& wanted) {
  std::vector<std::vector<const Fragment*>> assets(wanted.assets.size());
  for (const auto& piece : cut.fragments) {
    expect(piece.asset < wanted.assets.size() && piece.convert < wanted.converts.size());
    assets[piece.asset].push_back(&piece.fragment);
  }
  for (const std::size_t asset : cut.absent) expect(assets[asset].empty());
  for (const auto& converts : assets) {
    if (!converts.empty()) check_asset(converts);
  }
}

void cut_as(KeyKind kind, QuoteShape shape, bool converts_are_ids, std::string_view body) {
  catalog::Endpoint endpoint;
  endpoint.quote_shape = shape;
  const std::vector<std::string> names = kind == KeyKind::Id ? std::vector<std::string>{"1", "2"}
                                         : kind == KeyKind::Symbol
                                             ? std::vector<std::string>{"BTC", "A"}
                                             : std::vector<std::string>{"bitcoin", "a"};
  std::vector<std::string> converts{"-"};
  if (shape != QuoteShape::None) {
    converts = converts_are_ids ? std::vector<std::string>{"1", "2781"}
                                : std::vector<std::string>{"USD", "EUR"};
  }
  const quote::Wanted wanted{kind, names, converts, converts_are_ids};
  const auto cut = quote::cut(endpoint, wanted, body);
  if (cut) {
    expect(is_json(body));
    check_cut(*cut, wanted);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  // As it is, and as the data of an answer: most bytes are no envelope.
  const std::string answer = R"({"status":{"error_code":0},"data":)" + std::string(text) + "}";
  for (const std::string_view body : {text, std::string_view(answer)}) {
    for (const KeyKind kind : {KeyKind::Id, KeyKind::Symbol, KeyKind::Slug}) {
      cut_as(kind, QuoteShape::None, false, body);
      cut_as(kind, QuoteShape::Object, false, body);
      cut_as(kind, QuoteShape::Array, true, body);
    }
  }
  return 0;
}
