// The dashboard: its files are whole and kept apart from every other page's, it names nothing that
// is not there, and it is no way around who may ask the admin routes.
#include <filesystem>
#include <regex>
#include <set>

#include "e2e/bed.hpp"

namespace quotecached::test {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(QUOTECACHED_SOURCE_DIR) / "daemon" / "dashboard";

struct File {
  const char* path;
  const char* name;
  const char* type;
};
constexpr File kFiles[] = {
    {"/dashboard", "index.html", "text/html; charset=utf-8"},
    {"/dashboard/", "index.html", "text/html; charset=utf-8"},
    {"/dashboard/app.js", "app.js", "text/javascript; charset=utf-8"},
    {"/dashboard/view.js", "view.js", "text/javascript; charset=utf-8"},
    {"/dashboard/style.css", "style.css", "text/css; charset=utf-8"},
    {"/dashboard/icon.svg", "icon.svg", "image/svg+xml"},
};

// The first group of each match.
std::set<std::string> found_in(const std::string& text, const char* pattern) {
  const std::regex wanted(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), wanted), end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

std::string text_of(const char* name) { return read_file(kFolder / name); }

}  // namespace

TEST_SUITE("e2e::dashboard") {
  TEST_CASE("each file is told whole, of its type, and under a policy that lets nothing else in") {
    Daemon daemon({});
    for (const auto& file : kFiles) {
      CAPTURE(file.path);
      const auto answer = daemon.get(file.path);
      CHECK(answer.status == 200);
      CHECK(answer.header("content-type") == file.type);
      CHECK(answer.body == text_of(file.name));
      const auto policy = answer.header("content-security-policy");
      CHECK(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
      CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
      CHECK(policy.find("unsafe") == std::string::npos);
      CHECK(answer.header("x-content-type-options") == "nosniff");
      CHECK(answer.header("referrer-policy") == "no-referrer");
    }
  }

  TEST_CASE("a browser asks each time whether its copy is the daemon's") {
    Daemon daemon({});
    for (const auto& file : kFiles) {
      CAPTURE(file.path);
      const auto answer = daemon.get(file.path);
      CHECK(answer.header("cache-control") == "max-age=0");
      const auto tag = answer.header("etag");
      REQUIRE(!tag.empty());
      const auto again = daemon.get(file.path, {"If-None-Match: " + tag});
      CHECK(again.status == 304);
      CHECK(again.body.empty());
      CHECK(!again.header("content-security-policy").empty());
      CHECK(daemon.get(file.path, {"If-None-Match: \"other\""}).status == 200);
    }
  }

  TEST_CASE("what there is not is 404, and nothing is taken but reading") {
    Daemon daemon({});
    for (const auto* const path : {"/dashboard/index.html",
                                   "/dashboard/nothing.js",
                                   "/dashboard/../admin",
                                   "/dashboard//app.js",
                                   "/dashboards"}) {
      CAPTURE(path);
      CHECK(daemon.request("GET", path).status == 404);
    }
    for (const auto* const method : {"POST", "PUT", "DELETE"})
      CHECK(daemon.request(method, "/dashboard/").status == 405);
    const auto head = daemon.request("HEAD", "/dashboard/");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(daemon.get("/").body.find("GET        /dashboard\n") != std::string::npos);
  }

  TEST_CASE("it is no way around who may ask the admin routes") {
    const TempDir tokens;
    write_file(tokens.path() / "tokens.toml",
               "[tokens.desk]\nsecret = \"0123456789abcdef-desk\"\n"
               "[tokens.boss]\nsecret = \"0123456789abcdef-boss\"\nadmin = true\n");
    std::filesystem::permissions(tokens.path() / "tokens.toml", std::filesystem::perms::owner_read);
    Daemon daemon({.sets = {"auth.mode=tokens",
                            "auth.tokens_file=" + (tokens.path() / "tokens.toml").string()}});
    CHECK(daemon.get("/dashboard/").status == 200);  // it holds no data
    CHECK(daemon.get("/admin/stats").status == 401);
    const auto by = [&](const std::string& token) {
      return daemon.get("/admin/stats", {"Authorization: Bearer 0123456789abcdef-" + token}).status;
    };
    CHECK(by("desk") == 401);
    CHECK(by("boss") == 200);
    Daemon open({});
    const HttpHeaders from_its_page = {"Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"};
    CHECK(open.get("/admin/stats", from_its_page).status == 200);
    for (const auto* const path : {"/dashboard/", "/admin/stats"})
      CHECK(open.get(path, {"Sec-Fetch-Site: cross-site"}).status == 403);
  }

  TEST_CASE("it refers to nothing outside, and to nothing that is not there") {
    Daemon daemon({});
    const auto page = text_of("index.html");
    for (const auto& link : found_in(page, "(?:src|href)=\"([^\"]*)\"")) {
      CAPTURE(link);
      CHECK(link.starts_with("/"));
      CHECK(daemon.get(link).status == 200);
    }
    CHECK(found_in(page, "(<script(?! type=\"module\" src=)|<style| style=| on[a-z]+=)").empty());
    for (const auto& file : kFiles) {
      CAPTURE(file.name);
      const auto outside = found_in(text_of(file.name), "(https?://[a-z0-9.]+)");
      for (const auto& address : outside) CHECK(address == "http://www.w3.org");  // a name of SVG
      CHECK(found_in(text_of(file.name), "(innerHTML|eval\\(|document\\.write|@import)").empty());
    }
  }

  TEST_CASE("what its script fills is in the page, and what it asks for is answered") {
    Sim sim;
    Daemon daemon({.base_url = sim.base_url()});
    must(daemon.get(kV2Quotes + "?id=1"));
    const auto ids = found_in(text_of("index.html"), " id=\"([^\"]*)\"");
    const auto filled =
        found_in(text_of("app.js"), "(?:byId|showRows|showFigures|showChart)\\(\\s*\"([^\"]*)\"");
    CHECK(filled.size() > 15);
    for (const auto& id : filled) CHECK_MESSAGE(ids.contains(id), "not in the page: " << id);
    for (const auto& path : found_in(text_of("app.js"), "ask\\(\"([^\"]*)\"")) {
      CAPTURE(path);
      const bool is_answered =
          wait_until([&] { return daemon.get("/" + path).status == 200; });  // known a second later
      CHECK(is_answered);
    }
  }
}

}  // namespace quotecached::test
