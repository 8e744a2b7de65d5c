// What a daemon could answer, for tests of the client.
#pragma once

#include <string>

namespace quotecache::test {

// A month at 81 % that will not last, a day that will; an endpoint whose price is wrong, and a
// client near its share. docs/command.md shows it.
inline const std::string kCredits = R"({
"at":"2026-11-21T10:00:00Z",
"plan":{"name":"auto","source":"key_info","read_at":"2026-11-21T09:57:00Z","error":""},
"mode":{"name":"economise","since":"2026-11-20T22:15:00Z","reason":"month: 81 % spent","manual_until":null},
"price_of_credit":740.5,"stretch":1.4,"level":"warning","money":null,"some_day":{"more":[1,2]},
"windows":[
{"window":"minute","unit":"requests","starts_at":"2026-11-21T10:00:00Z","ends_at":"2026-11-21T10:01:00Z",
 "cap":30,"spent":3,"held":1,"left":26,"closed_until":null,"error_code":0,"money_spent":null,"forecast":null,"forecast_missing":null},
{"window":"day","unit":"credits","starts_at":"2026-11-21T00:00:00Z","ends_at":"2026-11-22T00:00:00Z",
 "cap":15000,"spent":5700,"held":2,"left":9298,"closed_until":null,"error_code":0,"money_spent":null,
 "forecast":{"exhausted_at":null,"earliest":null,"latest":null,"spent_at_end":12240.7},"forecast_missing":null},
{"window":"month","unit":"credits","starts_at":"2026-11-01T00:00:00Z","ends_at":"2026-12-01T00:00:00Z",
 "cap":300000,"spent":243000,"held":2,"left":56998,"closed_until":null,"error_code":0,"money_spent":null,
 "forecast":{"exhausted_at":"2026-11-26T09:40:00Z","earliest":"2026-11-25T20:10:00Z",
  "latest":"2026-11-27T02:05:00Z","spent_at_end":352600},"forecast_missing":null}],
"key_refused":null,"holds":1,"ledger":{"works":true,"error":""},"drift":{"day":12,"month":-40},
"prices":[{"endpoint":"v2.quotes","checked":100,"mismatches":0,"predicted":100,"charged":100,"mispriced":false},
{"endpoint":"v1.listings","checked":10,"mismatches":9,"predicted":10,"charged":19,"mispriced":true}],
"alerts":[{"id":null,"at":"2026-11-19T03:30:00Z","kind":"forecast","level":"warning","subject":"month",
 "state":"raised","value":1.1622,"bound":1,"until":"2026-12-01T00:00:00Z",
 "message":"At this pace this month's 300,000 credits are spent on 2026-11-26 13:00 UTC (between 2026-11-25 15:00 UTC and 2026-11-28 02:00 UTC); resets 2026-12-01 00:00 UTC"},
{"id":null,"at":"2026-11-20T22:15:00Z","kind":"window","level":"warning","subject":"month",
 "state":"raised","value":0.81,"bound":0.8,"until":"2026-12-01T00:00:00Z",
 "message":"81 % of this month's 300,000 credits are spent; resets 2026-12-01 00:00 UTC"},
{"id":null,"at":"2026-11-21T09:40:00Z","kind":"price","level":"warning","subject":"v1.listings",
 "state":"raised","value":9,"bound":0,"until":null,
 "message":"Calls of v1.listings cost 9 credits more than the catalogue says so far"}],
"clients":[{"client":"bot","windows":[
{"window":"day","cap":1000,"spent":950,"held":0,"left":50,"ends_at":"2026-11-22T00:00:00Z"},
{"window":"month","cap":null,"spent":12000,"held":0,"left":null,"ends_at":"2026-12-01T00:00:00Z"}]}]})";

// Nothing limited, nothing spent, nothing wrong.
inline const std::string kQuietCredits = R"({
"at":"2026-11-21T10:00:00Z","plan":{"name":"auto","source":"unknown","read_at":null,"error":""},
"mode":{"name":"normal","since":"2026-11-21T09:12:00Z","reason":"","manual_until":null},
"price_of_credit":0,"stretch":1.0,"level":"ok","money":null,"windows":[
{"window":"day","unit":"credits","starts_at":"2026-11-21T00:00:00Z","ends_at":"2026-11-22T00:00:00Z",
 "cap":null,"spent":0,"held":0,"left":null,"closed_until":null,"error_code":0,"money_spent":null,"forecast":null,"forecast_missing":null}],
"key_refused":null,"holds":0,"ledger":{"works":true,"error":""},"drift":{"day":0,"month":0},
"prices":[],"alerts":[],"clients":[]})";

// Scores follow the formula of docs/admin.md. docs/command.md shows it.
inline const std::string kReport = R"({
"from":"2026-11-15T00:00:00Z","to":"2026-11-21T10:00:00Z","days":7,"by":"endpoint","price_per_credit":0.001,"currency":"USD",
"period":{"kind":"days","starts_at":"2026-11-15T00:00:00Z","ends_at":"2026-11-22T00:00:00Z","complete":true,"records_from":"2026-10-12T00:00:00Z"},"provider":null,
"rows":[
{"key":"v2.quotes","requests":1234567,"hits":1222221,"hit_rate":99.0,"stale":512,"misses":12000,"errors":346,
 "credits":12120,"credits_per_request":0.009817,"average_ms":0.8,"p95_ms":2.5,"score":99.4379,
 "saved":1210101,"money_spent":12.12,"money_saved":1210.101,"bytes":1234567890,"calls":12000,"failed":11,"predicted":12125,
 "asks":5000000,"mean_age_s":32.4,"assets":1187760,"riding":1150000,"assets_per_credit":98},
{"key":"v2.market_pairs","requests":9000,"hits":4500,"hit_rate":50,"stale":0,"misses":4500,"errors":0,
 "credits":4500,"credits_per_request":0.5,"average_ms":95.25,"p95_ms":310,"score":71.619,
 "saved":4500,"money_spent":4.5,"money_saved":4.5,"bytes":98765,"calls":4500,"failed":0,"predicted":4500,
 "asks":9000,"mean_age_s":61.25,"assets":0,"riding":0,"assets_per_credit":null}],
"total":{"key":"total","requests":1243567,"hits":1226721,"hit_rate":98.645,"stale":512,"misses":16500,"errors":346,
 "credits":16620,"credits_per_request":0.013365,"average_ms":1.483,"p95_ms":3.1,"score":99.2363,
 "saved":1214601,"money_spent":16.62,"money_saved":1214.601,"bytes":1234666655,"calls":16500,"failed":11,"predicted":16625,
 "asks":5009000,"mean_age_s":32.452,"assets":1187760,"riding":1150000,"assets_per_credit":98}})";

inline const std::string kReportByCause = R"({
"from":"2026-11-21T00:00:00Z","to":"2026-11-21T10:00:00Z","days":1,"by":"cause","price_per_credit":null,"currency":null,
"period":{"kind":"days","starts_at":"2026-11-21T00:00:00Z","ends_at":"2026-11-22T00:00:00Z","complete":true,"records_from":"2026-10-12T00:00:00Z"},"provider":null,
"rows":[
{"key":"miss","requests":null,"hits":null,"hit_rate":null,"stale":null,"misses":null,"errors":null,
 "credits":400,"credits_per_request":null,"average_ms":120.5,"p95_ms":null,"score":null,"saved":null,
 "money_spent":null,"money_saved":null,"bytes":null,"calls":390,"failed":2,"predicted":401,
 "asks":null,"mean_age_s":null,"assets":38400,"riding":36000,"assets_per_credit":96},
{"key":"warm","requests":null,"hits":null,"hit_rate":null,"stale":null,"misses":null,"errors":null,
 "credits":100,"credits_per_request":null,"average_ms":99,"p95_ms":null,"score":null,"saved":null,
 "money_spent":null,"money_saved":null,"bytes":null,"calls":100,"failed":0,"predicted":100,
 "asks":null,"mean_age_s":null,"assets":9950,"riding":0,"assets_per_credit":99.5}],
"total":{"key":"","requests":null,"hits":null,"hit_rate":null,"stale":null,"misses":null,"errors":null,
 "credits":500,"credits_per_request":null,"average_ms":116.1,"p95_ms":null,"score":null,"saved":null,
 "money_spent":null,"money_saved":null,"bytes":null,"calls":490,"failed":2,"predicted":501,
 "asks":60000,"mean_age_s":12,"assets":48350,"riding":36000,"assets_per_credit":96.7}})";

inline const std::string kReportByAsset = R"({
"from":"2026-11-20T00:00:00Z","to":"2026-11-21T10:00:00Z","days":2,"by":"asset","price_per_credit":null,"currency":null,
"period":{"kind":"days","starts_at":"2026-11-20T00:00:00Z","ends_at":"2026-11-22T00:00:00Z","complete":true,"records_from":"2026-10-12T00:00:00Z"},"provider":null,
"rows":[
{"key":"symbol:名前","requests":5000,"hits":null,"hit_rate":null,"stale":null,"misses":null,"errors":null,
 "credits":30.25,"credits_per_request":null,"average_ms":null,"p95_ms":null,"score":null,"saved":null,
 "money_spent":null,"money_saved":null,"bytes":null,"calls":2880,"failed":null,"predicted":null,
 "asks":null,"mean_age_s":null,"assets":null,"riding":null,"assets_per_credit":null},
{"key":"*","requests":10,"hits":null,"hit_rate":null,"stale":null,"misses":null,"errors":null,
 "credits":0.5,"credits_per_request":null,"average_ms":null,"p95_ms":null,"score":null,"saved":null,
 "money_spent":null,"money_saved":null,"bytes":null,"calls":20,"failed":null,"predicted":null,
 "asks":null,"mean_age_s":null,"assets":null,"riding":null,"assets_per_credit":null}],
"total":{"key":"","requests":5010,"hits":null,"hit_rate":null,"stale":null,"misses":null,"errors":null,
 "credits":30.75,"credits_per_request":null,"average_ms":null,"p95_ms":null,"score":null,"saved":null,
 "money_spent":null,"money_saved":null,"bytes":null,"calls":2900,"failed":null,"predicted":null,
 "asks":null,"mean_age_s":null,"assets":null,"riding":null,"assets_per_credit":null}})";

inline const std::string kCalls = R"({"calls":[
{"id":1042,"at":"2026-11-21T09:59:58Z","endpoint":"v2.quotes","client":"bot","cause":"miss","credits":1,
 "predicted":1,"state":"held","took_ms":0,"http_status":0,"error_code":0,"assets":20,"riding":80},
{"id":1041,"at":"2026-11-21T09:59:01Z","endpoint":"v1.listings","client":"","cause":"refresh","credits":2,
 "predicted":1,"state":"settled","took_ms":1120,"http_status":200,"error_code":0,"assets":200,"riding":0},
{"id":1040,"at":"2026-11-21T09:58:00Z","endpoint":"v2.quotes","client":"a \"quoted\", name","cause":"miss","credits":0,
 "predicted":1,"state":"lost","took_ms":15000,"http_status":429,"error_code":1008,"assets":1,"riding":0}],"next":"1040"})";

// A day was spent to its end and has turned, a kind nobody knows yet, a month's first threshold.
inline const std::string kAlerts = R"({"alerts":[
{"id":10,"at":"2026-11-21T00:00:00Z","kind":"exhausted","level":"critical","subject":"day","state":"recovered",
 "value":0,"bound":1,"until":"2026-11-22T00:00:00Z",
 "message":"A new day has begun: 0 of 15,000 credits are spent; resets 2026-11-22 00:00 UTC"},
{"id":9,"at":"2026-11-20T23:10:00Z","kind":"exhausted","level":"critical","subject":"day","state":"raised",
 "value":1,"bound":1,"until":"2026-11-21T00:00:00Z",
 "message":"All of this day's 15,000 credits are spent: only the cache answers until 2026-11-21 00:00 UTC"},
{"id":8,"at":"2026-11-20T22:30:00Z","kind":"weather","level":"warning","subject":"","state":"raised",
 "value":1234.5,"bound":1000,"until":null,"message":"It rains"},
{"id":7,"at":"2026-11-20T22:15:00Z","kind":"window","level":"warning","subject":"month","state":"raised",
 "value":0.81,"bound":0.8,"until":"2026-12-01T00:00:00Z",
 "message":"81 % of this month's 300,000 credits are spent; resets 2026-12-01 00:00 UTC"},
{"id":6,"at":"2026-11-20T08:00:00Z","kind":"key","level":"critical","subject":"","state":"raised",
 "value":1001,"bound":0,"until":null,
 "message":"The provider refuses the API key (error 1001: it is not valid); nothing is fetched meanwhile"}],"next":null})";

inline const std::string kModeOrder =
    R"({"name":"cache_only","since":"2026-11-21T10:00:00Z","reason":"set by hand","manual_until":"2026-11-21T12:00:00Z"})";

inline const std::string kWarmRun =
    R"({"id":12,"state":"partly","begun_by":"order","what":"6 assets","dry_run":false,
"began":"2026-11-29T08:00:01Z","ended":"2026-11-29T08:00:02Z","assets":6,"planned":0,"renewed":2,"fresh":1,
"busy":0,"unasked":0,"unworthy":0,"absent":2,"failed":1,"not_tried":0,"calls":3,"credits_estimated":3,
"credits_spent":1234,"asks_fresh":0,"stopped_by":"spend mode cache_only",
"failure":"The provider could not be reached.",
"names":[{"name":"XYZ","assets":0},{"name":"BTC","assets":13},{"name":"99","assets":0}],
"outcomes":[{"asset":"BTC","convert":"USD","why":"ordered","outcome":"renewed"},
{"asset":"XYZ","convert":"USD","why":"ordered","outcome":"absent"}]})";

}  // namespace quotecache::test
