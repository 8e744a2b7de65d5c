// Every byte of an asset reaches the client as the upstream wrote it (docs/fragments.md).
//
// The simulator's prices stand still; it is asked directly with large requests, which are cut here
// with a scanner of our own, and every asset the daemon serves is held against its piece.
#include <map>
#include <random>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::string kThree = "USD,EUR,BTC";

struct Coin {
  std::string id, symbol, slug;
};

// What is asked: an endpoint, how assets are named, and other parameters.
struct Ask {
  std::string path;
  std::string kind;
  std::string more = {};

  [[nodiscard]] std::string target(const std::vector<std::string>& names) const {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
    return path + "?" + kind + "=" + list + more;
  }
};

std::vector<std::vector<std::string>> groups_of(const std::vector<std::string>& names,
                                                std::size_t size) {
  std::vector<std::vector<std::string>> groups;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i % size == 0) groups.emplace_back();
    groups.back().push_back(names[i]);
  }
  return groups;
}

std::string upper_case(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

// The pieces of an answer's data by the name under which each was asked for.
using Pieces = std::map<std::string, std::string>;

Pieces pieces_of(const std::string& body, const std::string& kind) {
  Pieces pieces;
  for (const JsonMember& member : json_members(json_value(body, "data"))) {
    const bool is_list = !member.name.empty() && member.value.front() == '[';
    std::string name(member.name);  // of an empty list
    if (!is_list) name = json_text(member.value, kind);
    if (!pieces.emplace(upper_case(name), member.text).second) throw std::runtime_error(name);
  }
  return pieces;
}

// Only coins without a price may be stamped with the moment they were asked for.
bool has_unpriced(const std::string& body) {
  return body.find("\"price\":null") != std::string::npos ||
         body.find("\"price\": null") != std::string::npos;
}

struct Reference {
  Pieces pieces;
  std::size_t stamped = 0;
};

Reference reference(Sim& sim, const Ask& ask, const std::vector<std::string>& names) {
  Reference reference;
  Pieces again;
  for (const auto& group : groups_of(names, 250)) {
    const HttpResponse answer = test::ask(sim, ask.target(group));
    reference.pieces.merge(pieces_of(answer.body, ask.kind));
    if (!has_unpriced(answer.body)) continue;
    again.merge(pieces_of(test::ask(sim, ask.target(group)).body, ask.kind));
  }
  for (auto& [name, text] : reference.pieces) {
    const auto second = again.find(name);
    if (second == again.end() || second->second == text) continue;
    text = without_stamps(text);
    ++reference.stamped;
  }
  return reference;
}

// How the daemon's pieces compare. Differences are reported one by one, but not by the thousand.
struct Score {
  std::size_t same = 0, different = 0, bytes = 0;

  void add(const Reference& expected, const Pieces& got) {
    for (const auto& [name, text] : got) add(name, expected, text);
  }
  void add(const std::string& name, const Reference& expected, const std::string& text) {
    const auto found = expected.pieces.find(name);
    const bool is_same = found != expected.pieces.end() &&
                         (text == found->second || without_stamps(text) == found->second);
    bytes += text.size();
    ++(is_same ? same : different);
    if (is_same || different > 3) return;
    CAPTURE(name);
    CHECK(text == (found == expected.pieces.end() ? "" : found->second));
  }
};

struct Bed {
  explicit Bed(const std::vector<std::string>& arguments)
      : sim({.has_tls = false, .arguments = frozen(arguments)}) {
    keep_day(sim);
    daemon.emplace(Daemon::Options{.base_url = sim.base_url(),
                                   .sets = {"tiers.memory.max_bytes=512MiB",
                                            "tiers.sqlite.timeout=5s",
                                            "freshness.quotes.fresh=1h"},
                                   .toml = {},
                                   .env = {}});
  }

  // Asks the daemon for all names, `size` at a time, and compares.
  Score compare(const Ask& ask, const std::vector<std::string>& names, std::size_t size) {
    const Reference expected = reference(sim, ask, names);
    REQUIRE(expected.pieces.size() == names.size());
    Score score;
    std::vector<std::string> urls;
    for (const auto& group : groups_of(names, size)) urls.push_back(daemon->url(ask.target(group)));
    for (const HttpResponse& answer : client.get_all(urls, 32)) {
      REQUIRE_MESSAGE(answer.status == 200, answer.body);
      score.add(expected, pieces_of(answer.body, ask.kind));
    }
    CAPTURE(ask.target({}));
    CHECK(score.same == names.size());
    CHECK(score.different == 0);
    MESSAGE(ask.path,
            " by ",
            ask.kind,
            " ",
            ask.more,
            ", ",
            size,
            " a request: ",
            score.same,
            " of ",
            names.size(),
            " assets the same, ",
            score.bytes,
            " bytes, ",
            expected.stamped,
            " without stamps");
    return score;
  }

  Sim sim;
  std::optional<Daemon> daemon;
  HttpClient client;
};

// All coins that the map knows.
std::vector<Coin> coins_of(Sim& sim) {
  const std::string target =
      "/v1/cryptocurrency/"
      "map?aux=status&listing_status=active,inactive,untracked&limit=5000&start=";
  std::vector<Coin> coins;
  for (std::size_t before = 1; before != coins.size();) {
    before = coins.size();
    const HttpResponse answer = ask(sim, target + std::to_string(before + 1));
    for (const JsonMember& member : json_members(json_value(answer.body, "data"))) {
      coins.push_back({json_text(member.value, "id"),
                       json_text(member.value, "symbol"),
                       json_text(member.value, "slug")});
    }
  }
  return coins;
}

bool may_be_asked_for(const std::string& symbol) {
  return !symbol.empty() && std::ranges::all_of(symbol, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '$' ||
           c == '@' || c == '-';
  });
}

struct Names {
  std::vector<std::string> ids, symbols, slugs;
};

// Symbols only where one coin has them and the provider lets them be asked for.
Names names_of(const std::vector<Coin>& coins, const std::vector<Coin>& universe) {
  std::map<std::string, std::size_t> sharing;
  for (const Coin& coin : universe) ++sharing[upper_case(coin.symbol)];
  Names names;
  for (const Coin& coin : coins) {
    names.ids.push_back(coin.id);
    names.slugs.push_back(coin.slug);
    const std::string symbol = upper_case(coin.symbol);
    if (sharing[symbol] == 1 && may_be_asked_for(coin.symbol)) names.symbols.push_back(symbol);
  }
  return names;
}

const std::vector<std::string>& of_kind(const Names& names, const std::string& kind) {
  if (kind == "symbol") return names.symbols;
  return kind == "slug" ? names.slugs : names.ids;
}

// Answers that are cached whole: `data` and everything after it are the upstream's.
void compare_pages(Bed& bed, const std::vector<std::string>& targets) {
  std::size_t bytes = 0;
  for (const std::string& target : targets) {
    CAPTURE(target);
    const HttpResponse direct = ask(bed.sim, target);
    for (const bool is_cached : {false, true}) {
      const HttpResponse answer = bed.daemon->get(target);
      CHECK(answer.status == 200);
      CHECK(is_hit(answer) == is_cached);
      REQUIRE(data_of(direct).size() > 2);
      CHECK((data_of(answer) == data_of(direct)));
      const auto tail = [](const HttpResponse& r) {
        return r.body.substr(r.body.find("\"data\""));
      };
      CHECK((tail(answer) == tail(direct)));
      bytes += data_of(answer).size();
    }
  }
  MESSAGE(targets.size(), " whole answers, asked twice, the same: ", bytes, " bytes");
}

const std::vector<std::string> kPages{
    "/v1/cryptocurrency/listings/latest",
    "/v1/cryptocurrency/listings/latest?start=1&limit=1000",
    "/v1/cryptocurrency/listings/latest?start=101&limit=200&convert=EUR",
    "/v1/cryptocurrency/listings/latest?limit=50&convert=BTC,EUR,USD&sort=price&sort_dir=asc",
    "/v3/cryptocurrency/listings/latest?limit=500",
    "/v3/cryptocurrency/listings/latest?limit=20&convert=EUR,BTC",
    "/v1/cryptocurrency/map?limit=5000&listing_status=active,untracked",
    "/v1/cryptocurrency/map?symbol=BTC,ETH",
    "/v1/fiat/map?include_metals=true",
    "/v1/exchange/map?limit=5000",
    "/v1/cryptocurrency/categories?limit=3",
    "/v1/global-metrics/quotes/latest?convert=EUR",
    "/v1/tools/price-conversion?amount=10.43&id=1&convert=EUR",
    "/v2/tools/price-conversion?amount=10.43&symbol=BTC",
};

// The recorded objects themselves, as they stand in the files.
Pieces recorded_quotes() {
  Pieces pieces;
  for (const std::string batch : {"batch_1_500", "batch_501_1000"}) {
    const std::string body =
        read_file(std::string(QUOTECACHED_RECORDINGS "/v2_cryptocurrency_quotes_latest__by_id_") +
                  batch + "_convert_USD_skip_invalid.json");
    for (const JsonMember& member : json_members(json_value(body, "data"))) {
      pieces.emplace(member.name, member.value);
    }
  }
  return pieces;
}

bool has_recordings() {
  const bool is_there = std::filesystem::is_directory(QUOTECACHED_RECORDINGS);
  if (!is_there) MESSAGE("skipped: no recordings in " QUOTECACHED_RECORDINGS);
  return is_there;
}

// Coins of the universe with these ids.
std::vector<Coin> with_ids(const std::vector<Coin>& coins, const Pieces& ids) {
  std::vector<Coin> chosen;
  for (const Coin& coin : coins) {
    if (ids.contains(coin.id)) chosen.push_back(coin);
  }
  return chosen;
}

}  // namespace

TEST_SUITE("e2e::fidelity") {
  TEST_CASE("recorded assets come out byte for byte, from upstream, memory and SQLite") {
    if (!has_recordings()) return;
    Bed bed({"--recordings", QUOTECACHED_RECORDINGS});
    const Pieces recorded = recorded_quotes();
    CHECK(recorded.size() >= 900);
    std::vector<std::string> urls;
    for (const auto& [id, text] : recorded)
      urls.push_back(bed.daemon->url(kV2Quotes + "?id=" + id));
    for (const std::string source : {"upstream", "memory", "sqlite"}) {
      CAPTURE(source);
      if (source == "sqlite") {
        REQUIRE(wait_until([&] { return stores(*bed.daemon, "sqlite") >= double(urls.size()); }));
        clear_memory(*bed.daemon);
      }
      std::size_t same = 0, from_source = 0, at = 0;
      const auto answers = bed.client.get_all(urls, 32);
      for (const auto& [id, text] : recorded) {
        const HttpResponse& answer = answers[at++];
        if (data_of(answer) == "{\"" + id + "\":" + text + "}") ++same;
        if (source_of(answer) == source) ++from_source;
      }
      CHECK(same == recorded.size());
      CHECK(from_source == recorded.size());
      MESSAGE("recorded v2 quotes from ", source, ": ", same, " of ", recorded.size(), " the same");
    }
  }

  TEST_CASE("recorded assets in every generation, by id, symbol and slug, with three converts") {
    if (!has_recordings()) return;
    Bed bed({"--recordings", QUOTECACHED_RECORDINGS});
    const auto universe = coins_of(bed.sim);
    const auto names = names_of(with_ids(universe, recorded_quotes()), universe);
    for (const std::string& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
      for (const std::string kind : {"id", "symbol", "slug"}) {
        bed.compare({path, kind, "&convert=" + kThree}, of_kind(names, kind), 40);
      }
    }
    for (const std::string kind : {"symbol", "slug"}) {
      bed.compare({kV1Quotes, kind, "&convert=GBP"}, of_kind(names, kind), 1);
      bed.compare({kV2Quotes, kind, "&convert=GBP"}, of_kind(names, kind), 1);
    }
    compare_pages(bed, kPages);
  }

  TEST_CASE("generated assets with odd symbols, exponents and nulls") {
    Bed bed({"--coins", "700"});
    const auto universe = coins_of(bed.sim);
    const auto names = names_of(universe, universe);
    for (const std::string& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
      for (const std::string kind : {"id", "symbol", "slug"}) {
        const std::string more = path == kSimplePrice ? "&include_all=true" : "&aux=is_active,tags";
        bed.compare({path, kind}, of_kind(names, kind), 50);
        bed.compare({path, kind, "&convert=" + kThree + more}, of_kind(names, kind), 25);
      }
    }
    for (const std::string path : {"/v1/cryptocurrency/info", "/v2/cryptocurrency/info"}) {
      for (const std::string kind : {"id", "symbol", "slug"}) {
        bed.compare({path, kind}, of_kind(names, kind), 20);
      }
    }
    bed.compare({kV2Quotes, "id", "&convert_id=2781,1"}, names.ids, 100);
    compare_pages(bed, kPages);
    const HttpResponse all = bed.daemon->get(Ask{kV2Quotes, "id"}.target(names.ids));
    for (const std::string number : {"7e-8", "1.54e-12", "null"}) {
      CAPTURE(number);
      CHECK(all.body.find("\"price\":" + number) != std::string::npos);
    }
  }

  TEST_CASE("v3 quotes keyed by id, the form of some documents, come out as they came") {
    Bed bed({"--coins", "200", "--v3-shape", "object"});
    const auto universe = coins_of(bed.sim);
    const auto names = names_of(universe, universe);
    bed.compare({kV3Quotes, "id", "&convert=" + kThree}, names.ids, 30);
    bed.compare({kV3Quotes, "slug"}, names.slugs, 1);
  }

  TEST_CASE("converts bought at different times join to the upstream's own bytes, in any order") {
    Bed bed({"--coins", "300"});
    const auto universe = coins_of(bed.sim);
    const auto names = names_of(universe, universe);
    for (const std::string& path : {kV1Quotes, kV2Quotes, kV3Quotes, kSimplePrice}) {
      for (const std::string bought : {"EUR", "USD", "BTC,GBP"}) {
        bed.compare({path, "id", "&convert=" + bought}, names.ids, 100);
      }
      bed.sim.clear_calls();
      bed.compare({path, "id", "&convert=USD,EUR,BTC"}, names.ids, 7);
      bed.compare({path, "id", "&convert=GBP,USD,BTC,EUR"}, names.ids, 60);
      CHECK(daemon_calls(bed.sim).empty());
    }
  }

  TEST_CASE("any subset is the concatenation of its assets, over HTTPS as well") {
    Sim sim({.has_tls = true, .arguments = frozen({"--coins", "500", "--gzip", "on"})});
    keep_day(sim);
    Daemon daemon({.base_url = sim.tls_base_url(),
                   .sets = {"upstream.ca_file=" + sim.ca_file().string()},
                   .toml = {},
                   .env = {}});
    std::vector<int> ids;
    for (const Coin& coin : coins_of(sim)) ids.push_back(std::stoi(coin.id));
    std::mt19937 random(7);
    std::size_t bytes = 0;
    for (int round = 0; round < 60; ++round) {
      std::ranges::shuffle(ids, random);
      std::vector<std::string> names;
      const std::size_t size = 1 + random() % 120;
      for (std::size_t i = 0; i < size; ++i) names.push_back(std::to_string(ids[i]));
      const Ask wanted{kV2Quotes, "id", "&aux=cmc_rank,is_active"};
      const std::string expected = without_stamps(data_of(ask(sim, wanted.target(names))));
      const std::string got = without_stamps(data_of(daemon.get(wanted.target(names))));
      CHECK((got == expected));
      bytes += got.size();
    }
    const auto calls = daemon_calls(sim);
    CHECK(!calls.empty());
    CHECK(calls.size() <= 60);
    MESSAGE("60 random subsets the same over HTTPS: ",
            bytes,
            " bytes, ",
            calls.size(),
            " calls, ",
            charged(calls),
            " credits");
  }
}

}  // namespace quotecached::test
