// Only here are all the parts' types known: to take them down.
#include "app/parts.hpp"

#include <utility>

#include "alert/notifier.hpp"
#include "app/fleet.hpp"
#include "app/reload.hpp"
#include "app/version.hpp"
#include "cache/chain.hpp"
#include "cache/claims.hpp"
#include "cache/memory_tier.hpp"
#include "catalog/catalogue.hpp"
#include "compact/desk.hpp"
#include "credit/book.hpp"
#include "credit/client_book.hpp"
#include "credit/governor.hpp"
#include "http/access_log.hpp"
#include "http/server.hpp"
#include "io/offload.hpp"
#include "proxy/proxy.hpp"
#include "purge/desk.hpp"
#include "refill/ask_keeper.hpp"
#include "refill/reconciler.hpp"
#include "refill/refill.hpp"
#include "routing/auth.hpp"
#include "routing/router.hpp"
#include "store/reader.hpp"
#include "store/writer.hpp"
#include "stream/hub.hpp"
#include "upstream/client.hpp"
#include "usage/pruner.hpp"
#include "usage/recorder.hpp"
#include "usage/redis_counters.hpp"
#include "usage/report_reader.hpp"
#include "usage/trace_recorder.hpp"
#include "warm/run_log.hpp"
#include "warm/runs.hpp"
#include "warm/warmer.hpp"

namespace quotecached::app {

Parts::Parts(settings::Settings given, Log event_log)
    : settings(std::move(given)), log(std::move(event_log)), health(kVersion) {}

Parts::~Parts() = default;

}  // namespace quotecached::app
