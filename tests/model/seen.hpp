// An answer as a client saw it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/price_text.hpp"
#include "model/world.hpp"

namespace quotecached::model {

// One price: the asset's object that it stands in, and the name of its quote.
struct SeenPrice {
  int asset = 0;
  std::string symbol;
  std::string slug;
  std::string currency;
  std::string text;  // as it was written
};

struct Seen {
  Question question;
  std::string client;        // the token's name; empty without tokens
  milliseconds sent{0};      // true time: no later than it was sent
  milliseconds received{0};  // no sooner than it came
  long status = 0;           // 0: none came
  bool says_stale = false;
  std::optional<long> age{};
  std::optional<long> max_age{};
  std::optional<long> ttl{};
  std::int64_t credits = 0;
  bool has_data = false;  // `data` is an object or a list
  std::vector<SeenPrice> prices{};
  std::string left_out{};  // names of assets, with commas: of these the provider told nonsense
  std::string headers{};   // for people: what told of its age
};

// The headers and the body of an answer to `question`, with names of headers in lower case.
struct RawAnswer {
  long status = 0;
  std::string age, cache_control, cache_status, warning;
  std::string left_out{};
  std::string body;
};

[[nodiscard]] Seen read_answer(const Question& question, const RawAnswer& answer);

}  // namespace quotecached::model
