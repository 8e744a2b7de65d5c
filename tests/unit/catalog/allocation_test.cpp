// The hot path allocates nothing once a request has been used.
#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/request.hpp"

namespace {
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

using namespace quotecached::catalog;

TEST_SUITE("catalog::parse_target") {
  TEST_CASE("parsing into a used request allocates nothing") {
    const auto& catalogue = Catalogue::built_in();
    std::string hundred = "/v2/cryptocurrency/quotes/latest?id=100";
    for (int id = 99; id > 0; --id) hundred += "%2C" + std::to_string(id);
    const std::vector<std::string> targets = {
        "/v2/cryptocurrency/quotes/latest?id=1&convert=USD",
        "/v1/cryptocurrency/quotes/latest?symbol=btc,eth&convert=usd,eur&aux=tags,cmc_rank",
        "/v3/cryptocurrency/quotes/"
        "latest?slug=bitcoin&convert_id=2781&CMC_PRO_API_KEY=0123456789abcdef0",
        "/v1/cryptocurrency/listings/latest?limit=5000&sort=name",
        "/v1/uncatalogued/path?a=1",
        hundred};
    Request request;
    std::string key;
    key.reserve(200);
    for (const auto& target : targets) REQUIRE_FALSE(parse_target(catalogue, target, request));
    for (const auto& target : targets) {
      CAPTURE(target);
      const auto before = allocations.load();
      const auto refusal = parse_target(catalogue, target, request);
      if (request.kind != KeyKind::None) append_key(key, request, 0, 0);
      const auto after = allocations.load();
      key.clear();
      CHECK_FALSE(refusal);
      if (request.endpoint != nullptr) CHECK(after == before);
    }
  }
}
