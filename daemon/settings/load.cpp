#include "settings/load.hpp"

#include <algorithm>

#include "settings/draft.hpp"
#include "settings/secret_file.hpp"

namespace quotecached::settings {
namespace {

// A section that is none of ours, even an empty one, is a mistake worth telling.
void check_section(Draft& draft, const SourceValue& section) {
  const std::string inside = section.key + ".";
  const bool is_known =
      inside == kTagPrefix || std::ranges::any_of(draft.keys, [&](const std::string& key) {
        return key.starts_with(inside);
      });
  if (!is_known)
    draft.problems.push_back(
        {section.file, section.line, section.key, explain_unknown(draft, section.key)});
}

std::string name_of_file(const LoadInput& input) { return input.file.value_or("quotecached.toml"); }

void apply_file(Draft& draft, const std::string& file, std::string_view toml) {
  const Flat flat = flatten_toml(toml, file, draft.problems);
  for (const SourceValue& given : flat.values) draft.apply(given);
  for (const SourceValue& section : flat.sections) check_section(draft, section);
}

tl::expected<Loaded, Problems> finish(Draft draft, const LoadInput& input) {
  Origin api_key{"upstream.api_key", "", 0};
  apply_environment(draft, input.environment);
  apply_sets(draft, input.sets);
  resolve(draft, input.environment, api_key);
  check(draft);
  check_credits(draft, input.plans);
  check_warm(draft);
  if (!draft.problems.empty()) {
    sort_by_place(draft.problems, name_of_file(input));
    return tl::unexpected(std::move(draft.problems));
  }
  draft.origins.push_back(std::move(api_key));
  return Loaded{std::move(draft.settings), std::move(draft.origins)};
}

}  // namespace

tl::expected<Loaded, Problems> load_text(const LoadInput& input, std::string_view toml) {
  Draft draft(input.families);
  apply_file(draft, name_of_file(input), toml);
  return finish(std::move(draft), input);
}

tl::expected<Loaded, Problems> load(const LoadInput& input) {
  if (!input.file) return load_text(input, "");
  auto text = read_file(*input.file);
  if (text) return load_text(input, *text);
  return tl::unexpected(Problems{{"", 0, "", text.error().message}});
}

}  // namespace quotecached::settings
