// Any bytes as an Accept-Encoding field: reading never crashes, weights keep their bounds, what
// identity weighs agrees with whether it is refused, and the choice is acceptable to the client.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "coding/choice.hpp"

using namespace quotecached::coding;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_choice(const Accepted& accepted, std::size_t size) {
  const Rules rules;
  const auto coding = choose(accepted, "application/json", size, rules);
  if (coding == Coding::Identity) return;
  require(accepted.of(coding) > 0);
  require(size >= rules.min_size || accepted.refuses_identity);
  for (const auto other : kPreferred) require(accepted.of(other) <= accepted.of(coding));
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the fuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto accepted = parse_accept_encoding(text);
  for (const auto weight : accepted.weights) require(weight <= Accepted::kMost);
  if (accepted.refuses_identity) require(accepted.of(Coding::Identity) == 0);
  check_choice(accepted, 10);
  check_choice(accepted, 100'000);
  KnownAccept known;
  require(known.read(text) == accepted && known.read(text) == accepted);
  return 0;
}
