#include "base/log.hpp"

#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

using namespace quotecached;

namespace {

struct Lines {
  explicit Lines(Log::Format format)
      : logger(std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out))),
        log(logger, format) {}

  // The text after the time and level, without the line's end.
  std::string last() {
    auto text = out.str();
    out.str("");
    return text;
  }

  std::ostringstream out;
  std::shared_ptr<spdlog::logger> logger;
  Log log;
};

}  // namespace

TEST_SUITE("base::Log") {
  TEST_CASE("a text line names the event and its fields") {
    Lines lines(Log::Format::Text);
    lines.log.warn("tier_down",
                   {{"tier", "redis"}, {"failures", 3}, {"ok", false}, {"share", 0.5}});
    const auto line = lines.last();
    CHECK(line.find("Z warning tier_down tier=redis failures=3 ok=false share=0.5\n") == 23);
  }

  TEST_CASE("a JSON line is one object") {
    Lines lines(Log::Format::Json);
    lines.log.info("tier \"down\"", {{"tier", "redis"}, {"failures", 3}, {"ok", true}});
    const auto line = lines.last();
    CHECK(line.starts_with("{\"time\":\"2"));
    CHECK(line.find(
              R"("level":"info","event":"tier \"down\"","tier":"redis","failures":3,"ok":true})") !=
          std::string::npos);
  }

  TEST_CASE("a value from outside cannot forge a line or a field") {
    Lines lines(Log::Format::Text);
    lines.log.error("refused", {{"path", "/a\nb"}, {"agent", "x y=\"z\""}, {"empty", ""}});
    CHECK(lines.last().ends_with(
        "error refused path=\"/a\\u000ab\" agent=\"x y=\\\"z\\\"\" empty=\"\"\n"));
  }

  TEST_CASE("events below the level are dropped") {
    Lines lines(Log::Format::Text);
    lines.logger->set_level(spdlog::level::warn);
    lines.log.debug("a");
    lines.log.info("b");
    CHECK(lines.last().empty());
    lines.log.warn("c");
    CHECK_FALSE(lines.last().empty());
  }

  TEST_CASE("a log made of nothing discards everything") { Log().error("lost", {{"a", 1}}); }
}
