#include "src/server_address.hpp"

#include <doctest/doctest.h>

namespace quotecache::test {

TEST_SUITE("client::ServerAddress") {
  TEST_CASE("addresses are taken as people write them") {
    struct Row {
      const char* text;
      const char* base_url;
      const char* socket;
      bool keeps_secrets;
    };
    for (const Row& row : std::initializer_list<Row>{
             {"http://127.0.0.1:8466", "http://127.0.0.1:8466", "", true},
             {"http://127.0.0.1:8466/", "http://127.0.0.1:8466", "", true},
             {"http://localhost", "http://localhost", "", true},
             {"http://[::1]:8466", "http://[::1]:8466", "", true},
             {"http://10.0.0.7:8466", "http://10.0.0.7:8466", "", false},
             {"http://127.evil.example", "http://127.evil.example", "", false},
             {"http://localhost.evil.example", "http://localhost.evil.example", "", false},
             {"https://quotes.example", "https://quotes.example", "", true},
             {"unix:/run/quotecached/daemon.sock",
              "http://localhost",
              "/run/quotecached/daemon.sock",
              true}}) {
      CAPTURE(row.text);
      const auto address = ServerAddress::parse(row.text);
      REQUIRE(address);
      CHECK(address->base_url == row.base_url);
      CHECK(address->socket_path == row.socket);
      CHECK(address->keeps_secrets == row.keeps_secrets);
    }
  }

  TEST_CASE("all else is refused, and never repeated since it may hold a password") {
    for (const std::string text : {"",
                                   "127.0.0.1:8466",
                                   "ftp://host",
                                   "http://",
                                   "http://host:0",
                                   "http://host:65536",
                                   "http://host:",
                                   "http://host:80x",
                                   "http://me:hunter2@host",
                                   "http://host/hunter2",
                                   "http://host?hunter2",
                                   "http://host#hunter2",
                                   "http://ho st",
                                   "http://[::1",
                                   "http://[]",
                                   "http://[::1]x",
                                   "unix:relative/hunter2",
                                   "unix:"}) {
      CAPTURE(text);
      const auto address = ServerAddress::parse(text);
      REQUIRE_FALSE(address);
      CHECK(address.error().code == ErrorCode::Invalid);
      CHECK(address.error().message.find("hunter2") == std::string::npos);
    }
    CHECK_FALSE(ServerAddress::parse("unix:/" + std::string(107, 'a')));
    CHECK(ServerAddress::parse("unix:/" + std::string(106, 'a')));
    CHECK_FALSE(ServerAddress::parse(std::string_view("http://host\0.evil", 17)));
  }
}

}  // namespace quotecache::test
