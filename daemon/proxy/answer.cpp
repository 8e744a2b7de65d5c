#include "proxy/answer.hpp"

#include <utility>

namespace quotecached::proxy {

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::Hit: return "hit";
    case Outcome::Stale: return "stale";
    case Outcome::Miss: return "miss";
    case Outcome::Partial: return "partial";
    case Outcome::Forwarded: return "forwarded";
    case Outcome::Refused: return "refused";
    case Outcome::Failed: return "failed";
  }
  return "unknown";
}

void Answer::clear() {
  http_status = 200;
  outcome = Outcome::Hit;
  has_asked = false;
  has_fetched = false;
  is_whole = false;
  stale_assets.clear();
  detail = {};
  cost = {};
  has_age = false;
  age = max_age = retry_after = std::chrono::seconds(0);
  etag = 0;
  refused_by.what = Refuser::Nobody;
  refused_by.token.clear();
  provider_headers.clear();
  told_by = nullptr;
  led_to.clear();
  left_out.clear();
  content_type = "application/json; charset=utf-8";
  content_type_storage.clear();
  pieces.clear();
  owners.clear();
  asked.clear();
  head.clear();
  body.clear();
  coding = {};
  encoded.reset();
}

void Answer::set_refused_by(RefusedBy by) {
  refused_by = std::move(by);
  if (refused_by && !refused_by.is_fault()) outcome = Outcome::Refused;
}

std::size_t Answer::body_size() const noexcept {
  std::size_t size = 0;
  for (const auto piece : pieces) size += piece.size();
  return size;
}

}  // namespace quotecached::proxy
