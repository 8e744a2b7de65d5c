// Alerts to a real web server.
#include <string>

#include <doctest/doctest.h>
#include <openssl/hmac.h>

#include "alert_bed.hpp"
#include "support/webhook.hpp"

using namespace std::chrono_literals;
using namespace quotecached;
using alert::Outbox;
using test::alert_saying;
using test::AlertBed;
using test::contains;
using test::kWebhookSecret;

namespace {

// Tries often, so that a test need not wait.
Outbox::Options often() {
  Outbox::Options options;
  options.first_pause = 20ms;
  options.last_pause = 100ms;
  options.max_tries = 1000;
  return options;
}

// As the documentation tells a receiver to do it.
bool is_signed(const test::Webhook::Post& post) {
  const auto found = post.headers.find("quotecached-signature");
  if (found == post.headers.end()) return false;
  const auto comma = found->second.find(",v1=");
  if (!found->second.starts_with("t=") || comma == std::string::npos) return false;
  const std::string text = found->second.substr(2, comma - 2) + "." + post.body;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(),
       kWebhookSecret.data(),
       static_cast<int>(kWebhookSecret.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       digest,
       &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4U];
    hex += "0123456789abcdef"[digest[i] & 15U];
  }
  return found->second.substr(comma + 4) == hex;
}

}  // namespace

TEST_SUITE("alert::Webhook") {
  TEST_CASE("an alert is posted as JSON, signed, with an id and without any key") {
    test::Webhook server;
    AlertBed bed;
    bed.add_webhook(server.url("/hooks/T0/secret-path?channel=ops"), often());
    bed.notifier.tell(alert_saying("91 % are spent"));
    bed.run_until_idle();
    const auto posts = server.posts();
    REQUIRE(posts.size() == 1);
    CHECK(posts[0].target == "/hooks/T0/secret-path?channel=ops");
    CHECK(posts[0].headers.at("content-type") == "application/json");
    CHECK(posts[0].headers.at("quotecached-signature").starts_with("t=1795219200,v1="));
    CHECK(is_signed(posts[0]));
    CHECK(posts[0].headers.at("idempotency-key").size() == 32);
    CHECK_FALSE(posts[0].headers.contains("x-cmc_pro_api_key"));
    CHECK(contains(posts[0].body, R"("source":"quotecached")"));
    CHECK(contains(posts[0].body, R"("message":"91 % are spent")"));
    CHECK(contains(posts[0].body, posts[0].headers.at("idempotency-key")));
    CHECK(bed.counts().sent == 1);
    CHECK_FALSE(contains(bed.log(), "secret-path"));
  }

  TEST_CASE("without a secret nothing is signed") {
    test::Webhook server;
    AlertBed bed;
    alert::Webhook::Options options;
    options.url = server.url("");
    auto made = alert::Webhook::make(bed.loop.get_executor(), options, bed.clock);
    REQUIRE(made);
    bed.notifier.add(std::move(*made), often());
    bed.notifier.tell(alert_saying("a"));
    bed.run_until_idle();
    REQUIRE(server.posts().size() == 1);
    CHECK_FALSE(server.posts()[0].headers.contains("quotecached-signature"));
    CHECK(server.posts()[0].target == "/");
  }

  TEST_CASE("what a webhook that is down missed is posted when it is back, in order, once") {
    test::Webhook server;
    AlertBed bed;
    bed.add_webhook(server.url(), often());
    server.stop();
    for (const char* text : {"first", "second", "third"}) bed.notifier.tell(alert_saying(text));
    bed.run_until([&] { return bed.counts().failed >= 3; });
    CHECK(bed.counts().sent == 0);
    server.start();
    bed.run_until_idle();
    const auto posts = server.posts();
    REQUIRE(posts.size() == 3);
    CHECK(contains(posts[0].body, "first"));
    CHECK(contains(posts[1].body, "second"));
    CHECK(contains(posts[2].body, "third"));
    CHECK(bed.counts().dropped == 0);
  }

  TEST_CASE("only 2xx is delivered, and every try carries the same id") {
    for (const int status : {301, 404, 410, 429, 500, 503}) {
      CAPTURE(status);
      test::Webhook server;
      AlertBed bed;
      bed.add_webhook(server.url(), often());
      server.answer_with(status);
      bed.notifier.tell(alert_saying("a"));
      bed.run_until([&] { return bed.counts().failed >= 2; });
      server.answer_with(200);
      bed.run_until_idle();
      const auto posts = server.posts();
      REQUIRE(posts.size() >= 3);
      CHECK(posts.front().headers.at("idempotency-key") ==
            posts.back().headers.at("idempotency-key"));
      CHECK(bed.counts().sent == 1);
      CHECK(contains(bed.log(), "it answered " + std::to_string(status)));
    }
  }

  TEST_CASE("a webhook that hangs delays neither the caller nor another sink") {
    test::Webhook hanging;
    test::Webhook fine;
    hanging.answer_with(0);
    AlertBed bed;
    bed.add_webhook(hanging.url(), often());
    bed.add_webhook(fine.url(), often());
    const auto before = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) bed.notifier.tell(alert_saying("a"));
    CHECK(std::chrono::steady_clock::now() - before < 500ms);
    bed.run_until([&] { return fine.posts().size() == 50; });
    CHECK(bed.counts().sent == 0);
    CHECK(bed.counts().queued == 50);
  }

  TEST_CASE("a webhook that hangs is given up after its time limit, and tried again") {
    test::Webhook server;
    server.answer_with(0);
    AlertBed bed;
    bed.add_webhook(server.url(), often(), 100ms);
    bed.notifier.tell(alert_saying("a"));
    bed.run_until([&] { return bed.counts().failed >= 2; });
    server.answer_with(204);
    bed.run_until_idle();
    CHECK(bed.counts().sent == 1);
  }

  TEST_CASE("the queue is bounded, and what did not fit is counted and logged") {
    test::Webhook server;
    server.stop();
    AlertBed bed;
    Outbox::Options options = often();
    options.max_queued = 100;
    bed.add_webhook(server.url(), options);
    for (int i = 0; i < 130; ++i)
      bed.notifier.tell(alert_saying("number " + std::to_string(i) + "."));
    CHECK(bed.counts().queued == 100);
    CHECK(bed.counts().dropped == 30);
    CHECK(contains(bed.log(), "alert_dropped"));
    server.start();
    bed.run_until_idle();
    const auto posts = server.posts();
    REQUIRE(posts.size() == 100);
    CHECK(contains(posts[0].body, "number 0."));
    CHECK(contains(posts[1].body, "number 31."));
    CHECK(contains(posts[99].body, "number 129."));
  }

  TEST_CASE("stopping delivers what it can within its limit, and says what it gives up") {
    test::Webhook server;
    AlertBed bed;
    bed.add_webhook(server.url(), often());
    bed.notifier.tell(alert_saying("a"));
    bed.stop(5s);
    CHECK(server.posts().size() == 1);

    server.answer_with(0);
    AlertBed other;
    other.add_webhook(server.url(), often());
    other.notifier.tell(alert_saying("a"));
    const auto before = std::chrono::steady_clock::now();
    other.stop(100ms);
    CHECK(std::chrono::steady_clock::now() - before < 3s);
    CHECK(other.counts().dropped == 1);
    CHECK(other.counts().queued == 0);
  }

  TEST_CASE("URLs that are not safe are refused at the start") {
    for (const char* url : {"",
                            "hooks.example.com/x",
                            "http://hooks.example.com/x",
                            "ftp://127.0.0.1/x",
                            "https://name:secret@hooks.example.com/x",
                            "https://hooks.example.com/x#part",
                            "https://hooks.example.com/a b"}) {
      CAPTURE(url);
      AlertBed bed;
      alert::Webhook::Options options;
      options.url = url;
      const auto made = alert::Webhook::make(bed.loop.get_executor(), options, bed.clock);
      REQUIRE_FALSE(made);
      CHECK(made.error().code == ErrorCode::Invalid);
      CHECK_FALSE(contains(made.error().message, "secret"));
    }
  }
}
