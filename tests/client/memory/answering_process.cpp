#include "client/memory/answering_process.hpp"

#include <array>
#include <cstdlib>
#include <map>
#include <new>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/answering_server.hpp"
#include "client/documents.hpp"

namespace quotecache::test {
namespace {

const std::string kRow =
    R"({"id":1,"symbol":"BTC","name":"A coin whose name is long, \u0041 and escaped","slug":"bitcoin",)"
    R"("convert":"USD","price":67000.10000000000000,"last_updated":"2026-11-29T10:00:00.000Z",)"
    R"("a_field_with_a_long_name":12345678901234567890.5,"fetched_at":"2026-11-29T10:00:41.120Z",)"
    R"("age":1,"stale":false})";

const std::string kQuotes =
    "{\"quotes\":[" + kRow + "," + kRow +
    R"(],"missing":[{"asked":"a name that is long enough","by":"slug"}],"ambiguous":[{"asked":)"
    R"("another name that is long","by":"symbol","candidates":[{"id":7,"name":"a third long name",)"
    R"("slug":"a slug that is long too","rank":1}]}],"unavailable":[],"next":null})";

const std::string kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 1\n\nevent: snapshot\ndata: "
    "{}\n\nevent: lists\ndata: "
    R"({"missing":[{"asked":"a name that is long enough","by":"slug"}],"ambiguous":[]})"
    "\n\nid: an-id-that-is-long-enough-1\nevent: quote\ndata: " +
    kRow + "\n\nevent: gone\ndata: {\"id\":1,\"convert\":\"USD\"}\n\n";

const std::string kProblem =
    R"({"title":"a title that is long","detail":"a detail that is long too","code":"unavailable"})";

std::string page_of(const std::string& request) {
  const std::map<std::string_view, const std::string&> pages{
      {"GET /admin/credits ", kCredits},
      {"GET /admin/credits/report?", kReport},
      {"GET /admin/credits/calls?", kCalls},
      {"GET /admin/credits/alerts?", kAlerts}};
  for (const auto& [start, page] : pages) {
    if (request.starts_with(start)) return page;
  }
  return "";
}

}  // namespace

AnsweringProcess::AnsweringProcess() {
  void* const memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  std::array<int, 2> life{};
  std::array<int, 2> word{};
  if (memory == MAP_FAILED || ::pipe(life.data()) != 0 || ::pipe(word.data()) != 0)
    throw std::runtime_error("the server of the test cannot be prepared");
  shared_ = new (memory) Shared;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::close(life[1]);
    serve(life[0], word[1]);
    ::_exit(0);
  }
  std::array<char, 64> address{};
  const auto size = ::read(word[0], address.data(), address.size());
  if (pid_ < 0 || size <= 0) throw std::runtime_error("the server of the test does not start");
  address_.assign(address.data(), static_cast<std::size_t>(size));
  life_ = life[1];
  for (const int fd : {life[0], word[0], word[1]}) ::close(fd);
}

// Until `life` ends; writes the address to `word`.
void AnsweringProcess::serve(int life, int word) const {
  const AnsweringServer server([this](const std::string& request) -> Reply {
    if (request.find("slugs=held") != std::string::npos) {
      ++shared_->held;
      while (shared_->is_holding) std::this_thread::yield();
    }
    if (request.find("/quotes/stream?") != std::string::npos) return {200, kStream, "", true};
    if (request.find(" /quotes") != std::string::npos) return {200, kQuotes};
    const auto page = page_of(request);
    if (!page.empty()) return {200, page};
    return {503, kProblem, "Retry-After: 7\r\n"};
  });
  const auto address = server.address();
  char end = 0;
  if (::write(word, address.data(), address.size()) > 0) (void)!::read(life, &end, 1);
}

AnsweringProcess::~AnsweringProcess() {
  ::close(life_);
  ::waitpid(pid_, nullptr, 0);
  ::munmap(shared_, sizeof(Shared));
}

}  // namespace quotecache::test
