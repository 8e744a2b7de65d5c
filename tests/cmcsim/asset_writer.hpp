// Writes one coin as quotes and listings show it, generated or from its recorded text.
//
// A recorded coin asked in US dollars with the default fields is the recorded bytes, untouched. For
// other converts the recorded members stay and only the money in the quote changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer.hpp"
#include "json_writer.hpp"

namespace cmcsim {

// The optional fields, by their place in the list of aux values.
enum class Aux : std::uint8_t {
  NumMarketPairs,
  CmcRank,
  DateAdded,
  Tags,
  Platform,
  MaxSupply,
  CirculatingSupply,
  TotalSupply,
  MarketCapByTotalSupply,
  Volume24hReported,
  Volume7d,
  Volume7dReported,
  Volume30d,
  Volume30dReported,
  IsActive,
  IsFiat,
  IsMarketCapIncludedInCalc,
};

class AuxSet {
 public:
  // The fields asked for, or the default ones of quotes or listings.
  AuxSet(std::optional<std::string_view> asked, bool listings);

  [[nodiscard]] bool has(Aux aux) const {
    return ((bits_ >> static_cast<unsigned>(aux)) & 1U) != 0;
  }
  // False only for the name of an optional field that was not asked for.
  [[nodiscard]] bool keeps(std::string_view member) const;
  [[nodiscard]] bool is_default() const { return is_default_; }

 private:
  std::uint32_t bits_ = 0;
  bool is_default_ = true;
};

class AssetWriter {
 public:
  // Borrows both for its life.
  AssetWriter(const AnswerContext& context, const std::vector<Convert>& converts);

  void write(JsonWriter& json, const Coin& coin) const;

 private:
  [[nodiscard]] const RecordedObject& recorded(const Coin& coin) const;
  void write_recorded(JsonWriter& json, const Coin& coin) const;
  void write_generated(JsonWriter& json, const Coin& coin) const;
  void write_supply(JsonWriter& json, const Coin& coin) const;
  void write_tags(JsonWriter& json, const Coin& coin) const;
  void write_quotes(JsonWriter& json, const Coin& coin) const;
  void write_quote(JsonWriter& json, const Coin& coin, const Convert& convert, double rate) const;
  void write_optional_figures(JsonWriter& json, const Figures& figures) const;
  void write_recorded_quote(JsonWriter& json, const Coin& coin, const Convert& convert) const;

  const AnswerContext& context_;
  const std::vector<Convert>& converts_;
  std::vector<double> rates_;  // Units per US dollar, one for each convert.
  bool listings_, quote_array_, tag_objects_;
  AuxSet aux_;
};

// What last_updated says of a coin.
[[nodiscard]] std::string last_updated_text(const Coin& coin, const Tick& tick);

// The price member's value with a fault applied: a number, null, 0 or a string.
void write_price(JsonWriter& json, std::optional<double> price, std::optional<FaultKind> fault);

// A recorded quote object with its money multiplied, digits of everything else as they were.
[[nodiscard]] std::string converted_quote(std::string_view quote,
                                          double rate,
                                          std::optional<FaultKind> fault);

}  // namespace cmcsim
