#include "recordings.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include <simdjson.h>

namespace cmcsim {

namespace {

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

std::optional<double> number_of(dom::element object, std::string_view key) {
  double value = 0;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<std::int64_t> integer_of(dom::element object, std::string_view key) {
  std::int64_t value = 0;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string text_of(dom::element object, std::string_view key) {
  std::string_view value;
  if (object[key].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

std::vector<Tag> tags_of(dom::element object) {
  std::vector<Tag> tags;
  dom::array array;
  if (object["tags"].get(array) != simdjson::SUCCESS) return tags;
  for (const dom::element tag : array) {
    std::string_view slug;
    if (tag.get(slug) == simdjson::SUCCESS) {
      tags.push_back({std::string(slug), std::string(slug), "CATEGORY"});
    } else {
      tags.push_back({text_of(tag, "slug"), text_of(tag, "name"), text_of(tag, "category")});
    }
  }
  return tags;
}

std::optional<Platform> platform_of(dom::element object) {
  dom::element platform;
  if (object["platform"].get(platform) != simdjson::SUCCESS || platform.is_null())
    return std::nullopt;
  return Platform{integer_of(platform, "id").value_or(0),
                  text_of(platform, "name"),
                  text_of(platform, "symbol"),
                  text_of(platform, "slug"),
                  text_of(platform, "token_address")};
}

void read_quoted_coin(Coin& coin, dom::element object) {
  coin.rank = integer_of(object, "cmc_rank");
  coin.date_added = text_of(object, "date_added");
  coin.market_pairs = integer_of(object, "num_market_pairs").value_or(0);
  coin.max_supply = number_of(object, "max_supply");
  coin.circulating_supply = number_of(object, "circulating_supply").value_or(0);
  coin.total_supply = number_of(object, "total_supply").value_or(0);
  coin.self_reported_supply = number_of(object, "self_reported_circulating_supply");
  bool infinite = false;
  if (object["infinite_supply"].get(infinite) == simdjson::SUCCESS) coin.infinite_supply = infinite;
  if (auto tags = tags_of(object); !tags.empty()) coin.tags = std::move(tags);
  coin.platform = platform_of(object);
  if (integer_of(object, "is_active").value_or(1) == 0) {
    coin.status = ListingStatus::Inactive;
    coin.stopped_at = text_of(object, "last_updated");
  }
  dom::element usd;
  if (object["quote"]["USD"].get(usd) == simdjson::SUCCESS)
    coin.base_price = number_of(usd, "price");
}

// Cuts the text of an object into its members; the views stay those of `whole`.
RecordedObject cut_members(std::string_view whole) {
  RecordedObject recorded;
  recorded.whole = whole;
  const simdjson::padded_string padded(whole);
  const auto place = [&](const char* at) { return whole.data() + (at - padded.data()); };
  ondemand::parser parser;
  ondemand::document document = parser.iterate(padded);
  for (auto field : document.get_object()) {
    const char* const key = field.key().raw() - 1;  // With its opening quote.
    const std::string_view value = simdjson::to_json_string(field.value());
    const auto length = static_cast<std::size_t>(value.data() + value.size() - key);
    const std::string_view text(place(key), length);
    recorded.members.push_back({text.substr(1, text.find('"', 1) - 1), text});
  }
  return recorded;
}

// The object under quote.USD of a cut asset.
std::string_view usd_quote_in(const RecordedObject& recorded) {
  const auto quote = std::ranges::find(recorded.members, "quote", &RecordedObject::Member::key);
  if (quote == recorded.members.end()) return {};
  const auto object = quote->text.substr(quote->text.find('{'));
  const RecordedObject converts = cut_members(object);
  const auto usd = std::ranges::find(converts.members, "USD", &RecordedObject::Member::key);
  if (usd == converts.members.end()) return {};
  return usd->text.substr(usd->text.find('{'));
}

RecordedObject cut_asset(std::string_view whole) {
  RecordedObject recorded = cut_members(whole);
  recorded.usd_quote = usd_quote_in(recorded);
  return recorded;
}

class Loader {
 public:
  explicit Loader(std::uint64_t seed) : generated_(generate_universe(kGeneratedCoins, seed)) {}

  void load(const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    if (name.starts_with("v2_cryptocurrency_quotes_latest__by_id")) {
      for_each_item(file, [this](std::string_view text) { add_quotes(text); });
    } else if (name.starts_with("v1_cryptocurrency_listings_latest__start")) {
      for_each_item(file, [this](std::string_view text) { add_listing(text); });
    } else if (name.starts_with("v1_cryptocurrency_map")) {
      for_each_item(file, [this](std::string_view text) { add_map_entry(text); });
    } else if (name.starts_with("v2_cryptocurrency_info")) {
      for_each_item(file, [this](std::string_view text) { infos_.push_back(text); });
    } else if (name.starts_with("v1_fiat_map")) {
      for_each_item(file, [this](std::string_view text) { add_fiat(text); });
    } else if (name.starts_with("v1_exchange_map")) {
      for_each_item(file, [this](std::string_view text) { add_exchange(text); });
    } else if (name.starts_with("v1_cryptocurrency_categories")) {
      for_each_item(file,
                    [this](std::string_view text) { universe_.categories.emplace_back(text); });
    } else if (name.starts_with("v1_global_metrics")) {
      universe_.global_metrics = cut_asset(data_of(keep(file)));
    }
  }

  Universe finish() {
    for (auto& [id, coin] : coins_) universe_.coins.push_back(std::move(coin));
    if (universe_.coins.empty()) throw std::runtime_error("no recorded coins in the folder");
    add_infos();
    fill_gaps();
    universe_.index();
    return std::move(universe_);
  }

 private:
  static constexpr std::size_t kGeneratedCoins = 100;

  std::string_view keep(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + file.string());
    universe_.recorded_texts.emplace_back(std::istreambuf_iterator<char>(stream),
                                          std::istreambuf_iterator<char>());
    return universe_.recorded_texts.back();
  }

  static std::string_view data_of(std::string_view text) {
    for (const auto& member : cut_members(text).members) {
      if (member.key == "data") return member.text.substr(member.text.find_first_of("{["));
    }
    throw std::runtime_error("a recorded answer has no data");
  }

  // Arrays and keyed objects alike.
  template <typename Use>
  void for_each_item(const std::filesystem::path& file, Use use) {
    const std::string_view data = data_of(keep(file));
    if (data.front() == '{') {
      for (const auto& member : cut_members(data).members) {
        use(member.text.substr(member.text.find('{')));
      }
      return;
    }
    const simdjson::padded_string padded(data);
    ondemand::parser parser;
    ondemand::document document = parser.iterate(padded);
    for (auto item : document.get_array()) {
      const std::string_view text = item.get_object().value().raw_json();
      use(data.substr(static_cast<std::size_t>(text.data() - padded.data()), text.size()));
    }
  }

  // The coin of an item, named from it when new.
  Coin& coin_of(dom::element item) {
    Coin& coin = coins_[integer_of(item, "id").value_or(0)];
    coin.id = integer_of(item, "id").value_or(0);
    coin.name = text_of(item, "name");
    coin.symbol = text_of(item, "symbol");
    coin.slug = text_of(item, "slug");
    return coin;
  }

  void add_quotes(std::string_view text) {
    const dom::element item = parser_.parse(simdjson::padded_string(text));
    Coin& coin = coin_of(item);
    read_quoted_coin(coin, item);
    coin.recorded_quotes = cut_asset(text);
  }

  void add_listing(std::string_view text) {
    const dom::element item = parser_.parse(simdjson::padded_string(text));
    Coin& coin = coin_of(item);
    if (coin.recorded_quotes.whole.empty()) read_quoted_coin(coin, item);
    coin.rank = integer_of(item, "cmc_rank");
    coin.recorded_listing = cut_asset(text);
  }

  void add_map_entry(std::string_view text) {
    const dom::element item = parser_.parse(simdjson::padded_string(text));
    const std::string status = text_of(item, "status");
    const bool known = coins_.contains(integer_of(item, "id").value_or(0));
    Coin& coin = coin_of(item);
    if (known) return;
    coin.date_added = "2020-01-01T00:00:00.000Z";
    coin.platform = platform_of(item);
    coin.rank = integer_of(item, "rank");
    if (status == "untracked") coin.status = ListingStatus::Untracked;
    if (status == "inactive") coin.status = ListingStatus::Inactive;
    if (!coin.is_active()) return;
    const auto id = static_cast<std::uint64_t>(coin.id);
    coin.base_price = 0.001 + 3 * mix_unit(id, 1);
    coin.circulating_supply = coin.total_supply = 1e6 + 1e9 * mix_unit(id, 2);
  }

  void add_fiat(std::string_view text) {
    const dom::element item = parser_.parse(simdjson::padded_string(text));
    Fiat fiat{integer_of(item, "id").value_or(0),
              text_of(item, "name"),
              text_of(item, "sign"),
              text_of(item, "symbol"),
              1,
              ""};
    const Fiat* const known = generated_.fiat_by_id(fiat.id);
    fiat.per_usd = known != nullptr ? known->per_usd
                                    : 0.5 + 100 * mix_unit(static_cast<std::uint64_t>(fiat.id), 3);
    universe_.fiats.push_back(std::move(fiat));
  }

  void add_exchange(std::string_view text) {
    const dom::element item = parser_.parse(simdjson::padded_string(text));
    universe_.exchanges.push_back({integer_of(item, "id").value_or(0),
                                   text_of(item, "name"),
                                   text_of(item, "slug"),
                                   integer_of(item, "is_active").value_or(1) != 0,
                                   text});
  }

  void add_infos() {
    for (const auto text : infos_) {
      const dom::element item = parser_.parse(simdjson::padded_string(text));
      const auto id = integer_of(item, "id").value_or(0);
      const auto coin = std::ranges::find(universe_.coins, id, &Coin::id);
      if (coin != universe_.coins.end()) coin->recorded_info = text;
    }
  }

  void fill_gaps() {
    if (universe_.fiats.empty()) {
      universe_.fiats = generated_.fiats;
    } else {
      std::ranges::copy_if(generated_.fiats,
                           std::back_inserter(universe_.fiats),
                           [](const Fiat& fiat) { return !fiat.metal_code.empty(); });
    }
    if (universe_.exchanges.empty()) universe_.exchanges = generated_.exchanges;
    if (universe_.categories.empty()) universe_.categories = generated_.categories;
  }

  Universe generated_;
  Universe universe_;
  std::map<std::int64_t, Coin> coins_;
  std::vector<std::string_view> infos_;
  dom::parser parser_;
};

// Quotes first and the map last, so that entries find what they add to.
int load_order(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (name.starts_with("v2_cryptocurrency_quotes")) return 0;
  return name.starts_with("v1_cryptocurrency_map") ? 2 : 1;
}

}  // namespace

Universe load_recordings(const std::filesystem::path& folder, std::uint64_t seed) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::ranges::stable_sort(files, {}, load_order);
  Loader loader(seed);
  for (const auto& file : files) {
    try {
      loader.load(file);
    } catch (const simdjson::simdjson_error& error) {
      throw std::runtime_error(file.string() + ": " + error.what());
    }
  }
  return loader.finish();
}

}  // namespace cmcsim
