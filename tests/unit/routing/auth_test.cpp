#include "routing/auth.hpp"

#include <doctest/doctest.h>

using namespace quotecached;
using namespace quotecached::routing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kDigestOfAbc =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const TimePoint kNoon{std::chrono::hours(12)};

std::unique_ptr<const Auth> make(std::vector<Token> tokens) {
  auto auth = Auth::with_tokens(tokens);
  REQUIRE(auth);
  return std::move(*auth);
}

}  // namespace

TEST_SUITE("routing::Auth") {
  TEST_CASE("lets everyone in when open") {
    const auto auth = Auth::open();
    Auth::Credential last;
    CHECK(auth->check("", last, kNoon).access == Auth::Access::Granted);
    CHECK(auth->check("whatever", last, kNoon).access == Auth::Access::Granted);
    CHECK(auth->is_open());
  }

  TEST_CASE("numbers its clients, nobody first") {
    const auto auth = make({{"a", "1"}, {"b", "2"}});
    const auto names = auth->client_names();
    CHECK(names == std::vector<std::string>{"", "a", "b"});
    Auth::Credential last;
    CHECK(names[auth->check("2", last, kNoon).client_position] == "b");
    CHECK(names[auth->check("2", last, kNoon).client_position] == "b");
    CHECK(names[auth->check("1", last, kNoon).client_position] == "a");
    CHECK(auth->check("3", last, kNoon).client_position == 0);
    CHECK(auth->check("", last, kNoon).client_position == 0);
    CHECK(Auth::open()->client_names() == std::vector<std::string>{""});
  }

  TEST_CASE("knows tokens by their text or digest") {
    const auto auth = make({{"plain", "s3cret"}, {"hashed", kDigestOfAbc}});
    struct Row {
      const char* shown;
      Auth::Access access;
      const char* client;
    };
    const Row rows[] = {
        {"s3cret", Auth::Access::Granted, "plain"},
        {"abc", Auth::Access::Granted, "hashed"},
        {"abc", Auth::Access::Granted, "hashed"},
        {"", Auth::Access::Missing, ""},
        {"s3cre", Auth::Access::Wrong, ""},
        {"s3cretx", Auth::Access::Wrong, ""},
        {"S3CRET", Auth::Access::Wrong, ""},
        {kDigestOfAbc, Auth::Access::Wrong, ""},
        {"s3cret", Auth::Access::Granted, "plain"},
    };
    Auth::Credential last;  // one connection that shows one after another
    for (const auto& row : rows) {
      CAPTURE(row.shown);
      const auto decision = auth->check(row.shown, last, kNoon);
      CHECK(decision.access == row.access);
      CHECK(decision.client == row.client);
    }
  }

  TEST_CASE("counts a token's requests per UTC minute, over all connections") {
    const auto auth = make({{"a", "one", false, 3}, {"b", "two"}});
    Auth::Credential first;
    Auth::Credential second;
    CHECK(auth->check("one", first, kNoon).access == Auth::Access::Granted);
    CHECK(auth->check("one", second, kNoon + 10s).access == Auth::Access::Granted);
    CHECK(auth->check("one", first, kNoon + 59s).access == Auth::Access::Granted);
    const auto refused = auth->check("one", second, kNoon + 59s);
    CHECK(refused.access == Auth::Access::TooMany);
    CHECK(refused.retry_after == 1s);
    CHECK(auth->check("one", first, kNoon + 30'500ms).retry_after == 30s);
    CHECK(auth->check("two", second, kNoon + 59s).access == Auth::Access::Granted);
    CHECK(auth->check("one", first, kNoon + 60s).access == Auth::Access::Granted);
  }

  TEST_CASE("tells how a token stands in its minute") {
    const auto auth = make({{"a", "one", false, 3}, {"b", "two"}});
    Auth::Credential last;
    const auto first = auth->check("one", last, kNoon + 10s).rate;
    CHECK(first.limit == 3);
    CHECK(first.left == 2);
    CHECK(first.resets_in == 50s);
    CHECK(auth->check("one", last, kNoon + 10s).rate.left == 1);
    CHECK(auth->check("one", last, kNoon + 10s).rate.left == 0);
    const auto refused = auth->check("one", last, kNoon + 11s);
    CHECK(refused.access == Auth::Access::TooMany);
    CHECK(refused.rate.left == 0);
    CHECK(refused.rate.resets_in == refused.retry_after);
    CHECK(auth->check("two", last, kNoon).rate.limit == 0);
  }

  TEST_CASE("those of a token that wait are one count, over all connections and reloads") {
    const auto before = make({{"a", "one", false, 0, 2}, {"b", "two"}});
    Auth::Credential last;
    CHECK(!Auth::waiters(last).now);
    (void)before->check("one", last, kNoon);
    const auto waiters = Auth::waiters(last);
    CHECK(waiters.most == 2);
    ++*waiters.now;
    auto after = Auth::with_tokens({{"a", "another", false, 0, 5}}, before.get());
    REQUIRE(after);
    last = {};
    (void)(*after)->check("another", last, kNoon);
    CHECK(Auth::waiters(last).now == waiters.now);
    CHECK(Auth::waiters(last).most == 5);
    CHECK(*Auth::waiters(last).now == 1);
  }

  TEST_CASE("tells admins apart") {
    const auto auth = make({{"user", "one"}, {"boss", "two", true}});
    CHECK_FALSE(auth->is_admin("one"));
    CHECK(auth->is_admin("two"));
    CHECK_FALSE(auth->is_admin(""));
    CHECK_FALSE(auth->is_admin("three"));
  }

  TEST_CASE("refuses tokens that cannot be told apart or known") {
    const std::vector<std::vector<Token>> rows = {
        {},
        {{"", "x"}},
        {{"a", ""}},
        {{"a", "x"}, {"a", "y"}},
        {{"a", "abc"}, {"b", kDigestOfAbc}},
        {{"a", "sha256:12"}},
        {{"a", "sha256:zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CAPTURE(i);
      const auto auth = Auth::with_tokens(rows[i]);
      REQUIRE_FALSE(auth);
      CHECK(auth.error().code == ErrorCode::Invalid);
    }
  }
}

TEST_SUITE("routing::CurrentAuth") {
  TEST_CASE("who holds the tokens of before keeps them until it asks for the present ones") {
    CurrentAuth current(make({{"a", "1"}, {"b", "2"}}));
    std::shared_ptr<const Auth> held;
    CHECK(current.refresh(held));
    CHECK_FALSE(current.refresh(held));
    auto next = Auth::with_tokens({{"b", "2"}, {"c", "3"}}, held.get());
    REQUIRE(next);
    current.publish(std::move(*next));
    Auth::Credential last;
    CHECK(held->check("1", last, kNoon).access == Auth::Access::Granted);
    REQUIRE(current.refresh(held));
    last = {};
    CHECK(held->check("1", last, kNoon).access == Auth::Access::Wrong);
    CHECK(held->check("3", last, kNoon).access == Auth::Access::Granted);
  }

  TEST_CASE("names keep their positions, those that are gone too") {
    const auto before = make({{"a", "1"}, {"b", "2"}});
    auto after = Auth::with_tokens({{"c", "3"}, {"b", "2"}}, before.get());
    REQUIRE(after);
    CHECK((*after)->client_names() == std::vector<std::string>{"", "a", "b", "c"});
    Auth::Credential last;
    CHECK((*after)->check("2", last, kNoon).client_position == 2);
    CHECK((*after)->check("3", last, kNoon).client_position == 3);
  }

  TEST_CASE("a token goes on in its minute, whatever its secret is now") {
    const auto before = make({{"a", "1", false, 2}});
    Auth::Credential last;
    REQUIRE(before->check("1", last, kNoon).access == Auth::Access::Granted);
    auto after = Auth::with_tokens({{"a", "new", false, 2}}, before.get());
    REQUIRE(after);
    last = {};
    CHECK((*after)->check("new", last, kNoon).access == Auth::Access::Granted);
    CHECK((*after)->check("new", last, kNoon).access == Auth::Access::TooMany);
  }

  TEST_CASE("an admission lasts while its token is there, by name and secret") {
    struct Row {
      const char* what;
      std::vector<Token> after;
      bool lasts;
    };
    const std::vector<Row> rows{
        {"it stays, with another limit", {{"b", "2"}, {"a", "1", false, 9}}, true},
        {"it is gone", {{"b", "2"}}, false},
        {"it has another secret", {{"a", "new"}}, false},
        {"its secret is another's", {{"b", "1"}}, false},
    };
    for (const auto& row : rows) {
      CAPTURE(row.what);
      std::shared_ptr<const Auth> before = make({{"a", "1"}});
      Auth::Credential last;
      REQUIRE(before->check("1", last, kNoon).access == Auth::Access::Granted);
      Admission admission{before, last.client};
      auto after = Auth::with_tokens(row.after, before.get());
      REQUIRE(after);
      const std::shared_ptr<const Auth> now = std::move(*after);
      CHECK(admission.renew(now) == row.lasts);
      CHECK(admission.auth == now);
    }
    const std::shared_ptr<const Auth> open = Auth::open();
    CHECK(Admission{open, nullptr}.renew(open));
  }
}
