// A provider's dialect: what its answers mean, how it says a refusal, where it tells an account's
// use, which header carries the key.
//
// The only room that knows a provider's error codes and envelope; how its endpoints are asked,
// shaped and priced stands in the catalogue. Stateless and pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/types.hpp"
#include "ledger/closure.hpp"
#include "provider/key_info.hpp"
#include "provider/reading.hpp"
#include "provider/status_form.hpp"
#include "upstream/client.hpp"

namespace quotecached::provider {

// Whose wish a call is, and so what its refusal may close. What clients have passed on may be
// refused for reasons of its own: that closes nothing. Of the daemon's own calls a refused key must
// be said in so many words; without them it is doubted, and a call that only asks about the key
// tells.
enum class Asker : std::uint8_t { Daemon, Client, Probe };

// What a client is told in place of an answer.
struct Refusal {
  unsigned http_status = 0;
  std::int64_t error_code = 0;
  std::string message;
};

// What an answer of ours says of itself.
struct StatusText {
  StatusForm form;                 // as the endpoint writes it
  std::int64_t error_code = 0;     // 0: all went well, and there is no message
  std::string_view error_message;  // plain text; escaped by whoever writes it
  Credits credit_count;
};

class Dialect {
 public:
  Dialect() = default;
  virtual ~Dialect() = default;
  Dialect(const Dialect&) = delete;
  Dialect& operator=(const Dialect&) = delete;

  // The body may grow in capacity (a parser reads a few bytes past the end), never in size.
  [[nodiscard]] virtual Reading interpret(upstream::Response& answer, Asker asker) const = 0;

  // The same from the head of an answer alone, where its status comes first and says that all went
  // well; empty otherwise. What follows may be cut short: the answer is good once its data was read
  // to the end, and must be interpreted whole if that fails.
  [[nodiscard]] virtual std::optional<Reading> interpret_head(
      const upstream::Response& answer) const = 0;

  // A call that costs nothing and tells the account's limits and use. Its body may grow as above.
  // read_usage() fails with Invalid when it is not understood.
  struct UsageCall {
    std::string_view target;
    std::string_view endpoint;  // its name in the rows of calls
  };
  [[nodiscard]] virtual UsageCall usage_call() const noexcept = 0;
  [[nodiscard]] virtual Result<KeyInfo> read_usage(std::string& body) const = 0;

  // The name of the header that carries the API key, upstream and from clients.
  [[nodiscard]] virtual std::string_view key_header() const noexcept = 0;
  // The whole line. Fails with Invalid on a key that cannot stand in one, and does not repeat it.
  [[nodiscard]] Result<std::string> key_line(std::string_view key) const;

  // What an answer that refuses a request says of one of its parameters.
  [[nodiscard]] virtual ParameterVerdict judge_parameter(const Reading& answer,
                                                         std::string_view parameter) const = 0;

  // The headers of an answer that are meant for whoever made the request.
  [[nodiscard]] virtual std::span<const std::string_view> client_headers() const noexcept = 0;
  // The header in which an answer says what the provider calls it; empty: there is none.
  [[nodiscard]] virtual std::string_view id_header() const noexcept { return {}; }

  // Refusals as the provider says them itself. spent() requires: a window, not the key.
  [[nodiscard]] virtual Refusal spent(ledger::Closure window) const = 0;
  [[nodiscard]] virtual Refusal key_missing() const = 0;
  [[nodiscard]] virtual Refusal key_wrong() const = 0;
  [[nodiscard]] virtual Refusal unknown(std::string_view parameter,
                                        const std::vector<std::string_view>& names) const = 0;

  // Why the key is refused with this code, for people: "it is not valid". Empty: not known.
  [[nodiscard]] virtual std::string_view why_key_refused(
      std::int64_t error_code) const noexcept = 0;

  // Appends the beginning of an answer down to its data: `{"status":{...},"data":`. On the hot
  // path. Data and `}` are to follow.
  virtual void append_head(std::string& out, const StatusText& status, TimePoint now) const = 0;
  // Appends an answer without data.
  virtual void append_error(std::string& out, const StatusText& status, TimePoint now) const = 0;
};

}  // namespace quotecached::provider
