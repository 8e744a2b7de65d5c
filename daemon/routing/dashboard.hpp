// The dashboard: a page for people, the files of daemon/dashboard/ compiled in.
//
// Immutable; any thread. The page holds no data: it asks the admin routes, which decide who may. So
// anyone may read it.
#pragma once

#include <span>
#include <string_view>

#include "proxy/answer.hpp"

namespace quotecached::routing {

struct DashboardFile {
  std::string_view path;
  std::string_view content_type;
  std::string_view text;
};

[[nodiscard]] std::span<const DashboardFile> dashboard_files() noexcept;

// Header lines that go with each of them: a browser runs and loads nothing that is not theirs.
[[nodiscard]] std::string_view dashboard_fields() noexcept;

// Makes `out` the answer that is the file, with a tag. Requires: `path` is that of one.
void fill_dashboard(proxy::Answer& out, std::string_view path);

}  // namespace quotecached::routing
