// Any text as a settings file, as a tokens file, and as a value of --set: it is taken or refused,
// and what is taken prints as text that loads to the same settings.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "settings/load.hpp"
#include "settings/print.hpp"
#include "settings/secret_file.hpp"

using namespace quotecached::settings;

namespace {

std::string without_origins(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    out += line.substr(0, line.rfind("  # ")) + "\n";
    begin = end + 1;
  }
  return out;
}

void load_and_print(const LoadInput& input, std::string_view toml) {
  const auto first = load_text(input, toml);
  if (!first) {
    if (first.error().empty() || to_string(first.error()).empty()) std::abort();
    return;
  }
  const std::string text = print_config(*first);
  LoadInput plain = input;
  plain.sets.clear();
  const auto second = load_text(plain, text);
  if (!second) std::abort();
  if (!first->settings.alerts.webhook.empty()) return;  // withheld: it is a secret
  if (without_origins(print_config(*second)) != without_origins(text)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  LoadInput input;
  input.file = "fuzz.toml";
  input.environment = {{"HOME", "/nonexistent"}};
  input.families = {"quotes", "listings"};
  input.plans = {"basic", "growth"};
  load_and_print(input, text);

  quotecached::settings::Problems problems;
  const auto tokens = parse_tokens(text, "tokens.toml", problems);
  if (tokens.empty() == problems.empty()) std::abort();

  input.sets = {text};
  if (const auto loaded = load_text(input, ""); !loaded && loaded.error().empty()) std::abort();
  return 0;
}
