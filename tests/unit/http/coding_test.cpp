// Answers in content codings, from the request to the bytes.
#include <cstdlib>
#include <map>
#include <set>
#include <vector>

#include "daemon.hpp"
#include "unit/coding/decode.hpp"

using namespace quotecached;
using namespace quotecached::test;

namespace {

constexpr std::size_t kLarge = 100'000;  // of an asset, more than is encoded at once

http::Server::Options encoding(const http::BodyEncoder::Options& given = {}) {
  http::Server::Options options;
  options.encoding = given;
  return options;
}

std::string accepting(const std::string& codings) { return "Accept-Encoding: " + codings + "\r\n"; }

// The status before it tells the time.
std::string data_of(const std::string& body) { return body.substr(body.find("\"data\":")); }

std::string text_of(const HttpResponse& response) {
  return decoded(response.field("Content-Encoding"), response.body);
}

}  // namespace

TEST_SUITE("http::Session and codings") {
  TEST_CASE("a body is sent in the coding that is accepted, whoever encodes it") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    daemon.seed(1, 5000);
    daemon.seed(2, kLarge);
    HttpClient client(daemon.address());
    for (const std::string id : {"1", "2", "1,2"}) {
      const auto plain = client.ask(quotes(id));
      CHECK(plain.field("Content-Encoding").empty());
      CHECK(plain.has("Vary: Accept-Encoding"));
      const auto tag = plain.field("ETag");
      for (const std::string coding : {"gzip", "br", "zstd"}) {
        CAPTURE(id);
        CAPTURE(coding);
        const auto response = client.ask(quotes(id), accepting(coding));
        CHECK(response.status == 200);
        CHECK(response.field("Content-Encoding") == coding);
        CHECK(response.has("Vary: Accept-Encoding"));
        CHECK(response.has("Content-Type: application/json; charset=utf-8"));
        CHECK(response.field("ETag") == tag.substr(0, tag.size() - 1) + "-" + coding + "\"");
        CHECK(response.body.size() < plain.body.size());
        CHECK((data_of(text_of(response)) == data_of(plain.body)));
      }
    }
  }

  TEST_CASE("who accepts none, or wants nothing changed, gets the body as it is") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    daemon.seed(1, 5000);
    daemon.seed(2);
    HttpClient client(daemon.address());
    for (const std::string fields :
         {"",
          "Accept-Encoding:\r\n",
          "Accept-Encoding: deflate\r\n",
          "Accept-Encoding: gzip;q=0\r\n",
          "Accept-Encoding: identity;q=0\r\n",
          "Accept-Encoding: gzip;q=0.2, identity\r\n",
          "Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n",
          "Accept-Encoding: gzip\r\nCache-Control: no-transform\r\n",
          "Accept-Encoding: gzip\r\nCache-Control: a, No-Transform\r\n"}) {
      CAPTURE(fields);
      const auto response = client.ask(quotes("1"), fields);
      CHECK(response.field("Content-Encoding").empty());
      CHECK(response.has("Vary: Accept-Encoding"));
      CHECK(response.body.starts_with("{\"status\":"));
    }
    CHECK(client.ask(quotes("2"), accepting("gzip")).field("Content-Encoding").empty());
    const auto refusing = client.ask(quotes("2"), accepting("gzip, identity;q=0"));
    CHECK(refusing.field("Content-Encoding") == "gzip");
    CHECK(text_of(refusing).starts_with("{\"status\":"));
  }

  TEST_CASE("what is the daemon's own is sent as it is") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    HttpClient client(daemon.address());
    for (const auto* target : {"/metrics", "/health/live", "/health/ready", "/openapi.json", "/"}) {
      CAPTURE(target);
      const auto plain = client.ask(target);
      const auto response = client.ask(target, accepting("gzip, br, zstd, identity;q=0"));
      CHECK(response.status == 200);
      CHECK(response.field("Content-Encoding").empty());
      CHECK(response.field("ETag") == plain.field("ETag"));
    }
  }

  TEST_CASE("HEAD tells what GET would") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    daemon.seed(1, 5000);
    daemon.seed(2, kLarge);
    HttpClient client(daemon.address());
    for (const std::string id : {"1", "2"}) {
      for (const std::string coding : {"gzip", "br", "zstd"}) {
        CAPTURE(id);
        CAPTURE(coding);
        const auto get = client.ask(quotes(id), accepting(coding));
        client.send("HEAD " + quotes(id) + " HTTP/1.1\r\nHost: a\r\n" + accepting(coding) + "\r\n");
        const auto head = client.read(false);
        CHECK(head.status == 200);
        for (const std::string name : {"Content-Encoding", "ETag", "Vary", "Content-Type"})
          CHECK(head.field(name) == get.field(name));
        // The time in the status makes a byte or two of difference.
        const auto difference =
            std::stol(head.field("Content-Length")) - static_cast<long>(get.body.size());
        CHECK(std::abs(difference) < 16);
      }
    }
    CHECK(client.ask("/health/live").status == 200);  // no byte of a body came
  }

  TEST_CASE("a tag of any form is good for 304, which tells that of the form asked for") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    daemon.seed(1, kLarge);
    HttpClient client(daemon.address());
    std::map<std::string, std::string> tags;
    for (const std::string coding : {"", "gzip", "br", "zstd"})
      tags[coding] = client.ask(quotes("1"), accepting(coding)).field("ETag");
    CHECK(std::set<std::string>{tags[""], tags["gzip"], tags["br"], tags["zstd"]}.size() == 4);
    for (const auto& [has, tag] : tags) {
      for (const auto& [wants, expected] : tags) {
        CAPTURE(has);
        CAPTURE(wants);
        const auto same =
            client.ask(quotes("1"), accepting(wants) + "If-None-Match: " + tag + "\r\n");
        CHECK(same.status == 304);
        CHECK(same.field("ETag") == expected);
        CHECK(same.field("Content-Encoding").empty());
        CHECK(same.has("Vary: Accept-Encoding"));
      }
    }
    const auto other = client.ask(quotes("1"), accepting("br") + "If-None-Match: \"x-br\"\r\n");
    CHECK(other.status == 200);
  }

  TEST_CASE("pipelined requests are answered in order, each in its coding") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    const std::vector<std::string> codings = {"", "gzip", "br", "zstd"};
    for (int id = 1; id <= 12; ++id) {
      if (id % 5 != 0) daemon.seed(id, id % 3 == 0 ? kLarge : 3000);  // of five one is a miss
    }
    HttpClient client(daemon.address());
    std::string requests;
    for (int i = 0; i < 96; ++i)
      requests += "GET " + quotes(std::to_string(i % 12 + 1)) + " HTTP/1.1\r\nHost: a\r\n" +
                  accepting(codings[static_cast<std::size_t>(i) * 7 % 4]) + "\r\n";
    client.send(requests);
    for (int i = 0; i < 96; ++i) {
      CAPTURE(i);
      const auto response = client.read();
      REQUIRE(response.status == 200);
      const auto price = "\"price\":1." + std::to_string(i % 12 + 1) + "}";
      REQUIRE(text_of(response).find(price) != std::string::npos);
      const auto coding = response.field("Content-Encoding");
      CHECK((coding.empty() || coding == codings[static_cast<std::size_t>(i) * 7 % 4]));
    }
    CHECK(client.ask("/health/live").status == 200);
  }

  TEST_CASE("where too many wait to be encoded the body is sent as it is") {
    http::BodyEncoder::Options options;
    options.pool.max_queued = 0;
    Daemon daemon(encoding(options));
    REQUIRE(daemon.server->start());
    daemon.seed(1, kLarge);
    HttpClient client(daemon.address());
    const auto response = client.ask(quotes("1"), accepting("gzip"));
    CHECK(response.status == 200);
    CHECK(response.field("Content-Encoding").empty());
    CHECK(response.field("ETag").find("gzip") == std::string::npos);
    CHECK(response.body.size() > kLarge);
    CHECK(daemon.metric("quotecached_encodings_skipped_total") == "1");
  }

  TEST_CASE("counts what was encoded") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    daemon.seed(1, 5000);
    HttpClient client(daemon.address());
    const auto response = client.ask(quotes("1"), accepting("br"));
    CHECK(daemon.metric("quotecached_encoded_answers_total{coding=\"br\"}") == "1");
    CHECK(daemon.metric("quotecached_encoded_answers_total{coding=\"gzip\"}") == "0");
    CHECK(daemon.metric("quotecached_encoded_bytes_in_total{coding=\"br\"}") ==
          std::to_string(text_of(response).size()));
    CHECK(daemon.metric("quotecached_encoded_bytes_out_total{coding=\"br\"}") ==
          std::to_string(response.body.size()));
  }

  TEST_CASE("a server that stops answers what is being encoded") {
    Daemon daemon(encoding());
    REQUIRE(daemon.server->start());
    for (int id = 1; id <= 8; ++id) daemon.seed(id, 1'000'000);
    HttpClient client(daemon.address());
    client.get(quotes("1,2,3,4,5,6,7,8"), accepting("br"));
    while (daemon.metric("quotecached_http_connections") != "1") std::this_thread::yield();
    CHECK(client.is_readable(std::chrono::seconds(10)));
    daemon.server->stop();
    CHECK(data_of(text_of(client.read())).size() > 8'000'000);
    daemon.server->join();
  }
}
