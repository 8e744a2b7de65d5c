// The settings of what may be spent, for what, who is told, and what is recorded.
#include "settings/schema_parts.hpp"

namespace quotecached::settings {
namespace {

constexpr double kMostCredits = 1e12;

}  // namespace

std::vector<Row> credit_rows() {
  constexpr auto in = &Settings::credits;
  return {
      {"credits.plan",
       at<in, &Credits::plan>,
       {},
       "Where the account's limits come from: \"auto\" asks the provider (/v1/key/info, free) at "
       "the\n"
       "start and every ten minutes; \"explicit\" takes those below; or the name of a plan: "
       "\"basic\",\n"
       "\"hobbyist\", \"builder\", \"startup\", \"standard\", \"growth\", \"professional\"."},
      {"credits.per_day",
       at<in, &Credits::per_day>,
       {0, kMostCredits},
       "Credits per day, beside what the plan says: the smaller counts. 0: none of our own.",
       Change::Live},
      {"credits.per_month",
       at<in, &Credits::per_month>,
       {0, kMostCredits},
       "The same per month.",
       Change::Live},
      {"credits.requests_per_minute",
       at<in, &Credits::requests_per_minute>,
       {0, 10'000'000},
       "The same for calls per UTC minute.",
       Change::Live},
      {"credits.billing_anchor",
       at<in, &Credits::billing_anchor>,
       {},
       "When the account's month begins: the day of the month and the time, UTC. Its days begin "
       "at\n"
       "that time too. With \"auto\" the provider's word wins."},
      {"credits.foreground_reserve",
       at<in, &Credits::foreground_reserve>,
       {0, 0.9},
       "The share of each window that is kept for clients: warming stops before it.",
       Change::Live},
      {"credits.thresholds",
       at<in, &Credits::thresholds>,
       {0.01, 1},
       "The shares of a day's or month's credits at which the daemon economises, pays only for "
       "what\n"
       "it has no copy of, and pays no more. Each also raises an alert.",
       Change::Live},
      {"credits.max_stretch",
       at<in, &Credits::max_stretch>,
       {1, 1000},
       "While economising, copies stay fresh for up to so many times as long."},
      {"credits.on_ledger_failure",
       at<in, &Credits::on_ledger_failure>,
       {},
       "When the ledger cannot be written: \"stop\" paying and serve what is cached, or \"allow\" "
       "calls\n"
       "that a crash would forget. With \"stop\" the daemon does not start without a database."},
      {"credits.price_per_credit",
       at<in, &Credits::price_per_credit>,
       {0, 1000},
       "What a credit costs in money, to the billionth: the plan's price by its credits. Reports "
       "and\n"
       "quotecache credits then show money too. 0: they do not."},
      {"credits.currency",
       at<in, &Credits::currency>,
       {},
       "What that money is, such as \"USD\"; shown behind each sum. Empty: none is named."},
  };
}

std::vector<Row> warm_rows() {
  constexpr auto in = &Settings::warm;
  constexpr double kMostPopular = 5000;
  return {
      {"warm.mode",
       at<in, &Warm::mode>,
       {},
       "Who may renew copies ahead of clients: the \"daemon\" by itself, \"cron\" (quotecache "
       "warm), "
       "\"both\"\n"
       "or nobody (\"off\"). What that costs is held against the price of a credit and the spend "
       "mode."},
      {"warm.popular",
       at<in, &Warm::popular>,
       {1, kMostPopular},
       "How many of the most asked assets quotecache warm takes when it is not told.",
       Change::Live},
      {"warm.pinned",
       at<in, &Warm::pinned>,
       {0, kMostItems},
       "Assets, by id, that are kept fresh whether clients ask for them or not.",
       Change::Live},
      {"warm.window",
       at<in, &Warm::windows>,
       {0, kMostItems},
       "Hours in which assets are kept warm: once when they begin, then as long as clients ask "
       "for\n"
       "them. Also written as sections [[warm.window]]. `hours` and `days` (\"mon-fri\", "
       "\"sat,sun\") by\n"
       "the clock of `timezone` (\"Europe/Berlin\", \"+05:30\", \"UTC\"); `assets` by id, and the "
       "`popular`\n"
       "most asked beside them. An empty list: none.",
       Change::Live},
  };
}

std::vector<Row> alert_rows() {
  constexpr auto in = &Settings::alerts;
  return {
      {"alerts.webhook",
       at<in, &Alerts::webhook>,
       {},
       "A URL that each alert is posted to as JSON. Plain http:// is taken for loopback only."},
      {"alerts.webhook_secret_file",
       at<in, &Alerts::webhook_secret_file>,
       {},
       "A file that holds the secret the posts are signed with, not readable by everyone."},
      {"alerts.command",
       at<in, &Alerts::command>,
       {0, kMostItems},
       "A program and its arguments, run for each alert with the alert as JSON on its standard "
       "input."},
      {"alerts.unreachable_after",
       at<in, &Alerts::unreachable_after>,
       {kSecond, 7 * kDay},
       "How long the provider must fail before that is an alert.",
       Change::Live},
  };
}

std::vector<Row> usage_rows() {
  constexpr auto in = &Settings::usage;
  constexpr double kDecade = 3660 * kDay;
  return {
      {"usage.keep_minutes",
       at<in, &Usage::keep_minutes>,
       {kHour, kDecade},
       "How long usage by the minute is kept."},
      {"usage.keep_hours", at<in, &Usage::keep_hours>, {kDay, kDecade}, "... by the hour."},
      {"usage.keep_days",
       at<in, &Usage::keep_days>,
       {31 * kDay, kDecade},
       "... by the day, and single upstream calls. Reports reach as far. Months are kept for "
       "good."},
      {"usage.trace",
       at<in, &Usage::trace>,
       {},
       "A file that records what clients ask for and when, for simulations: no credentials, and\n"
       "of tokens' names a hash. Each start begins it anew; the one before is FILE.1. Empty: "
       "none."},
      {"usage.trace_max_bytes",
       at<in, &Usage::trace_max_bytes>,
       {kMiB, kTiB},
       "Room for both files. Past half of it the file is begun anew."},
  };
}

}  // namespace quotecached::settings
