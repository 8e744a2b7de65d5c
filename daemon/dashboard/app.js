// Asks the daemon's admin routes every few seconds, and shows what they say.
//
// A token is kept for this tab alone. What cannot be had is said in one line; what was shown before
// stays, with the time that it is of.
import {
  amount, byId, bytes, clock, count, day, dayAndTime, element, isNumber, percent, seconds,
  showChart, showFigures, showRows,
} from "./view.js";

const kRefresh = 5000; // ms between two looks
const kReports = 30000; // reports are read from the database
const kAfterRefusal = 300000; // and are not asked for again soon where there is none
const kTimeout = 10000;
const kMostRates = 120;
const kMostRows = 10;
const kTokenName = "quotecached.token";

let isPaused = false;
let isLooking = false;
let timer = 0;
let reportsAt = -Infinity;
let shownAt = null;
const rates = []; // {all, other}: requests a second between two looks
let before = null; // {at, all, other}: counts at the last look

class Refused extends Error {
  constructor(status, detail) {
    super(detail || `status ${status}`);
    this.status = status;
  }
}

async function ask(path) {
  const token = sessionStorage.getItem(kTokenName);
  const answer = await fetch(`/${path}`, {
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    cache: "no-store",
    signal: AbortSignal.timeout(kTimeout),
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, body.detail);
  return body;
}

// --- what is shown ---

const windowOf = (credits, name) => credits.windows.find((one) => one.window === name);
const secondsUntil = (text, now) => (new Date(text) - new Date(now)) / 1000;

function showMode(credits) {
  const { name, reason, manual_until: until } = credits.mode;
  const mode = byId("mode");
  mode.hidden = false;
  mode.className = `badge ${name === "normal" ? "ok" : credits.level === "ok" ? "warning" : credits.level}`;
  mode.textContent = `spend mode ${name}`;
  mode.title = [reason, until ? `until ${dayAndTime(until)}` : ""].filter(Boolean).join(", ");
}

function showAlerts(credits) {
  const byLevel = [...credits.alerts].sort((a, b) => (a.level < b.level ? -1 : a.level > b.level));
  const lines = byLevel.map(({ at, level, message }) => element(
    "li", { class: level }, element("strong", {}, level), ` ${message} `,
    element("time", { datetime: at }, `since ${dayAndTime(at)}`)));
  if (credits.key_refused)
    lines.unshift(element("li", { class: "critical" }, "The provider refuses the key."));
  if (!credits.ledger.works)
    lines.unshift(element("li", { class: "critical" }, `Nothing is paid for: ${credits.ledger.error}`));
  if (lines.length === 0) lines.push(element("li", { class: "ok" }, "None hold."));
  byId("alerts").replaceChildren(...lines);
}

function showMonth(credits) {
  const month = windowOf(credits, "month");
  const passed = secondsUntil(credits.at, month.starts_at);
  const whole = secondsUntil(month.ends_at, month.starts_at);
  const pace = isNumber(month.cap) ? (month.cap * passed) / whole : null;
  const ends = month.forecast ? month.forecast.spent_at_end : null;
  const runsOut = month.forecast ? month.forecast.exhausted_at : null;
  const forecast = month.forecast_missing ? `none: ${month.forecast_missing}`
    : runsOut ? `spent ${dayAndTime(runsOut)}` : "lasts until the reset";
  showFigures("month", [
    ["spent", [count(month.spent), "credits"]],
    ["of the cap", isNumber(month.cap) ? percent(month.spent, month.cap) : "no cap"],
    ["even pace by now", isNumber(pace) ? [count(pace), "credits"] : "no cap"],
    ["left", isNumber(month.left) ? [count(month.left), "credits"] : "no cap"],
    ["foretold at the end", isNumber(ends) ? [count(ends), "credits"] : "\u2013"],
    ["resets", `${dayAndTime(month.ends_at)}, in ${seconds(secondsUntil(month.ends_at, credits.at))}`,
     "note"],
    ...(isNumber(month.money_spent)
      ? [["cost", `${month.money_spent.toFixed(2)} ${credits.money.currency}`]] : []),
    ["forecast", forecast, `note ${runsOut ? "warning" : ""}`],
  ]);
}

// `days`: the rows of a report by day of the running month; without them a straight line.
function showSpend(credits, days) {
  const month = windowOf(credits, "month");
  const width = secondsUntil(month.ends_at, month.starts_at);
  const now = secondsUntil(credits.at, month.starts_at);
  const spent = [[0, 0]];
  let sum = 0;
  for (const { key, credits: ofDay } of [...days].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    sum += ofDay || 0;
    const end = secondsUntil(`${key}T00:00:00Z`, month.starts_at) + 86400;
    if (end > 0 && end < now) spent.push([end, sum]);
  }
  // What others spent with the key, or before there was this record, is in the window alone.
  const beyond = Math.max(0, month.spent - sum);
  for (const point of spent.slice(1)) point[1] = Math.min(point[1] + beyond, month.spent);
  spent.push([now, month.spent]);
  const ends = month.forecast ? month.forecast.spent_at_end : null;
  const height = Math.max(month.cap || 0, ends || 0, month.spent, 1);
  const lines = [{ points: spent, kind: "spent" }];
  if (isNumber(month.cap)) lines.unshift({ points: [[0, 0], [width, month.cap]], kind: "pace" });
  if (isNumber(ends)) lines.push({ points: [[now, month.spent], [width, ends]], kind: "forecast" });
  showChart("spend-chart", {
    width, height, lines,
    says: `${count(month.spent)} credits spent of ${isNumber(month.cap) ? count(month.cap) : "no cap"}${
      isNumber(ends) ? `, ${count(ends)} foretold at the end` : ""}`,
  });
  byId("spend-range").textContent =
    `${day(month.starts_at)} to ${day(month.ends_at)}, 0 to ${count(height)} credits`;
}

function showWindows(credits) {
  showRows("windows", credits.windows.map((one) => [
    `${one.window} (${one.unit})`, count(one.spent), count(one.held),
    isNumber(one.left) ? count(one.left) : "no cap", isNumber(one.cap) ? count(one.cap) : "no cap",
    one.closed_until ? { text: `closed, ${seconds(secondsUntil(one.closed_until, credits.at))}`,
                         kind: "critical" }
      : seconds(secondsUntil(one.ends_at, credits.at)),
  ]), "no windows");
  const price = credits.price_of_credit;
  showFigures("price", [
    ["a credit must save", price > 0 ? [seconds(price), "of age"] : [seconds(0), "credits are ample"]],
    ["freshness stretched", `\u00d7 ${count(credits.stretch, 2)}`],
    ["calls under way", count(credits.holds)],
    ["spend mode", `${credits.mode.name}${credits.mode.reason ? `, ${credits.mode.reason}` : ""}`, "note"],
  ]);
}

const kFree = ["hit"];
function countRequests(requests) {
  let all = 0;
  let other = 0;
  for (const [outcome, number] of Object.entries(requests)) {
    all += number;
    if (!kFree.includes(outcome)) other += number;
  }
  return { all, other };
}

function noteRates(stats) {
  const now = { at: performance.now(), ...countRequests(stats.requests) };
  // Counters that have fallen are those of another start.
  if (before && now.all >= before.all && now.at > before.at) {
    const took = (now.at - before.at) / 1000;
    rates.push({ all: (now.all - before.all) / took, other: (now.other - before.other) / took });
    if (rates.length > kMostRates) rates.shift();
  }
  before = now;
}

function showAnswers(stats) {
  noteRates(stats);
  const { all, other } = countRequests(stats.requests);
  const last = rates.at(-1);
  showFigures("answers", [
    ["requests now", last ? [amount(last.all), "/s"] : "\u2013"],
    ["fresh hits now", last ? percent(last.all - last.other, last.all) : "\u2013"],
    ["since the start", [count(all), "requests"]],
    ["fresh hits", percent(all - other, all)],
  ]);
  showFigures("outcomes", Object.entries(stats.requests).map(
    ([outcome, number]) => [outcome, count(number), outcome === "failed" && number > 0 ? "warning" : undefined]));
  const height = Math.max(...rates.map((rate) => rate.all), 1);
  const first = kMostRates - rates.length;
  const points = (name) => rates.map((rate, i) => [first + i, rate[name]]);
  showChart("rate-chart", {
    width: kMostRates - 1, height,
    lines: [{ points: points("all"), kind: "spent" }, { points: points("other"), kind: "stale" }],
    says: last ? `${amount(last.all)} requests a second` : "no rate yet",
  });
  byId("rate-range").textContent =
    `${seconds((kMostRates * kRefresh) / 1000)}, 0 to ${amount(height)} /s`;
}

const state = (isUp) =>
  (isUp ? { text: "up", kind: "ok" } : { text: "down", kind: "critical" });

function showTiers(stats) {
  const { all } = countRequests(stats.requests);
  showRows("tiers", stats.tiers.map((tier) => [
    tier.tier, state(tier.up), count(tier.answered), percent(tier.answered, all),
    isNumber(tier.found) ? percent(tier.found, tier.found + tier.not_found) : "\u2013",
    count(tier.entries), bytes(tier.bytes),
  ]), "no tiers");
  byId("tier-errors").replaceChildren(...stats.tiers.filter((tier) => tier.error).map(
    (tier) => element("li", { class: tier.up ? "warning" : "critical" }, `${tier.tier}: ${tier.error}`)));
}

function showUpstream(stats) {
  const { up, error, average_ms: average } = stats.upstream;
  showFigures("upstream", [
    ["state", up ? "asked" : "not asked", up ? "ok" : "critical"],
    ["answers in", average > 0 ? seconds(average / 1000) : "\u2013"],
    ...(error ? [["last failure", error, "note warning"]] : []),
  ]);
}

function callEnd({ state: settled, http_status: status, error_code: code }) {
  if (settled !== "settled") return settled;
  if (status === 200 && code === 0) return { text: "200", kind: "ok" };
  return { text: status === 0 ? "no answer" : code ? `${status}, ${code}` : status, kind: "critical" };
}

function showCalls({ calls }) {
  showRows("calls", calls.slice(0, 6).map((call) => [
    clock(new Date(call.at)), call.endpoint, call.cause, count(call.assets + call.riding),
    amount(call.credits), seconds(call.took_ms / 1000), callEnd(call),
  ]), "none yet");
  const settled = calls.filter((call) => call.state === "settled").reverse();
  const height = Math.max(...settled.map((call) => call.took_ms), 1);
  showChart("calls-chart", {
    width: Math.max(settled.length - 1, 1), height,
    lines: [{ points: settled.map((call, i) => [i, call.took_ms]), kind: "spent" }],
    says: `times of the last ${settled.length} calls, at most ${seconds(height / 1000)}`,
  });
  byId("calls-range").textContent = `${settled.length} calls, 0 to ${seconds(height / 1000)}`;
}

function showAges({ rows, total }) {
  showFigures("ages", [
    ["mean age", isNumber(total.mean_age_s) ? seconds(total.mean_age_s) : "\u2013"],
    ["requests", count(total.requests)],
    ["hits", isNumber(total.hit_rate) ? `${count(total.hit_rate, 1)} %` : "\u2013"],
    ["credits", amount(total.credits)],
    ["saved", [amount(total.saved), "credits"]],
  ]);
  const busiest = [...rows].sort((a, b) => b.requests - a.requests).slice(0, kMostRows);
  showRows("endpoints", busiest.map((row) => [
    row.key, count(row.requests), isNumber(row.hit_rate) ? `${count(row.hit_rate, 1)} %` : "\u2013",
    seconds(row.mean_age_s), isNumber(row.p95_ms) ? seconds(row.p95_ms / 1000) : "\u2013",
    amount(row.credits),
  ]), "nothing was asked for today");
}

function showAssets({ rows }) {
  const named = rows.filter((row) => row.key !== "" && row.key !== "*" && row.requests > 0);
  const all = rows.reduce((sum, row) => sum + (row.requests || 0), 0);
  const most = named.sort((a, b) => b.requests - a.requests).slice(0, kMostRows);
  showRows("assets", most.map((row) => [
    row.key, `\u2248 ${count(row.requests)}`, percent(row.requests, all), count(row.calls),
    amount(row.credits),
  ]), "nothing was asked for today");
}

// --- the looks ---

function say(standing, notice = "") {
  byId("standing").textContent = standing;
  byId("notice").hidden = notice === "";
  if (byId("notice").textContent !== notice) byId("notice").textContent = notice;
}

const since = () => (shownAt ? ` What is shown is of ${clock(shownAt)}.` : "");

function explain(failure) {
  const status = failure instanceof Refused ? failure.status : 0;
  byId("token-form").hidden = status !== 401;
  if (status === 401) {
    const isWrong = sessionStorage.getItem(kTokenName) !== null;
    return ["a token is needed", (isWrong ? "The daemon does not take this token as an admin's."
      : "The daemon asks for an admin token.") + since()];
  }
  if (status === 403) {
    return ["not allowed", "Operators ask from the daemon's own machine: open this page there, or through "
      + "an SSH tunnel (ssh -L 8466:127.0.0.1:8466). " + failure.message + since()];
  }
  if (status !== 0) return ["no figures", `The daemon says: ${failure.message}.${since()}`];
  return ["no answer", `The daemon does not answer. The next try is in ${kRefresh / 1000} s.${since()}`];
}

async function lookAtReports(credits) {
  if (performance.now() < reportsAt) return;
  reportsAt = performance.now() + kReports;
  try {
    const [days, today, assets] = await Promise.all([
      ask("admin/credits/report?period=billing&by=day"),
      ask("admin/credits/report?days=1&by=endpoint"),
      ask("admin/credits/report?days=1&by=asset"),
    ]);
    showSpend(credits, days.rows);
    showAges(today);
    showAssets(assets);
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.status === 401) throw failure;
    reportsAt = performance.now() + kAfterRefusal;
    showSpend(credits, []);
    showRows("endpoints", [], `no report: ${failure.message}`);
    showRows("assets", [], `no report: ${failure.message}`);
    showRows("calls", [], `no list of calls: ${failure.message}`);
  }
}

// Again in a while, unless a person has to do something first.
async function look() {
  clearTimeout(timer);
  if (isLooking) return;
  isLooking = true;
  try {
    const credits = await ask("admin/credits");
    showMode(credits);
    showAlerts(credits);
    showMonth(credits);
    showWindows(credits);
    const stats = await ask("admin/stats");
    showAnswers(stats);
    showTiers(stats);
    showUpstream(stats);
    await lookAtReports(credits);
    if (reportsAt - performance.now() <= kReports) showCalls(await ask("admin/credits/calls?limit=60"));
    shownAt = new Date();
    byId("figures").hidden = false;
    byId("token-form").hidden = true;
    say(`as of ${clock(shownAt)}, every ${kRefresh / 1000} s`);
  } catch (failure) {
    before = null; // what comes next is no rate of now
    say(...explain(failure));
  }
  isLooking = false;
  const waits = isPaused || document.hidden || !byId("token-form").hidden;
  if (!waits) timer = setTimeout(look, kRefresh);
}

byId("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  const pause = byId("pause");
  pause.setAttribute("aria-pressed", String(isPaused));
  clearTimeout(timer);
  before = null;
  if (isPaused) {
    say(shownAt ? `paused, as of ${clock(shownAt)}` : "paused");
  } else {
    look();
  }
});

byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = byId("token").value.trim();
  byId("token").value = "";
  // No header can carry anything else: a pasted quotation mark, say.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    say("a token is needed", "That is no token: none has blanks, or letters beyond ASCII.");
    return;
  }
  sessionStorage.setItem(kTokenName, token);
  reportsAt = -Infinity;
  look();
});

// A page that nobody sees asks nothing.
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  before = null;
  if (!document.hidden && !isPaused) look();
});

look();
