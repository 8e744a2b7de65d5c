// The life of a request that memory alone could not answer: memory -> lower tiers -> upstream, left
// as soon as what was gathered may be shown. Gather decides; this obeys.
//
// Shared by the coroutines it runs; used on the engine's loop only.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "io/task_group.hpp"
#include "proxy/fetcher.hpp"
#include "proxy/gather.hpp"
#include "proxy/open_requests.hpp"
#include "proxy/page_book.hpp"
#include "proxy/parameter_inquiry.hpp"
#include "proxy/proxy.hpp"
#include "proxy/sought.hpp"
#include "proxy/translation.hpp"

namespace quotecached::proxy {

class Life {
 public:
  Life(asio::any_io_executor loop,
       const Proxy::Parts& parts,
       const Proxy::Options& options,
       std::shared_ptr<ParameterInquiry> inquiry,
       Log log);

  // Answers a request that the catalogue caches. `self` keeps this alive meanwhile.
  // `open` is told what the request waits for, and why memory did not have it.
  asio::awaitable<Answer> serve(std::shared_ptr<Life> self,
                                ClientRequest asked,
                                OpenRequestPtr open);

  // Nothing runs behind an answer.
  [[nodiscard]] bool is_idle() const noexcept { return tasks_.running() == 0; }
  // Waits until none does; false when that takes longer than `limit`.
  asio::awaitable<bool> settle(std::chrono::milliseconds limit) { return tasks_.join(limit); }
  [[nodiscard]] const PageCounters& page_counters() const noexcept { return pages_.counters(); }
  [[nodiscard]] const NameCounters& name_counters() const noexcept { return names_led_; }

  // Ends what runs behind answers.
  asio::awaitable<void> stop(std::chrono::milliseconds limit);

 private:
  using Time = std::chrono::steady_clock::time_point;

  [[nodiscard]] std::optional<PagedRequest> page_of(const catalog::Request& request);
  void look_for_page(Gather& gather, TimePoint now) const;
  // Offers the page that source `at` of the gather's request holds; true when it is fresh.
  bool offer_page(Gather& gather,
                  std::size_t at,
                  const cache::EntryPtr& answer,
                  TimePoint now) const;
  // Returns why it was not enough.
  MissReason look_in_memory(Gather& gather) const;
  MissReason look_in_memory(Gather& gather, Translation& translation) const;
  bool spell(Gather& gather, const Translation& translation) const;
  asio::awaitable<std::string_view> look_below(Gather* gather,
                                               Translation* translation,
                                               Waits* waits);
  asio::awaitable<bool> look_up(const Sought* sought,
                                Translation* translation,
                                Waits* waits,
                                std::size_t* depth);
  // Counts the request among the asks for the copies that it found.
  void count_asks(const catalog::Request& request, Gather& gather, Translation& translation);
  void count_asks(const catalog::Request& request, Gather& gather);
  [[nodiscard]] TimePoint told_at(const Translation& translation, std::size_t asset) const;
  void count_served(const catalog::Request& request, const Gather& gather, const Answer& answer);
  // Is a key fetched already, or better not asked for?
  [[nodiscard]] Translation::IsBusy is_busy() const;
  // Whether its stale copies are renewed, as the spend policy has it. To be asked once: what is
  // worth a credit then counts as paid.
  [[nodiscard]] bool decides_to_renew(Gather& gather, Translation& translation);
  asio::awaitable<Credits> bring(const ClientRequest* asked,
                                 Gather* gather,
                                 Translation* translation,
                                 Waits* waits,
                                 Time deadline,
                                 bool renews);
  void refuse(const catalog::Endpoint* endpoint,
              const calling::Failure& failure,
              Answer& out) const;
  bool compose(const catalog::Request& request,
               const Gather& gather,
               Credits cost,
               Answer& out) const;
  // It holds what was purged: since it was found, or since a call that it joined began.
  [[nodiscard]] bool holds_purged(const Gather& gather) const;
  void take_youngest(Gather& gather) const;
  // `fetched`: what the call would be made for.
  std::vector<std::string> claim_renewal(const catalog::Request& fetched, const Gather& gather);
  void unclaim(const std::vector<std::string>& claimed);
  asio::awaitable<void> look_behind(std::shared_ptr<Life> self,
                                    ClientRequest asked,
                                    std::vector<std::string> claimed);

  Proxy::Parts parts_;
  const Proxy::Options options_;
  PageBook pages_;
  NameCounters names_led_;
  Fetcher fetcher_;
  io::TaskGroup tasks_;                       // that run behind answers
  std::unordered_set<std::string> renewing_;  // keys that a request is having renewed
};

}  // namespace quotecached::proxy
