// A server on a Unix socket that answers whatever it is told with the same bytes.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "support/temp_dir.hpp"

namespace quotecached::test {

class LyingServer {
 public:
  explicit LyingServer(std::string lie)
      : lie_(std::move(lie)), acceptor_(loop_, Protocol::endpoint(path())) {
    accept();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~LyingServer() {
    loop_.stop();
    thread_.join();
  }
  LyingServer(const LyingServer&) = delete;
  LyingServer& operator=(const LyingServer&) = delete;

  [[nodiscard]] std::string path() const { return (dir_.path() / "liar.sock").string(); }
  // How often it has answered.
  [[nodiscard]] int lies() const noexcept { return lies_; }

 private:
  using Protocol = boost::asio::local::stream_protocol;
  using ErrorCode = boost::system::error_code;

  struct Peer {
    explicit Peer(boost::asio::io_context& loop) : socket(loop) {}
    Protocol::socket socket;
    std::array<char, 65536> told{};
  };

  void accept() {
    auto peer = std::make_shared<Peer>(loop_);
    acceptor_.async_accept(peer->socket, [this, peer](ErrorCode error) {
      if (error) return;
      listen_to(peer);
      accept();
    });
  }
  void listen_to(const std::shared_ptr<Peer>& peer) {
    peer->socket.async_read_some(boost::asio::buffer(peer->told),
                                 [this, peer](ErrorCode error, std::size_t) {
                                   if (!error) answer(peer);
                                 });
  }
  void answer(const std::shared_ptr<Peer>& peer) {
    ++lies_;
    boost::asio::async_write(
        peer->socket, boost::asio::buffer(lie_), [this, peer](ErrorCode error, std::size_t) {
          if (!error) listen_to(peer);
        });
  }

  TempDir dir_;
  std::string lie_;
  std::atomic<int> lies_{0};
  boost::asio::io_context loop_{1};
  Protocol::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace quotecached::test
