// What a session says to what it does not take as a request; the connection ends with it.
#include <chrono>
#include <ctime>
#include <string_view>

#include "http/accounting.hpp"
#include "http/session.hpp"
#include "routing/response.hpp"

namespace quotecached::http {

void Session::turn_away() {
  context_.connections.over_limit.fetch_add(1, std::memory_order_relaxed);
  refuse(503, "too many client connections");
}

// Answers what is not an acceptable request; the connection ends with it.
void Session::refuse(unsigned status, std::string_view detail) {
  exchange_.is_own = true;
  routing::fill_problem(exchange_.answer, status, detail);
  if (status == 503) {
    exchange_.answer.retry_after = std::chrono::seconds(1);
    exchange_.answer.set_refused_by(RefusedBy(Refuser::Overload));
  }
  end_with_answer(status == 503 ? kShed : kMalformed);
}

void Session::refuse_unread(unsigned status) {
  context_.router.refuse_unread(input_.received(), status, exchange_);
  end_with_answer(kMalformed);
}

// Appends the answer in hand, which is of no request that was taken.
void Session::end_with_answer(std::uint32_t way) {
  is_closing_ = true;
  const auto size_before = output_.size();
  routing::ResponseContext about;
  about.date = context_.date.at(std::time(nullptr));
  name_request();
  about.request_id = request_id_;
  about.is_own = exchange_.is_own;
  about.keep_alive = false;
  context_.connections.count_refused(exchange_.answer.refused_by);
  routing::append_head(output_.text(), exchange_.answer, about);
  output_.text_done();
  output_.add_body(exchange_.answer);
  sent_.push_back({.client = context_.ids.clients.front(),
                   .endpoint = context_.ids.other,
                   .way = way,
                   .bytes = output_.size() - size_before});
  exchange_.client = {};  // it may be another's, of before
  if (is_logged())
    note_access(
        exchange_.answer.http_status, sent_.back().bytes, way == kShed ? "shed" : "malformed");
}

}  // namespace quotecached::http
