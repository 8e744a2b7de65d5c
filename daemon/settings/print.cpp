#include "settings/print.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "settings/schema.hpp"

namespace quotecached::settings {
namespace {

constexpr std::string_view kHead =
    R"(# quotecached.toml: every setting with its default.
#
# A line like #name = value is a default: remove the '#' and change it. Each setting can also be
# given as an environment variable (QUOTECACHED_UPSTREAM_TIMEOUT=10s for timeout in [upstream]) or
# on the command line (--set upstream.timeout=10s). The command line wins over the environment, and
# that over this file. quotecached --check tells what is wrong with them, --print-config what holds.
#
# What is marked "live" is taken up by a reload (systemctl reload quotecached, quotecache reload, or
# SIGHUP), the rest by a restart.
)";

constexpr std::string_view kFamilyDoc =
    R"(# What one family of endpoints does instead of what the catalogue says. The families are the
# `family` words of the endpoint catalogue; a key left out stays as the catalogue has it.
# The stale times count from the end of `fresh`, in whole seconds.
)";

std::string commented(std::string_view text) {
  std::string out = "# ";
  for (const char c : text) out += c == '\n' ? std::string("\n# ") : std::string(1, c);
  return out + "\n";
}

std::string origin_text(const Origin& origin) {
  std::string out = origin.file.empty() ? "default" : place(origin.file, origin.line);
  std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return out;
}

void append_secret(std::string& out, std::string_view name, const Secret& secret) {
  if (!secret.empty()) out += fmt::format("# {}: {}\n", name, secret.masked());
}

void append_secrets(std::string& out, const Settings& settings, const Origin& api_key) {
  out += "\n";
  const Secret& key = settings.upstream.api_key;
  out += key.empty()
             ? "# No API key: upstream is asked without one.\n"
             : fmt::format("# upstream.api_key: {} from {}\n", key.masked(), origin_text(api_key));
  append_secret(out, "tiers.redis password", settings.tiers.redis.password);
  append_secret(out, "alerts.webhook secret", settings.alerts.webhook_secret);
  for (const Token& token : settings.auth.tokens)
    append_secret(out, "token " + token.name, token.secret);
}

// What a webhook is called by may be a secret, and its secret's file is refused without it: neither
// is printed as a value that could be loaded.
bool is_withheld(const Row& row, const Settings& settings) {
  return row.key.starts_with("alerts.webhook") && !settings.alerts.webhook.empty();
}

std::string withheld_line(const Row& row, std::string value, const Origin& origin) {
  if (row.key == "alerts.webhook") {
    const auto host = value.find("://");
    value.erase(std::min(value.find_first_of("/?", host + 3), value.size() - 1)).append("/***\"");
  }
  return fmt::format("# {}: {} from {}\n", row.key, value, origin_text(origin));
}

// "1ms to 1h", or nothing for a type without bounds.
std::string range_text(const Row& row) {
  Settings least;
  Settings most;
  const Field low = row.field(least);
  const Field high = row.field(most);
  if (auto* field = std::get_if<std::int64_t*>(&low)) {
    **field = static_cast<std::int64_t>(row.bounds.least);
    *std::get<std::int64_t*>(high) = static_cast<std::int64_t>(row.bounds.most);
  } else if (auto* real = std::get_if<double*>(&low)) {
    **real = row.bounds.least;
    *std::get<double*>(high) = row.bounds.most;
  } else if (auto* duration = std::get_if<milliseconds*>(&low)) {
    **duration = milliseconds(static_cast<std::int64_t>(row.bounds.least));
    *std::get<milliseconds*>(high) = milliseconds(static_cast<std::int64_t>(row.bounds.most));
  } else if (auto* size = std::get_if<Bytes*>(&low)) {
    **size = Bytes{static_cast<std::uint64_t>(row.bounds.least)};
    *std::get<Bytes*>(high) = Bytes{static_cast<std::uint64_t>(row.bounds.most)};
  } else {
    return {};
  }
  std::string out = to_toml(low) + " to " + to_toml(high);
  std::erase(out, '"');
  return out;
}

// Behind a value that a reload takes up.
std::string_view live_mark(const Row& row, std::string_view mark) {
  return row.change == Change::Live ? mark : std::string_view();
}

std::string default_line(const Row& row) {
  Settings defaults;
  return fmt::format("\n{}#{} = {}{}\n",
                     commented(row.doc),
                     row.name(),
                     to_toml(row.field(defaults)),
                     live_mark(row, "  # live"));
}

constexpr std::string_view kFamilyExample =
    "#[freshness.quotes]\n#fresh = \"60s\"  # live, as all of these\n#stale_while_revalidate = "
    "\"60s\"\n"
    "#stale_if_error = \"24h\"\n";

constexpr std::string_view kTagsExample =
    "\n# Names for groups of assets, by id, symbol or slug: quotecache purge --tag defi.\n"
    "#[tags]\n#defi = [\"UNI\", \"AAVE\", \"1975\"]  # live\n";

}  // namespace

std::string print_config(const Loaded& loaded) {
  Settings settings = loaded.settings;
  std::vector<std::string_view> families;
  for (const auto& [family, times] : settings.freshness.families) families.push_back(family);
  std::vector<Row> rows = make_rows(families);
  for (const auto& [tag, assets] : settings.tags) rows.push_back(tag_row(tag));
  std::string out;
  std::string section;
  for (const Row& row : rows) {
    const std::string value = to_toml(row.field(settings));
    if (value.empty()) continue;  // as the catalogue says
    if (row.section() != section) {
      section = row.section();
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
    }
    const auto origin = std::ranges::find(loaded.origins, row.key, &Origin::key);
    out += is_withheld(row, settings) ? withheld_line(row, value, *origin)
                                      : fmt::format("{} = {}  # {}{}\n",
                                                    row.name(),
                                                    value,
                                                    origin_text(*origin),
                                                    live_mark(row, "; live"));
  }
  append_secrets(out, settings, loaded.origins.back());
  return out;
}

std::string default_config() {
  std::string out(kHead);
  std::string section;
  for (const Row& row : make_rows({})) {
    if (row.section() != section) {
      if (section == "usage") out += kTagsExample;
      if (section == "freshness")
        out += "\n" + std::string(kFamilyDoc) + std::string(kFamilyExample);
      section = row.section();
      out += fmt::format("\n{}[{}]\n", commented(section_doc(section)), section);
    }
    out += default_line(row);
  }
  return out;
}

std::string markdown_table() {
  const std::array<std::string_view, 1> families = {"<family>"};
  std::string out =
      "| key | type | default | range | change | meaning |\n|---|---|---|---|---|---|\n";
  auto rows = make_rows(families);
  rows.push_back(tag_row("<name>"));
  for (const Row& row : rows) {
    Settings defaults;
    const Field field = row.field(defaults);
    std::string value = to_toml(field);
    value = value.empty() ? "the catalogue's" : "`" + value + "`";
    std::string doc = row.doc;
    std::ranges::replace(doc, '\n', ' ');
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n",
                       row.key,
                       type_name(field),
                       value,
                       range_text(row),
                       to_string(row.change),
                       doc);
  }
  return out;
}

}  // namespace quotecached::settings
