// The daemon in the provider's place, as time passes: how old answers are, and who waits for new
// ones.
#include <future>

#include "e2e/bed.hpp"
#include "e2e/drop_in_bed.hpp"

namespace quotecached::test {
TEST_SUITE("e2e::drop_in") {
  TEST_CASE("HEAD tells of GET, an ETag saves the body, and Age counts against max-age") {
    DropInBed bed;
    const std::string target = kV2Quotes + "?id=1,2";
    const HttpResponse get = bed.get(target);
    const HttpResponse head = bed.daemon->request("HEAD", target);
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(head.header("content-length") == bed.get(target).header("content-length"));
    CHECK(head.header("etag") == get.header("etag"));
    CHECK(get.header("vary") == "Accept-Encoding");
    CHECK(get.header("cache-control").starts_with("private, max-age="));
    CHECK(max_age_of(get) >= 50);
    CHECK(max_age_of(get) <= 60);

    const std::string tag = get.header("etag");
    REQUIRE(tag.starts_with("W/\""));
    for (const std::string& wanted : {tag, tag.substr(2), "\"other\", " + tag, std::string("*")}) {
      CAPTURE(wanted);
      const HttpResponse same = bed.get(target, {"If-None-Match: " + wanted});
      CHECK(same.status == 304);
      CHECK(same.body.empty());
      CHECK(same.header("etag") == tag);
    }
    CHECK(bed.get(target, {"If-None-Match: \"other\""}).status == 200);
    CHECK(bed.get(kV2Quotes + "?id=2,1027", {"If-None-Match: " + tag}).status == 200);

    advance(*bed.daemon, seconds(20));
    const HttpResponse later = bed.get(target);
    CHECK(age_of(later) >= 20);
    CHECK(later.header("etag") == tag);
    // The whole life, of which Age is spent; both parts of it are whole seconds, rounded down.
    CHECK(max_age_of(later) >= 59);
    CHECK(max_age_of(later) <= 60);

    // Other prices, another tag.
    bed.sim.set(R"({"tick":0})");
    advance(*bed.daemon, seconds(150));
    const HttpResponse other = bed.get(target, {"If-None-Match: " + tag});
    CHECK(other.status == 200);
    CHECK(other.header("etag") != tag);
  }

  TEST_CASE("who has an expired answer renewed waits for that; others get the old one at once") {
    DropInBed bed;
    const std::string target = kV2Quotes + "?id=1,2,1027";
    const std::string old = data_of(bed.get(target));
    bed.sim.set(R"({"tick":0,"latency":1500})");
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(61));
    auto first = std::async(std::launch::async, [url = bed.daemon->url(target)] {
      HttpClient client;
      return client.get(url);
    });
    REQUIRE(wait_until([&] {
      const auto list = bed.get("/admin/requests").body;
      return list.find("\"waits_for\":\"call\"") != std::string::npos;
    }));
    const HttpResponse stale = bed.get(target);
    CHECK(stale.status == 200);
    CHECK((data_of(stale) == old));
    CHECK(source_of(stale) == "stale-memory");
    CHECK(stale.header("cache-status").find("ttl=-") != std::string::npos);
    CHECK(stale.header("warning").starts_with("110"));
    CHECK(stale.header("cache-control") == "private, max-age=0");
    CHECK(age_of(stale) >= 61);
    CHECK(credits_of(stale) == 0);
    CHECK(stale.elapsed < milliseconds(1'000));
    const HttpResponse fresh = first.get();
    CHECK((data_of(fresh) != old));
    CHECK(source_of(fresh) == "upstream");
    CHECK(credits_of(fresh) == 1);
    CHECK(source_of(bed.get(target)) == "memory");
    CHECK(daemon_calls(bed.sim).size() == 1);

    bed.sim.set(R"({"latency":0})");
    advance(*bed.daemon, seconds(121));  // past stale_while_revalidate
    const HttpResponse waited = bed.get(target);
    CHECK(source_of(waited) == "upstream");
    CHECK(credits_of(waited) == 1);
  }

  TEST_CASE("nobody waits for a renewal for longer than stale_patience") {
    DropInBed bed({"freshness.ttl_jitter=0", "upstream.stale_patience=0s"});
    const std::string target = kV2Quotes + "?id=1";
    const std::string old = data_of(bed.get(target));
    bed.sim.set(R"({"tick":0,"latency":1500})");
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(61));
    const HttpResponse stale = bed.get(target);
    CHECK((data_of(stale) == old));
    CHECK(source_of(stale).starts_with("stale-"));
    CHECK(stale.elapsed < milliseconds(1'000));
    REQUIRE(
        wait_until([&] { return source_of(bed.get(target)) == "memory"; }, milliseconds(15'000)));
    CHECK((data_of(bed.get(target)) != old));
    CHECK(daemon_calls(bed.sim).size() == 1);
  }

  TEST_CASE("who waits for a call gets all that it brought, and it brings what was asked for") {
    DropInBed bed;
    bed.get(kV2Quotes + "?id=1,2,1027");
    bed.sim.set(R"({"tick":0})");
    bed.sim.clear_calls();
    advance(*bed.daemon, seconds(40));
    const HttpResponse mixed = bed.get(kV2Quotes + "?id=1,2,74");  // 74 is new, the others fresh
    CHECK(age_of(mixed) <= 1);
    CHECK(credits_of(mixed) == 1);
    CHECK(daemon_calls(bed.sim).size() == 1);
    CHECK(age_of(bed.get(kV2Quotes + "?id=1")) <= 1);
    advance(*bed.daemon, seconds(10));
    // What is nearly new stays as it is.
    CHECK(age_of(bed.get(kV2Quotes + "?id=1,825")) >= 10);
  }

  // A request that looked down the chain while the fetch ended once fetched again.
  TEST_CASE("however many ask while a fetch begins, runs and ends, it is made once") {
    DropInBed bed;
    bed.sim.set(R"({"latency":15})");
    const std::string target = kV2Quotes + "?id=1,2,1027";
    const std::vector<std::string> urls(150, bed.daemon->url(target));
    HttpClient client;
    constexpr std::size_t kRounds = 12;
    std::int64_t credits = 0;
    for (std::size_t round = 0; round < kRounds; ++round) {
      for (const HttpResponse& answer : client.get_all(urls, 8)) {
        REQUIRE(answer.status == 200);
        credits += credits_of(answer);
      }
      REQUIRE(wait_until([&] { return source_of(bed.get(target)) == "memory"; }));
      advance(*bed.daemon, seconds(round % 2 == 0 ? 61 : 130));  // served stale, or waited for
    }
    const auto calls = daemon_calls(bed.sim);
    CHECK(calls.size() == kRounds);
    CHECK(credits <= charged(calls));
    MESSAGE((kRounds * urls.size()), " requests in ", kRounds, " rounds: ", calls.size(), " calls");
  }
}

}  // namespace quotecached::test
