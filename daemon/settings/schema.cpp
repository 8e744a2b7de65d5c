#include "settings/schema.hpp"

#include <cctype>

#include "settings/schema_parts.hpp"

namespace quotecached::settings {
namespace {

std::vector<Row> listen_rows() {
  constexpr auto in = &Settings::listen;
  return {
      {"listen.address",
       at<in, &Listen::address>,
       {1, kMostItems},
       "Where clients connect: \"host:port\", \"[v6]:port\" or \"unix:/path\", or a list of "
       "these."},
      {"listen.hosts",
       at<in, &Listen::hosts>,
       {0, kMostItems},
       "Names with dots under which clients ask, such as \"quotes.example.com\". Without tokens\n"
       "others are refused: the owner of a domain may have it lead here, so that web pages ask."},
      {"listen.threads",
       at<in, &Listen::threads>,
       {1, 64},
       "I/O threads. One answers tens of thousands of requests per second."},
      {"listen.max_connections",
       at<in, &Listen::max_connections>,
       {1, 1'000'000},
       "Clients connected at once, over all threads. Past it the longest idle one makes room; "
       "when\n"
       "none is idle, new ones get 503, but for own routes (/health, /admin) and Unix sockets."},
      {"listen.max_waiting",
       at<in, &Listen::max_waiting>,
       {1, 1'000'000},
       "How many requests may wait at once for lower tiers or the provider. A client (a token) is\n"
       "refused once it has as many waiting as there are places free: one greedy client gets half\n"
       "of them. Refused requests get 503."},
      {"listen.shed_after",
       at<in, &Listen::shed_after>,
       {0, kHour},
       "The daemon is overloaded when every request of a whole second waited longer than this for\n"
       "the engine. Then it allows fewer to wait, and refuses the clients with the most waiting\n"
       "first (503). 0s: never."},
      {"listen.cost_headers",
       at<in, &Listen::cost_headers>,
       {},
       "Whether answers tell the credits that they cost, the spend mode and the credits left."},
      {"listen.max_bodies",
       at<in, &Listen::max_bodies>,
       {kMiB, kTiB},
       "Memory for request bodies, over all clients. What is too much is answered with 503."},
      {"listen.max_output",
       at<in, &Listen::max_output>,
       {kMiB, kTiB},
       "Memory for answers that clients are slow to take. Past it the slowest are cut off."},
      {"listen.idle_timeout",
       at<in, &Listen::idle_timeout>,
       {kSecond, kDay},
       "How long a kept-alive connection may be idle."},
      {"listen.header_timeout",
       at<in, &Listen::header_timeout>,
       {100, kHour},
       "How long a client may take to send a request once it has begun."},
      {"listen.stop_grace",
       at<in, &Listen::stop_grace>,
       {0, kHour},
       "How long requests in progress may take to end when the daemon stops."},
      {"listen.unix_mode",
       at<in, &Listen::unix_mode>,
       {},
       "Who may connect to the Unix sockets of listen.address, as chmod spells it in figures. "
       "Those\n"
       "that systemd holds have what their unit says."},
      {"listen.unix_group",
       at<in, &Listen::unix_group>,
       {},
       "The group that their files get, which the daemon must be in. Empty: its own."},
  };
}

std::vector<Row> compression_rows() {
  constexpr auto in = &Settings::compression;
  return {
      {"compression.enabled",
       at<in, &Compression::enabled>,
       {},
       "Whether clients whose Accept-Encoding takes gzip, br or zstd get that."},
      {"compression.min_size",
       at<in, &Compression::min_size>,
       {1, kTiB},
       "Smaller bodies are sent as they are."},
      {"compression.gzip_level",
       at<in, &Compression::gzip_level>,
       {0, 9},
       "How hard zlib tries: a higher level takes more time for fewer bytes. 0: gzip is not "
       "offered."},
      {"compression.brotli_level",
       at<in, &Compression::brotli_level>,
       {0, 9},
       "The same for br; 1 is as 2."},
      {"compression.zstd_level", at<in, &Compression::zstd_level>, {0, 12}, "The same for zstd."},
      {"compression.cache_bytes",
       at<in, &Compression::cache_bytes>,
       {0, kTiB},
       "Memory for encoded bodies of whole answers, such as listings."},
  };
}

std::vector<Row> freshness_rows() {
  constexpr auto in = &Settings::freshness;
  return {
      {"freshness.ttl_jitter",
       at<in, &Freshness::ttl_jitter>,
       {0, 0.5},
       "How much of its freshness an entry may lose at random, so that not all expire at once."},
      {"freshness.negative",
       at<in, &Freshness::negative>,
       {0, kDay},
       "How long \"the provider has no such asset\" is believed."},
      {"freshness.names",
       at<in, &Freshness::names>,
       {0, kDay},
       "How long it is believed which assets a symbol or slug leads to, so that what was bought "
       "by\n"
       "id answers for it and the reverse. 0: each is bought by itself."},
      {"freshness.tick",
       at<in, &Freshness::tick>,
       {},
       "Learn when the provider's data turns over, and end copies just after that; false: each is "
       "fresh\n"
       "for as long as its family says."},
  };
}

std::vector<Row> last_rows() {
  return {
      {"auth.mode",
       at<&Settings::auth, &Auth::mode>,
       {},
       "\"open\": anyone who can connect, which must be loopback or a Unix socket.\n"
       "\"tokens\": clients show a token of tokens_file where the provider's key used to go."},
      {"auth.tokens_file",
       at<&Settings::auth, &Auth::tokens_file>,
       {},
       "A TOML file of [tokens.NAME] sections, not readable by everyone:\n"
       "  secret = \"at least 16 characters\"\n"
       "  requests_per_minute = 100  # 0: no limit, here and below\n"
       "  max_concurrent = 0         # that wait for lower tiers or the provider at once\n"
       "  credits_per_day = 0        # that its requests may cost\n"
       "  credits_per_month = 0\n"
       "  admin = false              # may use /admin",
       Change::Live},
      {"log.level",
       at<&Settings::log, &Logging::level>,
       {},
       "\"debug\", \"info\", \"warn\" (or \"warning\") or \"error\".",
       Change::Live},
      {"log.format", at<&Settings::log, &Logging::format>, {}, "\"text\" or \"json\"."},
      {"log.slow_request",
       at<&Settings::log, &Logging::slow_request>,
       {0, kHour},
       "A request that took longer is logged with what it waited for. 0s: none is.",
       Change::Live},
      {"log.access",
       at<&Settings::log, &Logging::access>,
       {},
       "Where a line for each request goes: \"off\", \"stderr\", or a file or pipe by its path, "
       "which "
       "is opened\n"
       "anew by a reload.",
       Change::Live},
      {"log.access_format",
       at<&Settings::log, &Logging::access_format>,
       {},
       "\"text\" or \"json\".",
       Change::Live},
      {"log.access_sample",
       at<&Settings::log, &Logging::access_sample>,
       {0, 1},
       "The share of requests that are written there, by lot; those that failed or were refused "
       "all "
       "are.",
       Change::Live},
      {"test.clock",
       at<&Settings::test, &Test::clock>,
       {},
       "Lets POST /admin/test/clock move the daemon's clock. Loopback and Unix sockets only."},
      {"test.clock_at",
       at<&Settings::test, &Test::clock_at>,
       {},
       "\"2026-11-01T00:00:00Z\": where that clock stands until it is moved. Empty: it goes on."},
  };
}

Row family_row(std::string_view family,
               std::string_view name,
               std::optional<seconds> FreshnessOverride::* member,
               const Bounds& bounds) {
  const bool is_stale = name.starts_with("stale");
  const std::string owner(family);
  return {"freshness." + owner + "." + std::string(name),
          [owner, member](Settings& settings) -> Field {
            return &(settings.freshness.families[owner].*member);
          },
          bounds,
          is_stale ? "Counted from the end of fresh; whole seconds."
                   : "How long a copy answers without asking again; whole seconds.",
          Change::Live};
}

constexpr double kMostOfTag = 500;

}  // namespace

Row tag_row(std::string_view tag) {
  const std::string name(tag);
  return {std::string(kTagPrefix) + name,
          [name](Settings& settings) -> Field { return &settings.tags[name]; },
          {1, kMostOfTag},
          "Assets, by id, symbol or slug, that are purged by this name.",
          Change::Live};
}

std::string_view to_string(Change change) noexcept {
  return change == Change::Live ? "live" : "restart";
}

std::string Row::environment_name() const {
  std::string out = "QUOTECACHED_";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    out += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return out;
}

std::vector<Row> make_rows(std::span<const std::string_view> families) {
  std::vector<Row> rows;
  for (auto part : {listen_rows, compression_rows, upstream_rows, tier_rows, freshness_rows}) {
    for (Row& row : part()) rows.push_back(std::move(row));
  }
  const Bounds fresh{kSecond, 366 * kDay};
  const Bounds stale{0, 366 * kDay};
  for (const std::string_view family : families) {
    rows.push_back(family_row(family, "fresh", &FreshnessOverride::fresh, fresh));
    rows.push_back(family_row(
        family, "stale_while_revalidate", &FreshnessOverride::stale_while_revalidate, stale));
    rows.push_back(family_row(family, "stale_if_error", &FreshnessOverride::stale_if_error, stale));
  }
  for (auto part : {credit_rows, warm_rows, alert_rows, usage_rows, last_rows}) {
    for (Row& row : part()) rows.push_back(std::move(row));
  }
  return rows;
}

std::string_view section_doc(std::string_view section) noexcept {
  if (section == "listen") return "Where and how clients are served.";
  if (section == "compression") return "What clients get in fewer bytes.";
  if (section == "upstream") return "The provider, and how it is asked.";
  if (section == "tiers") return "Where copies are kept.";
  if (section == "tiers.memory") return "In the daemon itself.";
  if (section == "tiers.redis") return "Used when tiers.order names it.";
  if (section == "tiers.memcached") return "Used when tiers.order names it.";
  if (section == "tiers.sqlite") return "On disk; survives restarts and needs no server.";
  if (section == "freshness") return "How long copies may answer.";
  if (section == "credits") return "What may be spent.";
  if (section == "warm") return "What is renewed before clients ask.";
  if (section == "alerts")
    return "Whom to tell when credits run short or something is wrong with them.";
  if (section == "usage") return "How long the record of requests and credits is kept.";
  if (section == "tags") return "Names for groups of assets.";
  if (section == "auth") return "Who may ask.";
  if (section == "log") return "What the daemon writes to standard error.";
  if (section == "test") return "For tests of programs that use the daemon; leave alone otherwise.";
  return {};
}

}  // namespace quotecached::settings
