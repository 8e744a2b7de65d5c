// Answers of the daemon in content codings, as libcurl decodes them.
#include <vector>

#include "e2e/bed.hpp"
#include "e2e/event_source.hpp"

namespace quotecached::test {
namespace {

const std::string kListings = "/v1/cryptocurrency/listings/latest";
const std::vector<std::string> kCodingNames = {"gzip", "br", "zstd"};

struct CodingBed {
  explicit CodingBed(std::vector<std::string> more = {})
      : sim({.has_tls = false, .arguments = frozen({"--coins", "5000"})}) {
    keep_day(sim);
    more.emplace_back("freshness.ttl_jitter=0");
    daemon.emplace(Daemon::Options{
        .base_url = sim.base_url(), .sets = std::move(more), .toml = {}, .env = {}});
  }

  // Its body is decoded.
  HttpResponse get(const std::string& target, const std::string& accept, HttpHeaders more = {}) {
    more.push_back("Accept-Encoding: " + accept);
    return client.get(daemon->url(target), more);
  }

  Sim sim;
  std::optional<Daemon> daemon;
  HttpClient client{[] {
    HttpClient::Options options;
    options.decodes = true;
    return options;
  }()};
};

std::string first_ids(int count) {
  std::string ids = "1";
  for (int id = 2; id <= count; ++id) ids += "," + std::to_string(id);
  return ids;
}

std::string coded_tag(const std::string& tag, const std::string& coding) {
  return tag.substr(0, tag.size() - 1) + "-" + coding + "\"";
}

}  // namespace

TEST_SUITE("e2e::compression") {
  TEST_CASE("decoded bytes are those of the answer as it is") {
    CodingBed bed;
    struct Row {
      std::string target;
      bool is_whole;  // every byte is the same, not the data alone
    };
    const Row rows[] = {
        {kV2Quotes + "?skip_invalid=true&id=" + first_ids(2), false},
        {kV2Quotes + "?skip_invalid=true&id=" + first_ids(20), false},
        {kV1Quotes + "?skip_invalid=true&id=" + first_ids(100), false},
        {kV3Quotes + "?skip_invalid=true&id=" + first_ids(100), false},
        {kListings + "?limit=100", true},
        {kListings + "?limit=5000", true},
        {"/v1/cryptocurrency/map?limit=1000", true},
        {"/quotes?ids=" + first_ids(100) + "&format=csv", false},
        {"/quotes?ids=" + first_ids(100), false},
    };
    for (const auto& row : rows) {
      CAPTURE(row.target);
      REQUIRE(bed.daemon->get(row.target).status == 200);
      const auto plain = bed.daemon->get(row.target);
      REQUIRE(plain.header("content-encoding").empty());
      CHECK(plain.header("vary").starts_with("Accept-Encoding"));
      for (const auto& coding : kCodingNames) {
        CAPTURE(coding);
        for (int again = 0; again < 2; ++again) {
          const auto answer = bed.get(row.target, coding);
          REQUIRE(answer.status == 200);
          CHECK(answer.header("content-encoding") == coding);
          CHECK(answer.header("vary") == plain.header("vary"));
          CHECK(answer.header("etag") == coded_tag(plain.header("etag"), coding));
          CHECK(std::stoul(answer.header("content-length")) < plain.body.size());
          if (row.is_whole) CHECK((answer.body == plain.body));
          const bool is_json = plain.body.starts_with("{\"status\"");
          if (is_json) CHECK((data_of(answer) == data_of(plain)));
        }
      }
    }
    CHECK(metric(*bed.daemon, "quotecached_encoded_body_hits_total") >= 9);
    CHECK(metric(*bed.daemon, "quotecached_encoded_body_bytes") > 0);
    CHECK(metric(*bed.daemon, "quotecached_encodings_skipped_total") == 0);
  }

  TEST_CASE("a listing that was renewed is not answered with the body of the old one") {
    CodingBed bed;
    const std::string target = kListings + "?limit=1000";
    const auto before = bed.get(target, "gzip");
    REQUIRE(bed.get(target, "gzip").body.size() > 100'000);
    bed.sim.set(R"({"tick":0})");
    advance(*bed.daemon, seconds(3600));
    REQUIRE(bed.daemon->get(target).status == 200);
    const auto plain = bed.daemon->get(target);
    const auto answer = bed.get(target, "gzip");
    CHECK(answer.header("content-encoding") == "gzip");
    REQUIRE(answer.header("etag") == coded_tag(plain.header("etag"), "gzip"));
    CHECK((answer.body == plain.body));
    CHECK((data_of(answer) != data_of(before)));
  }

  TEST_CASE("small bodies, errors among them, are sent as they are unless that is refused") {
    CodingBed bed;
    for (const std::string& target : {kV2Quotes + "?id=abc", kSimplePrice + "?ids=1"}) {
      CAPTURE(target);
      const auto plain = bed.daemon->get(target);
      const auto answer = bed.get(target, "gzip, br, zstd");
      CHECK(answer.status == plain.status);
      CHECK(answer.header("content-encoding").empty());
      CHECK(answer.header("vary") == "Accept-Encoding");
      const auto refusing = bed.get(target, "gzip, identity;q=0");
      CHECK(refusing.status == plain.status);
      CHECK(refusing.header("content-encoding") == "gzip");
      CHECK(status_of(refusing, "error_code") == status_of(plain, "error_code"));
      CHECK(status_of(refusing, "error_message") == status_of(plain, "error_message"));
    }
  }

  TEST_CASE("weights choose the coding") {
    CodingBed bed;
    struct Row {
      const char* accept;
      const char* coding;
    };
    for (const Row& row : {Row{"gzip, deflate, br, zstd", "zstd"},
                           {"gzip, deflate, br", "br"},
                           {"gzip, deflate", "gzip"},
                           {"br;q=0.5, gzip;q=0.8, zstd;q=0.1", "gzip"},
                           {"gzip;q=0.001", "gzip"},
                           {"*;q=0.1", "zstd"},
                           {"zstd;q=0, *", "br"},
                           {"identity, gzip;q=0.9", ""},
                           {"identity;q=0", ""},
                           {"*;q=0", ""},
                           {"gzip;q=1.5", ""},
                           {"deflate", ""}}) {
      CAPTURE(row.accept);
      const auto answer = bed.get(kListings + "?limit=50", row.accept);
      CHECK(answer.status == 200);
      CHECK(answer.header("content-encoding") == row.coding);
    }
    const auto kept = bed.get(kListings + "?limit=50", "gzip", {"Cache-Control: no-transform"});
    CHECK(kept.header("content-encoding").empty());
  }

  TEST_CASE("304 per coding, and HEAD as GET") {
    CodingBed bed;
    for (const std::string& target :
         {kV2Quotes + "?skip_invalid=true&id=" + first_ids(20), kListings + "?limit=1000"}) {
      CAPTURE(target);
      REQUIRE(bed.daemon->get(target).status == 200);
      const auto tag = bed.daemon->get(target).header("etag");
      for (const auto& coding : kCodingNames) {
        CAPTURE(coding);
        const auto own = coded_tag(tag, coding);
        for (const auto& held : {tag, own, coded_tag(tag, "gzip"), coded_tag(tag, "br")}) {
          CAPTURE(held);
          const auto same = bed.get(target, coding, {"If-None-Match: " + held});
          CHECK(same.status == 304);
          CHECK(same.header("etag") == own);
          CHECK(same.header("vary") == "Accept-Encoding");
          CHECK(same.body.empty());
        }
        CHECK(bed.daemon->get(target, {"If-None-Match: " + own}).status == 304);
        const HttpHeaders accepts{"Accept-Encoding: " + coding};
        const auto head = bed.daemon->request("HEAD", target, {}, accepts);
        CHECK(head.status == 200);
        CHECK(head.header("content-encoding") == coding);
        CHECK(head.header("etag") == own);
        CHECK_FALSE(head.header("content-length").empty());
      }
    }
  }

  TEST_CASE("health, metrics and streams are sent as they are") {
    CodingBed bed;
    for (const auto* target : {"/health/live", "/health/ready", "/metrics"}) {
      CAPTURE(target);
      const auto answer = bed.get(target, "gzip, br, zstd");
      CHECK(answer.status == 200);
      CHECK(answer.header("content-encoding").empty());
      CHECK(answer.header("vary").empty());
    }
    EventSource events(bed.daemon->base_url(),
                       "/quotes/stream?ids=" + first_ids(40),
                       "Accept-Encoding: gzip, identity;q=0\r\n");
    CHECK(events.head.find("Content-Encoding") == std::string::npos);
    CHECK(events.next());
  }

  TEST_CASE("turned off, all bodies are sent as they are") {
    CodingBed bed({"compression.enabled=false"});
    const auto answer = bed.get(kListings + "?limit=100", "gzip, br, zstd");
    CHECK(answer.status == 200);
    CHECK(answer.header("content-encoding").empty());
  }

  TEST_CASE("levels and least size are as they are set") {
    CodingBed bed({"compression.min_size=1MiB", "compression.zstd_level=0"});
    CHECK(bed.get(kListings + "?limit=100", "gzip").header("content-encoding").empty());
    const auto large = bed.get(kListings + "?limit=5000", "zstd, gzip;q=0.1");
    CHECK(large.header("content-encoding") == "gzip");
  }
}

}  // namespace quotecached::test
