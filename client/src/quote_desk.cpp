#include "src/quote_desk.hpp"

#include <future>
#include <optional>
#include <set>
#include <utility>

#include "src/ask_form.hpp"
#include "src/quotes_json.hpp"

namespace quotecache {
namespace {

constexpr std::size_t kLongestTarget = 4'000;  // else a form is sent

HttpRequest request_of(const std::string& form) {
  if (form.size() > kLongestTarget) return {"/quotes", form};
  return {"/quotes?" + form};
}

Result<Quotes> quotes_of(Result<HttpAnswer> answer) {
  if (answer) return read_quotes(answer->body);
  Error error = std::move(answer).error();
  // No word about an asset: this server has no such path.
  if (error.code == ErrorCode::NotFound || error.code == ErrorCode::Conflict)
    error.code = ErrorCode::Protocol;
  return error;
}

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
}

// Requests for other currencies list the same assets again.
template <class T>
void keep_first(std::vector<T>& listed) {
  std::set<std::pair<Asset::By, std::string>> seen;
  std::erase_if(listed, [&](const T& one) { return !seen.emplace(one.by, one.asked).second; });
}

Result<Quotes> joined(std::vector<Result<Quotes>> parts) {
  Quotes all;
  for (auto& part : parts) {
    if (!part) return std::move(part).error();
    append(all.rows, std::move(part->rows));
    append(all.missing, std::move(part->missing));
    append(all.ambiguous, std::move(part->ambiguous));
    append(all.unavailable, std::move(part->unavailable));
  }
  if (parts.size() < 2) return all;
  keep_first(all.missing);
  keep_first(all.ambiguous);
  keep_first(all.unavailable);
  return all;
}

Result<Quotes> in_order_of(const Ask& ask, Result<Quotes> quotes) {
  if (quotes) restore_order(ask, quotes->rows);
  return quotes;
}

}  // namespace

// Parts of one ask that come in by and by, on the loop's thread.
class QuoteDesk::Gathering {
 public:
  Gathering(std::size_t parts, Ask ask, Callback callback)
      : parts_(parts), left_(parts), ask_(std::move(ask)), callback_(std::move(callback)) {}

  void take(std::size_t part, Result<Quotes> quotes) {
    parts_[part] = std::move(quotes);
    if (--left_ > 0) return;
    std::vector<Result<Quotes>> parts;
    for (auto& one : parts_) parts.push_back(*std::move(one));
    callback_(in_order_of(ask_, joined(std::move(parts))));
  }

 private:
  std::vector<std::optional<Result<Quotes>>> parts_;
  std::size_t left_;
  const Ask ask_;
  const Callback callback_;
};

QuoteDesk::QuoteDesk(const ClientOptions& options, std::vector<HttpServer> servers)
    : timeout_(options.timeout),
      max_connections_(options.max_connections),
      fleet_(options, std::move(servers)) {}

// Callbacks that are left are called here, while all that they may ask for still stands.
QuoteDesk::~QuoteDesk() {
  std::shared_ptr<Loop> last;
  const std::lock_guard lock(mutex_);
  is_closing_ = true;
  last = std::move(loop_);
}

Result<Quotes> QuoteDesk::ask(const Ask& ask) {
  const auto forms = forms_of(ask);
  if (!forms) return forms.error();
  if (forms->size() == 1) return in_order_of(ask, ask_one(forms->front()));
  const auto loop = this->loop();
  // The loop's thread cannot wait for itself.
  if (!loop || (*loop)->is_own_thread()) return in_order_of(ask, ask_in_turn(*forms));
  return ask_together(ask);
}

Result<Quotes> QuoteDesk::ask_one(const std::string& form) {
  const auto until = deadline();
  const auto boarding = flights_.board(form);
  if (boarding.is_first) {
    auto quotes = quotes_of(fleet_.call(request_of(form), until));
    flights_.land(form, boarding.flight, quotes);
    return quotes;
  }
  // What the loop's thread would wait for may be its own to do.
  if (is_on_loop()) return quotes_of(fleet_.call(request_of(form), until));
  const auto outcome = Flights::wait(boarding.flight, until);
  if (outcome != nullptr) return *outcome;
  return Error{ErrorCode::Timeout, "the same ask of another thread has no answer yet"};
}

Result<Quotes> QuoteDesk::ask_in_turn(const std::vector<std::string>& forms) {
  const auto until = deadline();
  std::vector<Result<Quotes>> parts;
  for (const auto& form : forms) {
    parts.push_back(quotes_of(fleet_.call(request_of(form), until)));
    if (!parts.back()) break;
  }
  return joined(std::move(parts));
}

Result<Quotes> QuoteDesk::ask_together(const Ask& ask) {
  const auto promise = std::make_shared<std::promise<Result<Quotes>>>();
  auto quotes = promise->get_future();
  this->ask(ask, [promise](Result<Quotes> result) { promise->set_value(std::move(result)); });
  return quotes.get();
}

void QuoteDesk::ask(const Ask& ask, Callback callback) {
  auto forms = forms_of(ask);
  const auto loop = this->loop();
  if (!loop) return callback(loop.error());
  Loop* const here = loop->get();
  if (!forms) {
    return here->post(
        [callback = std::move(callback), error = std::move(forms).error()] { callback(error); });
  }
  const auto gathering = std::make_shared<Gathering>(forms->size(), ask, std::move(callback));
  here->post([this, here, gathering, forms = *std::move(forms), until = deadline()] {
    for (std::size_t part = 0; part < forms.size(); ++part) {
      begin_one(*here, forms[part], until, [gathering, part](Result<Quotes> quotes) {
        gathering->take(part, std::move(quotes));
      });
    }
  });
}

void QuoteDesk::begin_one(Loop& loop, const std::string& form, SteadyTime deadline, Landed landed) {
  const auto boarding = flights_.board(form);
  if (!boarding.is_first) {
    // Whoever lands it may be another thread.
    return Flights::when_landed(
        boarding.flight, [&loop, landed = std::move(landed)](const Flights::Outcome& outcome) {
          loop.post([landed, outcome] { landed(*outcome); });
        });
  }
  fleet_.start(loop,
               request_of(form),
               deadline,
               [this, form, flight = boarding.flight, landed = std::move(landed)](
                   Result<HttpAnswer> answer) {
                 auto quotes = quotes_of(std::move(answer));
                 flights_.land(form, flight, quotes);
                 landed(std::move(quotes));
               });
}

Result<HttpAnswer> QuoteDesk::raw(const std::string& path) {
  return fleet_.call({path, {}, true}, deadline());
}

Result<std::shared_ptr<Loop>> QuoteDesk::loop() {
  const std::lock_guard lock(mutex_);
  if (is_closing_) return Error{ErrorCode::Unavailable, "the client is being closed"};
  if (loop_ != nullptr) return loop_;
  auto made = Loop::make(max_connections_);
  if (made) loop_ = *made;
  return made;
}

bool QuoteDesk::is_on_loop() {
  const std::lock_guard lock(mutex_);
  return loop_ != nullptr && loop_->is_own_thread();
}

}  // namespace quotecache
