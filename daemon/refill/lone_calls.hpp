// Calls that are made alone, each for one asker: what clients have forwarded, and probes. Nobody
// joins them and nothing is filled from them.
//
// Owned by Refill and used on the engine's loop only. A call goes on when its asker has stopped
// waiting, so that its end is booked; it keeps `self` alive meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/request_tag.hpp"
#include "base/waits.hpp"
#include "calling/caller.hpp"
#include "io/task_group.hpp"
#include "refill/hold_off.hpp"
#include "refill/lane.hpp"
#include "upstream/client.hpp"

namespace quotecached::refill {

namespace asio = boost::asio;

// A client's request that is passed on, uncached and booked.
struct ForwardedCall {
  upstream::Request request;
  std::string endpoint;  // catalogue name, or "forward"
  CallPrice price;
  std::string client;     // whose request it is; empty: nobody's
  std::string lane;       // what fails or works together; empty: what this client has forwarded
  RequestTagPtr tag;      // what that request is called; may be null
  bool may_retry = true;  // a GET that fails
  WaitsPtr waits;         // told what it waits for; may be null
};

class LoneCalls {
 public:
  // `patience`: how long a forwarded request is waited for. The others must outlive it.
  LoneCalls(calling::Caller& caller,
            HoldOffs& hold_offs,
            io::TaskGroup& tasks,
            std::chrono::milliseconds patience)
      : caller_(caller), hold_offs_(hold_offs), tasks_(tasks), patience_(patience) {}

  // A path that says that the key is refused or the account spent is not asked again for a minute:
  // that is true of this path at least. As many at once as calls may run; further ones fail at
  // once. One that does not end in time has charged its worst case, for all that its client knows.
  static asio::awaitable<calling::CallResult> forward(std::shared_ptr<LoneCalls> self,
                                                      ForwardedCall asked);

  static asio::awaitable<calling::CallResult> probe(std::shared_ptr<LoneCalls> self,
                                                    upstream::Request request,
                                                    std::string endpoint);

  // No further ones are made.
  void stop() noexcept { is_stopping_ = true; }

 private:
  struct Running;

  static asio::awaitable<void> carry_out(std::shared_ptr<LoneCalls> self,
                                         calling::Call call,
                                         std::shared_ptr<Running> running);
  static asio::awaitable<calling::CallResult> make(std::shared_ptr<LoneCalls> self,
                                                   calling::Call call,
                                                   std::chrono::milliseconds limit);

  calling::Caller& caller_;
  HoldOffs& hold_offs_;
  io::TaskGroup& tasks_;
  const std::chrono::milliseconds patience_;
  std::size_t running_ = 0;
  bool is_stopping_ = false;
};

}  // namespace quotecached::refill
