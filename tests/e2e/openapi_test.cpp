// The description of our own routes, and what the daemon answers to requests made of it: neither
// says more than the other.
#include "e2e/openapi_bed.hpp"

namespace quotecached::test {
namespace {

const std::string kToken = "desk-0123456789-abcdef";
const std::string kSlow = "slow-0123456789-abcdef";
const std::string kAdmin = "boss-0123456789-abcdef";

struct Bed {
  explicit Bed(std::vector<std::string> more = {})
      : sim({.has_tls = false, .arguments = frozen({"--coins", "100"})}) {
    std::vector<std::string> sets{"warm.mode=cron", "credits.plan=auto"};
    sets.insert(sets.end(), more.begin(), more.end());
    daemon.emplace(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
    const auto answer = daemon->get("/openapi.json");
    REQUIRE(answer.status == 200);
    text = answer.body;
    operations = operations_in(text);
    schemas.emplace(text);
  }

  const ApiOperation& operation(std::string_view name) const {
    const auto found = std::ranges::find(operations, name, &ApiOperation::name);
    REQUIRE(found != operations.end());
    return *found;
  }
  HttpResponse send(const ApiOperation& operation, const std::vector<Given>& given) {
    return test::send(*daemon, operation, ask_of(operation, given));
  }
  // It is answered, as described.
  void check_good(const ApiOperation& operation, const std::vector<Given>& given) {
    const auto ask = ask_of(operation, given);
    CAPTURE(ask.target);
    CAPTURE(ask.body);
    if (is_stream(operation)) return check_stream(*schemas, *daemon, ask);
    const auto answer = test::send(*daemon, operation, ask);
    CHECK(answer.status == 200);
    check_described(*schemas, operation, answer);
  }
  // It is refused, as described.
  void check_bad(const ApiOperation& operation, const ApiRequest& ask) {
    if (ask.target.size() > kLongestTarget) return;
    CAPTURE(ask.target.substr(0, 300));
    CAPTURE(ask.body.substr(0, 300));
    const auto answer = test::send(*daemon, operation, ask);
    CHECK(answer.status == 400);
    check_described(*schemas, operation, answer);
  }

  Sim sim;
  std::optional<Daemon> daemon;
  std::string text;
  std::vector<ApiOperation> operations;
  std::optional<JsonSchemas> schemas;
};

// Distinct items, of which there are `count`.
std::vector<std::string> items(const ApiParameter& list, std::size_t count) {
  std::vector<std::string> items;
  for (std::size_t i = 1; i <= count; ++i)
    items.push_back(list.item_type == "integer" ? std::to_string(i) : "a" + std::to_string(i));
  return items;
}

std::string joined(const std::vector<std::string>& items, const std::string& between) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : between) + item;
  return text;
}

// Values that the description rules out, as they stand in a query.
std::vector<std::string> beyond(const ApiParameter& parameter) {
  std::vector<std::string> values;
  if (!parameter.words.empty()) values.emplace_back("nonsense");
  if (parameter.type == "integer" || parameter.item_type == "integer") values.emplace_back("x");
  if (parameter.item_type == "integer") values.emplace_back("0");
  if (parameter.type == "boolean") values.emplace_back("maybe");
  if (parameter.has_form) values.emplace_back("%01");
  if (parameter.least) values.push_back(std::to_string(*parameter.least - 1));
  if (parameter.most) values.push_back(std::to_string(*parameter.most + 1));
  if (parameter.most_length) values.emplace_back(*parameter.most_length + 1, 'a');
  if (parameter.least_items) values.emplace_back();
  if (parameter.most_items)
    values.push_back(joined(items(parameter, *parameter.most_items + 1),
                            parameter.is_exploded ? "&" + parameter.name + "=" : ","));
  return values;
}

// The same of a member of a JSON body.
std::vector<std::string> json_beyond(const ApiParameter& member) {
  std::vector<std::string> values{"{}"};
  if (!member.words.empty() || member.type == "integer" || member.type == "boolean")
    values.emplace_back(R"("nonsense")");
  if (member.has_form)
    values.emplace_back(member.type == "array" ? R"(["\u0001"])" : R"("\u0001")");
  if (member.least) values.push_back(std::to_string(*member.least - 1));
  if (member.most) values.push_back(std::to_string(*member.most + 1));
  if (member.most_length) values.push_back(in_quotes(std::string(*member.most_length + 1, 'a')));
  if (member.least_items) values.emplace_back("[]");
  if (member.most_items)
    values.push_back("[\"" + joined(items(member, *member.most_items + 1), "\",\"") + "\"]");
  return values;
}

// Its body with that member. Requires: it has a body.
ApiRequest body_with(const ApiOperation& operation,
                     const std::string& member,
                     const std::string& value) {
  const std::vector<Given> given{Given{member, value}};
  auto ask = ask_of(operation);
  if (has_form(operation)) {
    ask.body = form_of(operation.body->members, given);
  } else {
    ask.body = json_body_of(*operation.body, given);
  }
  return ask;
}

// Values at the bounds, and each word.
std::vector<std::string> within(const ApiParameter& parameter) {
  std::vector<std::string> values = parameter.words;
  if (parameter.type == "boolean" && values.empty()) values = {"true", "false"};
  if (parameter.least) values.push_back(std::to_string(*parameter.least));
  if (parameter.most) values.push_back(std::to_string(*parameter.most));
  return values;
}

}  // namespace

TEST_SUITE("e2e::openapi") {
  TEST_CASE("each described request is answered as described, its examples as they stand") {
    Bed bed;
    REQUIRE(bed.operations.size() > 20);
    for (const auto& operation : bed.operations) {
      const auto name = operation.name();
      CAPTURE(name);
      bed.check_good(operation, {});
    }
    const auto& quotes = bed.operation("GET /quotes");
    bed.check_good(quotes, {{"fields", "all"}});
    bed.check_good(quotes, {{"symbols", "NOPE,XRP"}, {"ambiguous", "list"}});
    bed.check_good(quotes, {{"limit", "1"}});
    bed.check_good(bed.operation("DELETE /admin/cache"), {{"dry_run", "true"}});
    bed.check_good(bed.operation("GET /admin/explain"), {{"asset", "99999"}});
  }

  TEST_CASE("a stream tells what it lacks, and what leaves it, as described") {
    Bed bed;
    EventSource source(bed.daemon->base_url(), "/quotes/stream?ids=1&symbols=NOPE");
    const auto lists = source.next("lists");
    REQUIRE(lists);
    CHECK(bed.schemas->fault(R"({"$ref":"#/components/schemas/StreamLists"})", lists->data) == "");
    REQUIRE(source.next("quote"));
    bed.sim.fault(R"({"kind": "hang"})");
    must(bed.daemon->request("DELETE", "/admin/cache?glob=*&yes=true"));
    const auto gone = source.next("gone");
    REQUIRE(gone);
    CHECK(bed.schemas->fault(R"({"$ref":"#/components/schemas/StreamGone"})", gone->data) == "");
  }

  TEST_CASE("the description's own examples are of the form that it describes") {
    const Bed bed;
    const auto check = [&bed](const ApiContent& content, std::string_view type) {
      if (content.example.empty() || !is_json(type)) return;
      CAPTURE(content.example);
      CHECK(bed.schemas->fault(content.schema, content.example) == "");
    };
    for (const auto& operation : bed.operations) {
      if (operation.body) check(operation.body->content, "application/json");
      for (const auto& [status, answer] : operation.answers)
        for (const auto& [type, content] : answer) check(content, type);
    }
  }

  TEST_CASE("words and bounds of parameters are the router's own") {
    Bed bed;
    for (const auto& operation : bed.operations) {
      if (has_form(operation)) continue;
      const auto name = operation.name();
      CAPTURE(name);
      for (const auto& parameter : operation.query) {
        for (const auto& value : within(parameter))
          bed.check_good(operation, {{parameter.name, value}});
        for (const auto& value : beyond(parameter))
          bed.check_bad(operation, ask_of(operation, {{parameter.name, value}}));
        if (parameter.is_exploded && parameter.type == "array") continue;
        const Given one{parameter.name, parameter.example.empty() ? "1" : parameter.example};
        bed.check_bad(operation, ask_of(operation, {one, one}));
      }
      // Where nothing is refused, nothing is looked at.
      const std::vector<Given> unknown{{"nonsense", "1"}};
      if (operation.method == "HEAD") continue;  // as GET
      if (operation.answer(400) != nullptr) {
        bed.check_bad(operation, ask_of(operation, unknown));
      } else {
        bed.check_good(operation, unknown);
      }
    }
  }

  TEST_CASE("words and bounds of bodies are the router's own") {
    Bed bed;
    for (const auto& operation : bed.operations) {
      if (!operation.body) continue;
      const auto name = operation.name();
      CAPTURE(name);
      const auto& body = *operation.body;
      bed.check_bad(operation, body_with(operation, "nonsense", "1"));
      for (const auto& member : body.members) {
        for (const auto& value : has_form(operation) ? beyond(member) : json_beyond(member))
          bed.check_bad(operation, body_with(operation, member.name, value));
        for (const auto& value : within(member)) {
          const auto text = has_form(operation) ? value : json_of(member, value);
          const auto ask = body_with(operation, member.name, text);
          const auto answer = send(*bed.daemon, operation, ask);
          CAPTURE(ask.body);
          CHECK(answer.status != 400);
          check_described(*bed.schemas, operation, answer);
        }
      }
    }
  }

  TEST_CASE("who may ask is as described, and refusals are") {
    TempDir tokens;
    write_file(tokens.path() / "tokens.toml",
               "[tokens.desk]\nsecret = \"" + kToken + "\"\n[tokens.slow]\nsecret = \"" + kSlow +
                   "\"\nrequests_per_minute = 1\n[tokens.boss]\nsecret = \"" + kAdmin +
                   "\"\nadmin = true\n");
    Bed bed({"auth.mode=tokens", "auth.tokens_file=" + (tokens / "tokens.toml").string()});
    for (const auto& operation : bed.operations) {
      auto ask = ask_of(operation);
      CAPTURE(ask.target);
      const auto answer = send(*bed.daemon, operation, ask);
      CHECK(answer.status == (operation.needs_token ? 401 : 200));
      check_described(*bed.schemas, operation, answer);
      if (!operation.needs_token || is_stream(operation)) continue;
      CHECK(answer.header("www-authenticate") == "Bearer");
      ask.headers.push_back("Authorization: Bearer " + kAdmin);
      check_described(*bed.schemas, operation, send(*bed.daemon, operation, ask));
      if (!ask.target.starts_with("/admin")) continue;
      ask.headers.back() = "Authorization: Bearer " + kToken;
      CHECK(send(*bed.daemon, operation, ask).status == 401);
      ask.headers.back() = "Origin: http://evil.example";
      const auto of_page = send(*bed.daemon, operation, ask);
      CHECK(of_page.status == 403);
      check_described(*bed.schemas, operation, of_page);
    }
    const auto& quotes = bed.operation("GET /quotes");
    auto ask = ask_of(quotes);
    ask.headers = {"X-CMC_PRO_API_KEY: " + kSlow};
    std::vector<long> statuses;
    for (int i = 0; i < 3; ++i) {  // a minute may turn between two of them
      const auto answer = send(*bed.daemon, quotes, ask);
      check_described(*bed.schemas, quotes, answer);
      statuses.push_back(answer.status);
    }
    CHECK(std::ranges::count(statuses, 429) >= 1);
  }

  TEST_CASE("a daemon that lacks the provider or a route says so as described") {
    Bed bed({"credits.plan=explicit", "upstream.base_url=http://127.0.0.1:1"});
    const auto& quotes = bed.operation("GET /quotes");
    const auto down = bed.send(quotes, {});
    CHECK(down.status == 503);
    check_described(*bed.schemas, quotes, down);
    auto ask = ask_of(quotes);
    ask.headers = {"Cache-Control: only-if-cached"};
    const auto uncached = send(*bed.daemon, quotes, ask);
    CHECK(uncached.status == 504);
    check_described(*bed.schemas, quotes, uncached);
    const auto& reconcile = bed.operation("POST /admin/credits/reconcile");
    const auto absent = bed.send(reconcile, {});
    CHECK(absent.status == 404);
    check_described(*bed.schemas, reconcile, absent);
    ask.headers = {"Origin: http://evil.example"};
    for (const auto& operation : bed.operations) {
      const auto answer = send(*bed.daemon, operation, {operation.path, {}, ask.headers});
      CHECK(answer.status == 403);
      check_described(*bed.schemas, operation, answer);
    }
  }

  TEST_CASE("who has the description is told so, and for how long it is good") {
    Bed bed;
    const auto first = bed.daemon->get("/openapi.json");
    CHECK(first.header("content-type") == "application/json; charset=utf-8");
    CHECK(first.header("cache-control") == "max-age=3600");
    const auto tag = first.header("etag");
    REQUIRE(!tag.empty());
    const auto again = bed.daemon->get("/openapi.json", {"If-None-Match: " + tag});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    const auto head = bed.daemon->request("HEAD", "/openapi.json");
    CHECK(head.header("content-length") == std::to_string(first.body.size()));
    CHECK(head.header("etag") == tag);
  }
}
}  // namespace quotecached::test
