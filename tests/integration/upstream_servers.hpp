// Real servers for the upstream tests: the simulator, and nginx in front of it for HTTP/2.
//
// Each is a child process on a port of its own, stopped by its id when the object goes.
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/address.hpp"

namespace quotecached::test {

// It dies with the object, and with the thread that started it.
class Child {
 public:
  explicit Child(std::vector<std::string> command) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    const pid_t parent = getpid();
    id_ = fork();
    if (id_ == 0) become(command, ends, parent);
    close(ends[1]);
    out_ = ends[0];
  }
  ~Child() {
    kill(id_, SIGTERM);
    for (int tries = 0; waitpid(id_, nullptr, WNOHANG) == 0; ++tries) {
      if (tries == 1000) kill(id_, SIGKILL);  // ten seconds are enough
      poll(nullptr, 0, 10);
    }
    close(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next line of standard output; throws when none comes.
  std::string line() {
    std::string text;
    char c = 0;
    for (;;) {
      pollfd readable{out_, POLLIN, 0};
      if (poll(&readable, 1, 20000) != 1 || read(out_, &c, 1) != 1)
        throw std::runtime_error("the server says nothing");
      if (c == '\n') return text;
      text += c;
    }
  }

 private:
  [[noreturn]] static void become(const std::vector<std::string>& command,
                                  const std::array<int, 2>& ends,
                                  pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    std::vector<char*> words;
    for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execvp(words[0], words.data());
    _exit(127);
  }

  pid_t id_ = -1;
  int out_ = -1;
};

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "upstream.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A throw-away authority and a certificate for localhost, 127.0.0.1 and ::1.
class Certificate {
 public:
  Certificate() {
    const std::string command = std::string(MAKE_TEST_CERTIFICATE) + " " + folder_.path();
    if (std::system(command.c_str()) != 0) throw std::runtime_error("no certificate");
  }
  [[nodiscard]] std::string ca() const { return folder_.file("ca.pem"); }
  [[nodiscard]] std::string chain() const { return folder_.file("server.pem"); }
  [[nodiscard]] std::string key() const { return folder_.file("server-key.pem"); }

 private:
  Folder folder_;
};

class Cmcsim {
 public:
  explicit Cmcsim(const std::vector<std::string>& more = {}) : process_(command(more)) {
    url_ = "http://" + address();
  }
  // Also over TLS, on `address` of this machine.
  Cmcsim(const Certificate& certificate, const std::string& tls_address)
      : process_(command({"--tls-listen",
                          tls_address + ":0",
                          "--cert",
                          certificate.chain(),
                          "--cert-key",
                          certificate.key()})) {
    url_ = "http://" + address();
    tls_url_ = "https://" + address();
  }

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& tls_url() const { return tls_url_; }

 private:
  static std::vector<std::string> command(const std::vector<std::string>& more) {
    std::vector<std::string> words = {CMCSIM, "--listen", "127.0.0.1:0", "--coins", "300"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string address() {
    const auto line = process_.line();
    return line.substr(line.rfind(' ') + 1);
  }

  Child process_;
  std::string url_;
  std::string tls_url_;
};

inline bool accepts(std::uint16_t port) {
  try {
    const Connection connection(port);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// TLS and HTTP/2 in front of a plain server.
class Nginx {
 public:
  Nginx(const Certificate& certificate, const std::string& backend)
      : process_(command(certificate, backend)) {
    for (int tries = 0; !accepts(port_.number()); ++tries) {
      if (tries == 1000) throw std::runtime_error("nginx does not listen");
      poll(nullptr, 0, 10);
    }
  }
  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(port_.number());
  }

 private:
  std::vector<std::string> command(const Certificate& certificate, const std::string& backend) {
    std::ofstream conf(folder_.file("nginx.conf"));
    conf << "daemon off; master_process off; pid " << folder_.file("pid") << ";\n"
         << "error_log stderr crit;\nevents {}\nhttp {\n  access_log off;\n"
         << "  underscores_in_headers on;\n";  // the key's header has some
    for (const auto* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      conf << "  " << kind << "_temp_path " << folder_.path() << ";\n";
    conf << "  server {\n    listen 127.0.0.1:" << port_.number() << " ssl http2;\n"
         << "    ssl_certificate " << certificate.chain() << ";\n"
         << "    ssl_certificate_key " << certificate.key() << ";\n"
         << "    location /moved { return 302 " << url() << "/v1/fiat/map; }\n"
         << "    location / { proxy_pass " << backend << "; proxy_http_version 1.1; }\n  }\n}\n";
    return {"nginx", "-p", folder_.path(), "-e", "stderr", "-c", folder_.file("nginx.conf")};
  }

  Folder folder_;
  ReservedPort port_;
  Child process_;
};

}  // namespace quotecached::test
