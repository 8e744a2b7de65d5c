// Has fetched what a request lacks, as far as it may be paid for, and waits for it as long as the
// copies at hand allow.
//
// Owned by Life; used on the engine's loop only. Of several gathers of one request all is wanted
// at once, so that their calls run side by side.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "proxy/gather.hpp"
#include "proxy/page_book.hpp"
#include "proxy/parameter_inquiry.hpp"
#include "proxy/proxy.hpp"

namespace quotecached::proxy {

class Fetcher {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `pages` must outlive it.
  Fetcher(const Proxy::Parts& parts,
          const Proxy::Options& options,
          std::shared_ptr<ParameterInquiry> inquiry,
          PageBook& pages);

  // Fetches what is wanting in any of `gathers`, which take what came of it; what there are stale
  // copies of if it `renews` them. Returns what this request is charged. All must live until it
  // returns.
  asio::awaitable<Credits> fetch(const ClientRequest* asked,
                                 std::vector<Gather*> gathers,
                                 Waits* waits,
                                 Time deadline,
                                 bool renews);

  // A slot that is fetched.
  struct Place {
    Gather* gather;
    std::size_t at;
  };

 private:
  struct Plan {
    std::vector<refill::Want> wants;
    std::vector<Place> places;  // one per key of the wants, in their order
    Credits worst_case;
  };

  [[nodiscard]] Plan plan(std::span<Gather* const> gathers,
                          const ClientRequest& asked,
                          bool renews) const;
  void exclude_unpayable(Gather& gather, bool renews) const;
  // `page`: of the gather whose wants they are; null: they are for no page of a list.
  std::vector<refill::Wanted> want(const PagedRequest* page, std::vector<refill::Want> wants) const;
  void take(Gather& gather, std::size_t at, const refill::Pending& fetched, TimePoint now) const;
  asio::awaitable<calling::FailurePtr> refusal(const ClientRequest* asked,
                                               Credits price,
                                               Waits* waits,
                                               Time until) const;
  [[nodiscard]] Time end_of_patience(std::span<Gather* const> gathers, Time deadline) const;
  // `wanted` are for the slots at `places`.
  asio::awaitable<void> await_resolved(const ClientRequest* asked,
                                       const std::vector<refill::Wanted>* wanted,
                                       const std::vector<Place>* places,
                                       Waits* waits,
                                       Time deadline) const;
  asio::awaitable<void> await_one(const refill::Wanted* wanted,
                                  Standing standing,
                                  Waits* waits,
                                  Time deadline) const;
  [[nodiscard]] Credits collect(const std::vector<refill::Wanted>& wanted,
                                const std::vector<Place>& places) const;
  [[nodiscard]] calling::FailurePtr failure_of(const credit::Book::NotAdmitted& refusal) const;

  Proxy::Parts parts_;
  const Proxy::Options options_;
  const std::shared_ptr<ParameterInquiry> inquiry_;
  PageBook& pages_;
};

}  // namespace quotecached::proxy
