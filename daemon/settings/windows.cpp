#include "settings/windows.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quotecached::settings {
namespace {

constexpr std::size_t kMostWindows = 64;
constexpr std::size_t kMostAssets = 1000;
constexpr std::size_t kLongestEntry = 100;
constexpr std::int64_t kMostPopular = 5000;

tl::unexpected<Error> no_window(std::string text) {
  return fail(ErrorCode::Invalid, std::move(text));
}

struct TextMember {
  std::string_view name;
  std::string WarmWindow::* member;
};
constexpr std::array<TextMember, 4> kTexts{{{"name", &WarmWindow::name},
                                            {"hours", &WarmWindow::hours},
                                            {"days", &WarmWindow::days},
                                            {"timezone", &WarmWindow::timezone}}};

bool is_plain(std::string_view text) {
  return text.size() <= kLongestEntry &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Result<void> assign_member(WarmWindow& window, const std::string& name, const Member& value) {
  const auto* text = std::ranges::find(kTexts, name, &TextMember::name);
  if (text != kTexts.end()) {
    const auto* given = std::get_if<std::string>(&value);
    if (!given || !is_plain(*given)) return no_window(name + " must be a short string");
    window.*text->member = *given;
    return {};
  }
  if (name == "assets") {
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    if (!list || list->size() > kMostAssets)
      return no_window(fmt::format("assets must be a list of up to {} ids in quotes", kMostAssets));
    window.assets = *list;
    return {};
  }
  if (name != "popular")
    return no_window(
        fmt::format("a window has no \"{}\": it has name, hours, days, timezone, assets "
                    "and popular",
                    is_plain(name) ? name : "..."));
  const auto* count = std::get_if<std::int64_t>(&value);
  if (!count || *count < 0 || *count > kMostPopular)
    return no_window(fmt::format("popular must be a whole number from 0 to {}", kMostPopular));
  window.popular = *count;
  return {};
}

std::string to_toml(const WarmWindow& window) {
  std::string assets;
  for (const auto& asset : window.assets) assets += (assets.empty() ? "" : ", ") + quoted(asset);
  return fmt::format(
      "{{ name = {}, hours = {}, days = {}, timezone = {}, assets = [{}], popular = {} }}",
      quoted(window.name),
      quoted(window.hours),
      quoted(window.days),
      quoted(window.timezone),
      assets,
      window.popular);
}

}  // namespace

std::vector<WarmWindow> usual_windows() {
  std::vector<WarmWindow> windows(3);
  windows[0].name = "majors";
  windows[0].hours = "08:00-10:00";
  windows[0].assets = {"1", "1027", "825", "1839", "5426", "3408", "52", "74", "1958", "2010"};
  windows[1].name = "defi";
  windows[1].hours = "15:00-17:00";
  windows[1].assets = {
      "7083", "1975", "7278", "1518", "6538", "5692", "6758", "5864", "8000", "4943"};
  windows[2].name = "trending";
  windows[2].hours = "20:00-22:00";
  windows[2].popular = 50;
  return windows;
}

Result<std::vector<WarmWindow>> windows_of(const Value& value) {
  std::vector<WarmWindow> windows;
  if (const auto* none = std::get_if<std::vector<std::string>>(&value); none && none->empty())
    return windows;
  const auto* tables = std::get_if<std::vector<Table>>(&value);
  if (!tables) return no_window("must be a list of windows: sections [[warm.window]]");
  if (tables->size() > kMostWindows)
    return no_window(fmt::format("must not list more than {} windows", kMostWindows));
  for (const Table& table : *tables) {
    WarmWindow& window = windows.emplace_back();
    for (const auto& [name, member] : table) {
      auto fine = assign_member(window, name, member);
      if (!fine) return std::move(fine).failure();
    }
  }
  return windows;
}

std::string to_toml(const std::vector<WarmWindow>& windows) {
  std::string out;
  for (const auto& window : windows) out += (out.empty() ? "" : ", ") + to_toml(window);
  return '[' + out + ']';
}

}  // namespace quotecached::settings
