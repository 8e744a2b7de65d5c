#include "cli/run.hpp"

#include <utility>

#include <fmt/format.h>
#include <sysexits.h>

#include "cli/cache_csv.hpp"
#include "cli/cache_view.hpp"
#include "cli/failure.hpp"
#include "cli/forecast_view.hpp"
#include "cli/get.hpp"
#include "cli/health.hpp"
#include "cli/history_view.hpp"
#include "cli/order_view.hpp"
#include "cli/purge.hpp"
#include "cli/raw.hpp"
#include "cli/reload.hpp"
#include "cli/report_view.hpp"
#include "cli/state_view.hpp"
#include "cli/text.hpp"
#include "cli/token_file.hpp"
#include "cli/warm.hpp"
#include "cli/watch.hpp"
#include "quotecache/client.hpp"

namespace quotecache::cli {
namespace {

int status_of(Level level) {
  switch (level) {
    case Level::Ok: return 0;
    case Level::Warning: return kWarning;
    case Level::Critical: return kCritical;
  }
  return kUnreachable;
}

constexpr std::chrono::seconds kConnectTimeout{3};

Reply refusal(const std::string& why) { return {EX_USAGE, "", "quotecache: " + why + '\n'}; }

PageQuery page_query(const CommandLine& line) {
  PageQuery query;
  if (line.limit) query.limit = static_cast<int>(*line.limit);
  query.cursor = line.cursor;
  return query;
}

class Runner {
 public:
  Runner(AdminClient client, const CommandLine& line, const Look& look)
      : client_(std::move(client)), line_(line), look_(look) {}

  Reply run() {
    switch (line_.task) {
      case Task::State:
        return show_state([this](const Credits& credits) {
          return line_.format == Format::Csv ? state_csv(credits) : state_text(credits, look_);
        });
      case Task::Forecast:
        return show_state([this](const Credits& credits) {
          return line_.format == Format::Csv ? forecast_csv(credits)
                                             : forecast_text(credits, look_);
        });
      case Task::Report:
        return beside_state(client_.report(line_.report), [this](const Report& report) {
          return line_.format == Format::Csv ? report_csv(report, line_.limit)
                                             : report_table(report, line_.limit, look_);
        });
      case Task::Calls:
        return beside_state(client_.calls(page_query(line_)), [this](const CallsPage& page) {
          return line_.format == Format::Csv ? calls_csv(page)
                                             : calls_table(page, line_.cursor, look_);
        });
      case Task::Alerts:
        return beside_state(client_.alerts(page_query(line_)), [this](const AlertsPage& page) {
          return line_.format == Format::Csv ? alerts_csv(page)
                                             : alerts_table(page, line_.cursor, look_);
        });
      case Task::Mode: return mode();
      case Task::Warm: return warm(client_, line_, look_);
      case Task::Purge: return purge(client_, line_, look_);
      case Task::Reload: return reload(client_, line_, look_);
      case Task::Stats:
        return show(client_.stats(), [this](const CacheStats& stats) {
          return line_.format == Format::Csv ? stats_csv(stats) : stats_text(stats, look_);
        });
      case Task::Explain:
        return show(client_.explain(line_.explain), [this](const Explanation& given) {
          return line_.format == Format::Csv ? explanation_csv(given)
                                             : explanation_text(given, look_);
        });
      default: return {};  // asks no admin route
    }
  }

 private:
  // JSON as it came, with a line's end; else what `put` makes of it.
  template <class T, class Put>
  [[nodiscard]] std::string put_into_words(const T& answer, Put put) const {
    if (line_.format != Format::Json) return put(answer);
    const bool has_end = answer.document.ends_with('\n');
    return answer.document + (has_end ? "" : "\n");
  }

  template <class Put>
  Reply show_state(Put put) {
    const auto credits = client_.credits();
    if (!credits) return failure(credits.error(), look_);
    return {status_of(credits->level), put_into_words(*credits, put), ""};
  }

  template <class T, class Put>
  Reply show(const Result<T>& answer, Put put) {
    if (!answer) return failure(answer.error(), look_);
    return {0, put_into_words(*answer, put), ""};
  }

  // What was asked for, and the status that the state of things has.
  template <class T, class Put>
  Reply beside_state(const Result<T>& answer, Put put) {
    if (!answer) return failure(answer.error(), look_);
    std::string text = put_into_words(*answer, put);
    const auto credits = client_.credits();
    Reply reply =
        credits ? Reply{status_of(credits->level), "", ""} : failure(credits.error(), look_);
    reply.out = std::move(text);
    return reply;
  }

  Reply mode() {
    const auto ordered = client_.set_spend_mode(line_.mode, line_.life);
    if (!ordered) return failure(ordered.error(), look_);
    switch (line_.format) {
      case Format::Json: return {0, order_json(*ordered), ""};
      case Format::Csv: return {0, order_csv(*ordered), ""};
      case Format::Table: break;
    }
    return {0, order_text(*ordered), ""};
  }

  AdminClient client_;
  const CommandLine& line_;
  const Look& look_;
};

const std::string& first_said(const std::string& here, const std::string& there) {
  return here.empty() ? there : here;
}

// Of what clients may ask, with any token or none.
Reply ask(const Client& client, const CommandLine& line, const Look& look) {
  switch (line.task) {
    case Task::Get: return get(client, line, look);
    case Task::Watch: return watch(client, line, look);
    case Task::Raw: return raw(client, line, look);
    default: return health(client, line, look);
  }
}

// A file takes texts as they are; a terminal would obey the control characters in them. Tables are
// clean already.
std::string fit_for_terminal(std::string text, const CommandLine& line, const Look& look) {
  if (line.task == Task::Raw || line.format == Format::Json) return escaped_lines(text, look);
  return line.format == Format::Csv ? clean_lines(text, look) : text;
}

bool is_admins(Task task) {
  return task != Task::Get && task != Task::Watch && task != Task::Raw && task != Task::Health;
}

Reply ask_as_admin(const Client& client, const CommandLine& line, const Look& look) {
  auto admin = client.admin();
  if (!admin) return failure(admin.error(), look);
  return Runner(*std::move(admin), line, look).run();
}

}  // namespace

Reply run(const CommandLine& line, const Surroundings& surroundings) {
  ClientOptions options;
  options.timeout = options.attempt_timeout = line.timeout;
  options.connect_timeout = kConnectTimeout;
  options.retries = 0;  // who typed the command sees why, and tries again
  const std::string& server = first_said(line.server, surroundings.server);
  if (!server.empty()) options.servers = {server};
  const std::string& token_file = first_said(line.token_file, surroundings.token_file);
  if (!token_file.empty()) {
    auto token = read_token(token_file);
    if (!token) return refusal(clean(token.error(), surroundings.look));
    options.token = *std::move(token);
  }
  Look look = surroundings.look;
  if (line.width) look.width = *line.width;
  const auto client = Client::make(options);
  if (!client) return failure(client.error(), look);
  Reply reply = is_admins(line.task) ? ask_as_admin(*client, line, look) : ask(*client, line, look);
  if (look.is_terminal) reply.out = fit_for_terminal(std::move(reply.out), line, look);
  return reply;
}

}  // namespace quotecache::cli
