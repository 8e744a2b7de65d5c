#include "src/quote_calls.hpp"

#include <future>
#include <utility>

#include "src/answers.hpp"
#include "src/ask_form.hpp"
#include "src/guard.hpp"

namespace quotecache {
namespace {

constexpr std::size_t kLongestTarget = 4'000;  // else a form is sent

// What the loop gets beyond the time of a call: its own error says more.
constexpr milliseconds kGrace{100};

HttpRequest request_of(const std::string& form) {
  if (form.size() > kLongestTarget) return {"/quotes", form};
  return {"/quotes?" + form};
}

}  // namespace

QuoteCalls::QuoteCalls(const ClientOptions& options, std::vector<HttpServer> servers)
    : timeout_(options.timeout), fleet_(options, std::move(servers)) {}

Result<Quotes> QuoteCalls::ask(const Ask& ask, LazyLoop& loop) {
  const auto forms = forms_of(ask);
  if (!forms) return forms.error();
  if (forms->size() == 1) {
    auto quotes = ask_one(forms->front());
    if (quotes) restore_order(ask, quotes->rows);
    return quotes;
  }
  // The thread of a loop waits for none: another, whose turn it is, may wait for this one.
  if (Loop::is_on_any() || !loop.get()) return ask_in_turn(ask, *forms);
  return ask_together(ask, loop);
}

Result<Quotes> QuoteCalls::ask_one(const std::string& form) {
  const auto until = deadline();
  auto joined = requests_.join(form);
  if (joined.lead) {
    auto quotes = quotes_of(fleet_.call(request_of(form), until));
    joined.lead->complete(quotes);
    return quotes;
  }
  // The lead may be this loop's own, or of one that waits for it.
  if (Loop::is_on_any()) return quotes_of(fleet_.call(request_of(form), until));
  return SharedRequests::wait(*joined.request, until);
}

Result<Quotes> QuoteCalls::ask_in_turn(const Ask& ask, const std::vector<std::string>& forms) {
  const auto until = deadline();
  std::vector<Result<Quotes>> parts;
  for (const auto& form : forms) {
    parts.push_back(quotes_of(fleet_.call(request_of(form), until)));
    if (!parts.back()) break;
  }
  return joined(ask, std::move(parts));
}

Result<Quotes> QuoteCalls::ask_together(const Ask& ask, LazyLoop& loop) {
  const auto until = deadline() + kGrace;
  const auto promise = std::make_shared<std::promise<Result<Quotes>>>();
  auto quotes = promise->get_future();
  this->ask(ask, loop, [promise](Result<Quotes> result) { promise->set_value(std::move(result)); });
  if (quotes.wait_until(until) == std::future_status::ready) return quotes.get();
  return Error{ErrorCode::Timeout, "callbacks of the program hold up the client's thread"};
}

void QuoteCalls::ask(const Ask& ask, LazyLoop& loop, Callback callback) noexcept {
  auto prepared = guarded([&] { return prepare(ask, loop); });
  if (!prepared) return callback(std::move(prepared).error());
  prepared->ask->set_callback(std::move(callback));
  prepared->loop->post(std::move(prepared->begin));
}

Result<QuoteCalls::Prepared> QuoteCalls::prepare(const Ask& ask, LazyLoop& loop) {
  auto there = loop.get();
  if (!there) return std::move(there).error();
  const auto async = std::make_shared<AsyncAsk>(ask, forms_of(ask));
  Loop::Tasks begin;
  begin.emplace_back([self = shared_from_this(), here = there->get(), async, until = deadline()] {
    self->begin(*here, async, until);
  });
  return Prepared{*std::move(there), async, std::move(begin)};
}

void QuoteCalls::begin(Loop& loop,
                       const std::shared_ptr<AsyncAsk>& ask,
                       SteadyTime deadline) noexcept {
  if (!ask->forms()) return ask->fail();
  for (std::size_t part = 0; part < ask->forms()->size(); ++part) {
    auto failure = caught([&] {
      begin_one(loop, (*ask->forms())[part], deadline, [ask, part](Result<Quotes> quotes) {
        ask->take(part, std::move(quotes));
      });
    });
    if (failure) ask->take(part, *std::move(failure));
  }
}

// What throws has not begun, and `done` is not called.
void QuoteCalls::begin_one(Loop& loop, const std::string& form, SteadyTime deadline, Done done) {
  auto joined = requests_.join(form);
  if (!joined.lead) {
    // Whoever completes it may be another thread, and may have no memory.
    Loop::Tasks task;
    task.emplace_back([request = joined.request, done = std::move(done)] {
      done(guarded([&] { return SharedRequests::outcome(*request); }));
    });
    return SharedRequests::when_complete(*joined.request, loop, std::move(task));
  }
  const auto lead = std::make_shared<SharedRequests::Lead>(*std::move(joined.lead));
  fleet_.start(
      loop,
      request_of(form),
      deadline,
      [self = shared_from_this(), lead, done = std::move(done)](Result<HttpAnswer> answer) {
        auto quotes = guarded([&] { return quotes_of(std::move(answer)); });
        lead->complete(quotes);
        done(std::move(quotes));
      });
}

Result<HttpAnswer> QuoteCalls::raw(const std::string& path) {
  return fleet_.call({path, {}, true}, deadline());
}

Result<HttpAnswer> QuoteCalls::whole(const std::string& path) {
  return fleet_.call({.target = path, .form = {}, .takes_any_status = true, .takes_whole = true},
                     deadline());
}

}  // namespace quotecache
