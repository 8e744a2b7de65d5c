#include "routing/dashboard.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/hash.hpp"
#include "embedded.hpp"
#include "routing/response.hpp"

namespace quotecached::routing {
namespace {

constexpr std::string_view kPage = "text/html; charset=utf-8";
constexpr std::string_view kScript = "text/javascript; charset=utf-8";

}  // namespace

std::span<const DashboardFile> dashboard_files() noexcept {
  static const std::array files = {
      DashboardFile{"/dashboard", kPage, k_index_html},
      DashboardFile{"/dashboard/", kPage, k_index_html},
      DashboardFile{"/dashboard/app.js", kScript, k_app_js},
      DashboardFile{"/dashboard/view.js", kScript, k_view_js},
      DashboardFile{"/dashboard/style.css", "text/css; charset=utf-8", k_style_css},
      DashboardFile{"/dashboard/icon.svg", "image/svg+xml", k_icon_svg},
  };
  return files;
}

std::string_view dashboard_fields() noexcept {
  return "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
         "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'\r\n"
         "X-Content-Type-Options: nosniff\r\n"
         "Referrer-Policy: no-referrer\r\n"
         "Cross-Origin-Resource-Policy: same-origin\r\n";
}

// The text outlives every answer: nothing of it is copied.
void fill_dashboard(proxy::Answer& out, std::string_view path) {
  const auto files = dashboard_files();
  const auto file = std::ranges::find(files, path, &DashboardFile::path);
  assert(file != files.end());
  fill_text(out, {}, file->content_type);
  out.pieces.assign(1, file->text);
  out.has_age = true;  // with a life of nothing: the tag is asked about each time
  out.etag = hash64(file->text);
}

}  // namespace quotecached::routing
