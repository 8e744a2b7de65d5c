// What an operator may ask of a running daemon, and order it to do.
//
//   auto client = quotecache::AdminClient::make({});
//   if (!client) ...
//   const auto credits = client->credits();
//   if (!credits) std::cerr << credits.error().message << '\n';
//   else if (credits->level != quotecache::Level::Ok) ...
//
// Calls block for up to Options::timeout and share one connection, which is kept open. One thread
// at a time may use an object; different objects may be used at the same time. Nothing is thrown.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "quotecache/cache.hpp"
#include "quotecache/credits.hpp"
#include "quotecache/error.hpp"
#include "quotecache/export.hpp"
#include "quotecache/history.hpp"
#include "quotecache/options.hpp"
#include "quotecache/purge.hpp"
#include "quotecache/reload.hpp"
#include "quotecache/report.hpp"
#include "quotecache/warm.hpp"

namespace quotecache {

class QUOTECACHE_API AdminClient {
 public:
  // Connects to nobody yet. Fails with Invalid on options it cannot use.
  [[nodiscard]] static Result<AdminClient> make(const Options& options);
  ~AdminClient();
  AdminClient(AdminClient&& other) noexcept;
  AdminClient& operator=(AdminClient&& other) noexcept;

  // These fail with any ErrorCode. Fields the daemon may send one day beyond these are ignored;
  // one that is missing is a Protocol error that names it.
  [[nodiscard]] Result<Credits> credits();
  [[nodiscard]] Result<Report> report(const ReportQuery& query);
  [[nodiscard]] Result<CallsPage> calls(const PageQuery& query);
  [[nodiscard]] Result<AlertsPage> alerts(const PageQuery& query);

  // Begins a run, and waits for its end if the order says so (within Options::timeout). Fails with
  // Conflict while another is under way.
  [[nodiscard]] Result<WarmRun> warm(const WarmOrder& order);
  // The last runs.
  [[nodiscard]] Result<WarmRuns> warm_runs();

  // Fails with Conflict when more than a hundred entries would go and the order does not say yes.
  [[nodiscard]] Result<PurgeReport> purge(const PurgeOrder& order);

  // Has the daemon read its settings and tokens anew, whole or not at all. Fails with Invalid,
  // saying all that is wrong, one line each: nothing changed then.
  [[nodiscard]] Result<ReloadReport> reload();

  // How the cache does; why an asset is answered as it is.
  [[nodiscard]] Result<CacheStats> stats();
  [[nodiscard]] Result<Explanation> explain(const ExplainQuery& query);

  // By hand for as long (nothing: as long as the daemon thinks fit), or Automatic again, which
  // takes no time. Returns what is ordered; it takes effect within a moment.
  [[nodiscard]] Result<ModeState> set_spend_mode(
      SpendMode mode, std::optional<std::chrono::seconds> life = std::nullopt);

 private:
  struct State;
  explicit AdminClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quotecache
