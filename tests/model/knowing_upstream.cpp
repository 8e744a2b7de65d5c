#include "model/knowing_upstream.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/upstream_answer.hpp"

namespace quotecached::model {

namespace {

// Up to the end of a request's head; nothing when the peer is gone.
std::optional<std::string> read_head(int socket, std::string& input) {
  constexpr std::size_t most = 64 * 1024;
  constexpr std::string_view end = "\r\n\r\n";
  while (true) {
    const auto at = input.find(end);
    if (at != std::string::npos) {
      std::string head = input.substr(0, at + 2);
      input.erase(0, at + end.size());
      return head;
    }
    std::string piece(8192, '\0');
    const auto got = ::recv(socket, piece.data(), piece.size(), 0);
    if (got <= 0 || input.size() > most) return std::nullopt;
    input.append(piece, 0, static_cast<std::size_t>(got));
  }
}

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string header_in(const std::string& head, std::string name) {
  std::string lower = head;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto at = lower.find("\r\n" + name + ":");
  if (at == std::string::npos) return {};
  const auto begin = head.find_first_not_of(' ', at + name.size() + 3);
  return head.substr(begin, head.find('\r', begin) - begin);
}

unsigned status_for(Fate fate) {
  if (fate == Fate::ServerError) return 500;
  return fate == Fate::HtmlPage ? 502 : 200;
}

std::string message(unsigned status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Type: " + (status == 502 ? "text/html" : "application/json") +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The free call by which a daemon in doubt asks whether its key is good and the provider there.
const std::string kKeyIsGood = R"({"status":{"error_code":0,"credit_count":0},"data":{}})";

bool is_charged(Fate fate) { return fate != Fate::ServerError && fate != Fate::HtmlPage; }

}  // namespace

KnowingUpstream::KnowingUpstream(const World& world,
                                 TrueTime now,
                                 Planner planner,
                                 DataTime data_time)
    : world_(world),
      now_(std::move(now)),
      planner_(std::move(planner)),
      data_time_(std::move(data_time)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool listens = ::bind(listener_, generic, size) == 0 && ::listen(listener_, 64) == 0 &&
                       ::getsockname(listener_, generic, &size) == 0;
  if (!listens) throw std::runtime_error("the upstream cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

KnowingUpstream::~KnowingUpstream() {
  is_stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

std::string KnowingUpstream::base_url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::vector<Call> KnowingUpstream::calls() const {
  const std::lock_guard lock(mutex_);
  auto calls = ended_;
  std::ranges::sort(calls, {}, &Call::number);
  return calls;
}

std::vector<Call> KnowingUpstream::take_ended() {
  const std::lock_guard lock(mutex_);
  const auto from = std::exchange(taken_, ended_.size());
  return {ended_.begin() + static_cast<std::ptrdiff_t>(from), ended_.end()};
}

std::size_t KnowingUpstream::under_way() const {
  const std::lock_guard lock(mutex_);
  return calls_begun_ - ended_.size();
}

std::vector<std::string> KnowingUpstream::strange() const {
  const std::lock_guard lock(mutex_);
  return strange_;
}

void KnowingUpstream::accept() {
  while (!is_stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void KnowingUpstream::serve(int socket) {
  std::string input;
  while (!is_stopping_) {
    const auto head = read_head(socket, input);
    if (!head || !answer(socket, *head)) break;
  }
  const std::lock_guard lock(mutex_);
  std::erase(sockets_, socket);
  ::close(socket);
}

bool KnowingUpstream::answer(int socket, const std::string& head) {
  const auto begin_of_target = head.find(' ') + 1;
  const std::string target =
      head.substr(begin_of_target, head.find(' ', begin_of_target) - begin_of_target);
  if (head.starts_with("GET /v1/key/info ")) return send_all(socket, message(200, kKeyIsGood));
  const auto question = head.starts_with("GET ") ? question_in(target) : std::nullopt;
  if (!question) {
    const std::lock_guard lock(mutex_);
    strange_.push_back(head.substr(0, head.find('\r')));
    return send_all(socket, message(404, "{}"));
  }
  Call call = begin(header_in(head, "x-cmc_pro_api_key"), *question);
  const Plan plan = planner_(call.number);
  call.fate = plan.fate;
  call.updated = data_time_(call.number, plan.lies_of_time);
  if (is_charged(call.fate)) call.charged = charge_for(world_, call.question);
  std::string text;
  if (call.fate != Fate::NoAnswer)
    text = message(status_for(call.fate), upstream_body(world_, call));
  if (call.fate == Fate::HalfBody) text.resize(text.size() - text.size() / 3);
  std::this_thread::sleep_for(plan.takes);
  const bool is_lost_call = is_lost(call.fate);
  end(std::move(call));
  return send_all(socket, text) && !is_lost_call;
}

Call KnowingUpstream::begin(const std::string& key, const Question& question) {
  const std::lock_guard lock(mutex_);
  Call call;
  call.number = calls_begun_++;
  call.key = key;
  call.question = question;
  call.arrived = now_();
  return call;
}

void KnowingUpstream::end(Call call) {
  call.ended = now_();
  const std::lock_guard lock(mutex_);
  ended_.push_back(std::move(call));
}

}  // namespace quotecached::model
