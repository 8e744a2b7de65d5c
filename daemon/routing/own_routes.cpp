#include "routing/own_routes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "admin/query.hpp"
#include "health/question.hpp"
#include "routing/dashboard.hpp"
#include "routing/openapi.hpp"
#include "routing/response.hpp"

namespace quotecached::routing {
namespace {

OwnReply show_index(const OwnSources& sources, const OwnRequest&, proxy::Answer& out);

OwnReply show_description(const OwnSources&, const OwnRequest&, proxy::Answer& out) {
  fill_description(out);
  return {};
}

OwnReply show_live(const OwnSources&, const OwnRequest&, proxy::Answer& out) {
  fill_json(out, "{\"status\":\"live\"}\n");
  return {};
}

constexpr std::string_view kHealthJson = "application/health+json";

OwnReply show_health(const OwnSources& sources, const OwnRequest& request, proxy::Answer& out) {
  const auto is_verbose = health::parse_verbose(query_of(request.head.target));
  if (!is_verbose) {
    fill_problem(out, 400, is_verbose.error().message);
    return {};
  }
  const auto document = sources.health.document(std::chrono::steady_clock::now());
  const auto& all = *is_verbose ? document->verbose : document->brief;
  const auto& names = *is_verbose ? document->times : document->names;
  fill_text(out, request.is_from_admin ? all : names, kHealthJson);
  out.http_status = document->status == health::Status::Fail ? 503 : 200;
  return {};
}

OwnReply show_ready(const OwnSources& sources, const OwnRequest&, proxy::Answer& out) {
  const auto readiness = sources.health.readiness();
  fill_text(out, health::to_json(readiness), kHealthJson);
  out.http_status = readiness == health::Readiness::Ready ? 200 : 503;
  return {};
}

OwnReply show_metrics(const OwnSources& sources, const OwnRequest&, proxy::Answer& out) {
  fill_text(out, sources.metrics.render(), metrics::kTextFormat);
  return {};
}

OwnReply show_dashboard(const OwnSources&, const OwnRequest& request, proxy::Answer& out) {
  fill_dashboard(out, path_of(request.head.target));
  OwnReply reply;
  reply.extra_fields = dashboard_fields();
  return reply;
}

// A handler of admin.hpp, which sees the admin actions alone.
template <auto Handler>
OwnReply admin_by(const OwnSources& sources, const OwnRequest& request, proxy::Answer& out) {
  return Handler(sources.admin, request, out);
}

bool always(const OwnSources&) { return true; }
bool has_quotes(const OwnSources& sources) { return sources.has_quotes; }
bool has_stream(const OwnSources& sources) { return sources.has_stream; }

template <auto Action>
bool has(const OwnSources& sources) {
  return static_cast<bool>(sources.admin.*Action);
}

enum class Methods : std::uint8_t { Read, Post, Both, Delete };  // Read: GET and HEAD
enum class Query : std::uint8_t { Ignored, Taken, None };        // None: parameters are refused
// Operators: see Router::admit_operator; clients: Router::admit_quotes.
enum class For : std::uint8_t { Anyone, Operators, Clients };

struct OwnRoute {
  std::string_view path;
  For whom;
  Methods methods;
  Query query;
  OwnReply (*answer)(const OwnSources&, const OwnRequest&, proxy::Answer&);  // null: see For
  bool (*exists)(const OwnSources&) = always;
};

using enum Methods;
using enum For;
constexpr auto kRoutes = std::to_array<OwnRoute>({
    {"/", Anyone, Read, Query::Ignored, show_index},
    {"/openapi.json", Anyone, Read, Query::Ignored, show_description},
    {"/health", Anyone, Read, Query::Taken, show_health},
    {"/health/live", Anyone, Read, Query::Ignored, show_live},
    {"/health/ready", Anyone, Read, Query::Ignored, show_ready},
    {"/metrics", Anyone, Read, Query::Ignored, show_metrics},
    {"/dashboard", Anyone, Read, Query::Ignored, show_dashboard},
    {"/dashboard/", Anyone, Read, Query::Ignored, show_dashboard},
    {"/dashboard/app.js", Anyone, Read, Query::Ignored, show_dashboard},
    {"/dashboard/view.js", Anyone, Read, Query::Ignored, show_dashboard},
    {"/dashboard/style.css", Anyone, Read, Query::Ignored, show_dashboard},
    {"/dashboard/icon.svg", Anyone, Read, Query::Ignored, show_dashboard},
    {"/quotes", Clients, Both, Query::Taken, nullptr, has_quotes},
    {kStreamPath, Clients, Read, Query::Taken, nullptr, has_stream},
    {"/admin/credits",
     Operators,
     Read,
     Query::None,
     admin_by<handlers::show_credits>,
     has<&AdminActions::credits>},
    {"/admin/credits/report", Operators, Read, Query::Taken, admin_by<handlers::ask_report>},
    {"/admin/credits/calls", Operators, Read, Query::Taken, admin_by<handlers::ask_calls>},
    {"/admin/credits/alerts", Operators, Read, Query::Taken, admin_by<handlers::ask_alerts>},
    {"/admin/credits/reconcile",
     Operators,
     Post,
     Query::None,
     admin_by<handlers::reconcile>,
     has<&AdminActions::reconcile>},
    {"/admin/requests",
     Operators,
     Read,
     Query::None,
     admin_by<handlers::show_requests>,
     has<&AdminActions::requests>},
    {"/admin/spend-mode",
     Operators,
     Post,
     Query::None,
     admin_by<handlers::set_spend_mode>,
     has<&AdminActions::set_spend_mode>},
    {"/admin/warm",
     Operators,
     Post,
     Query::None,
     admin_by<handlers::order_warm>,
     has<&AdminActions::warm>},
    {"/admin/warm",
     Operators,
     Read,
     Query::None,
     admin_by<handlers::show_warm>,
     has<&AdminActions::warm_runs>},
    {"/admin/reload",
     Operators,
     Post,
     Query::None,
     admin_by<handlers::reload>,
     has<&AdminActions::reload>},
    {"/admin/stats",
     Operators,
     Read,
     Query::None,
     admin_by<handlers::show_stats>,
     has<&AdminActions::stats>},
    {"/admin/explain",
     Operators,
     Read,
     Query::Taken,
     admin_by<handlers::explain>,
     has<&AdminActions::explain>},
    {"/admin/cache",
     Operators,
     Delete,
     Query::Taken,
     admin_by<handlers::purge_cache>,
     has<&AdminActions::purge>},
    {"/admin/cache/clear-memory",
     Operators,
     Post,
     Query::None,
     admin_by<handlers::clear_memory>,
     has<&AdminActions::clear_memory>},
    {"/admin/test/clock",
     Operators,
     Post,
     Query::None,
     admin_by<handlers::move_clock>,
     has<&AdminActions::move_clock>},
});

constexpr std::string_view folder_path(const OwnRoute& route) {
  return route.path.substr(0, route.path.find('/', 1));
}

// Routes of one folder stand together.
constexpr bool begins_folder(std::size_t i) {
  return i == 0 || folder_path(kRoutes[i]) != folder_path(kRoutes[i - 1]);
}

constexpr std::size_t kFolderCount = [] {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kRoutes.size(); ++i)
    if (begins_folder(i)) ++count;
  return count;
}();

constexpr auto kFolders = [] {
  std::array<OwnFolder, kFolderCount> folders{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < kRoutes.size(); ++i)
    if (begins_folder(i))
      folders[at++] = {folder_path(kRoutes[i]),
                       kRoutes[i].whom == For::Operators,
                       kRoutes[i].whom == For::Clients};
  return folders;
}();

// No folder stands twice, and none is for several: else a route could be asked by whom it is not
// for.
static_assert([] {
  for (const auto& route : kRoutes) {
    int folders = 0;
    for (const auto& folder : kFolders) {
      if (folder.path != folder_path(route)) continue;
      ++folders;
      if (folder.is_for_operators != (route.whom == For::Operators)) return false;
      if (folder.is_for_clients != (route.whom == For::Clients)) return false;
    }
    if (folders != 1) return false;
  }
  return true;
}());

bool is_within(std::string_view target, std::string_view folder) {
  if (folder == "/") return path_of(target) == folder;  // not all that begins with it
  if (!target.starts_with(folder)) return false;
  return target.size() == folder.size() || target[folder.size()] == '/' ||
         target[folder.size()] == '?';
}

bool takes(Methods methods, Method method) {
  const bool is_read = method == Method::Get || method == Method::Head;
  if (methods == Delete) return method == Method::Delete;
  return (is_read && methods != Post) || (method == Method::Post && methods != Read);
}

std::string_view allow_field(Methods methods) {
  switch (methods) {
    case Read: return kAllowRead;
    case Both: return "Allow: GET, HEAD, POST\r\n";
    case Delete: return "Allow: DELETE\r\n";
    case Post: break;
  }
  return "Allow: POST\r\n";
}

// "GET, POST": as people read it, who take HEAD for granted where there is GET.
std::string methods_of(std::string_view path, const OwnSources& sources) {
  std::string text;
  for (const auto& [method, word] : {std::pair(Method::Get, "GET"),
                                     std::pair(Method::Post, "POST"),
                                     std::pair(Method::Delete, "DELETE")}) {
    const auto is_taken = [&, taken = method](const OwnRoute& route) {
      return route.path == path && route.exists(sources) && takes(route.methods, taken);
    };
    if (std::ranges::any_of(kRoutes, is_taken)) text.append(text.empty() ? "" : ", ").append(word);
  }
  return text;
}

// For whoever opens the address in a browser: what answers here, and what may be asked.
OwnReply show_index(const OwnSources& sources, const OwnRequest&, proxy::Answer& out) {
  std::string text = fmt::format(
      "quotecached {}\n\n"
      "A cache between programs and a metered crypto price API. It answers the\n"
      "provider's paths (/v1, /v2, /v3) as the provider does, and these of its own,\n"
      "which /openapi.json describes:\n\n",
      sources.version);
  std::string_view last;
  for (const auto& route : kRoutes) {
    const bool is_part = route.answer == show_dashboard && route.path != "/dashboard";
    const auto methods = is_part ? std::string() : methods_of(route.path, sources);
    if (!methods.empty() && route.path != std::exchange(last, route.path))
      text += fmt::format("{:<10} {}\n", methods, route.path);
  }
  fill_text(out, std::move(text), "text/plain; charset=utf-8");
  return {};
}

// The route of the path that takes the method, else any of the path.
const OwnRoute* find_route(std::string_view target, Method method) {
  const OwnRoute* found = nullptr;
  for (const auto& route : kRoutes) {
    if (route.path != path_of(target)) continue;
    if (takes(route.methods, method)) return &route;
    found = &route;
  }
  return found;
}

}  // namespace

std::span<const OwnFolder> own_folders() noexcept { return kFolders; }

std::vector<OwnPath> own_paths() {
  std::vector<OwnPath> paths;
  for (const auto& route : kRoutes) {
    for (const auto method : {Method::Get, Method::Head, Method::Post, Method::Delete})
      if (takes(route.methods, method)) paths.push_back({route.path, method});
  }
  return paths;
}

std::optional<std::size_t> own_folder_of(std::string_view target) noexcept {
  for (std::size_t i = 0; i < kFolders.size(); ++i)
    if (is_within(target, kFolders[i].path)) return i;
  return std::nullopt;
}

std::optional<OwnReply> refuse_own(const OwnSources& sources,
                                   const OwnRequest& request,
                                   proxy::Answer& out) {
  const auto& head = request.head;
  const auto* const route = find_route(head.target, head.method);
  OwnReply reply;
  if (route == nullptr || !route->exists(sources)) {
    fill_problem(out, 404);
    return reply;
  }
  if (!takes(route->methods, head.method)) {
    fill_problem(out, 405);
    reply.extra_fields = allow_field(route->methods);
    return reply;
  }
  const auto none =
      route->query == Query::None ? admin::parse_no_query(query_of(head.target)) : Result<void>();
  if (none) return std::nullopt;
  fill_problem(out, 400, none.error().message);
  return reply;
}

OwnReply answer_own(const OwnSources& sources, const OwnRequest& request, proxy::Answer& out) {
  if (auto refused = refuse_own(sources, request, out)) return *std::move(refused);
  return find_route(request.head.target, request.head.method)->answer(sources, request, out);
}

}  // namespace quotecached::routing
