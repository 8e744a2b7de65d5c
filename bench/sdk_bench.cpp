// sdk_bench SERVER [CALLS]: what a call of the client library costs its program in processor time,
// beside a plain GET by libcurl, and many assets at once beside one after the other. Rounds of each
// kind take turns; the median round counts, and of ratios the median of those of each round.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <sys/resource.h>

#include "quotecache/client.hpp"

namespace {

constexpr int kRounds = 41;  // short ones: what else the machine does falls on both
constexpr int kManyAssets = 100;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// User and system time of this program so far.
double processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void must(bool is_right, const char* what) {
  if (is_right) return;
  std::fprintf(stderr, "sdk_bench: %s\n", what);
  std::exit(1);
}

std::size_t take(char* data, std::size_t, std::size_t size, void* text) {
  static_cast<std::string*>(text)->append(data, size);
  return size;
}

// The least a program can do with libcurl that keeps its connection.
void get_plainly(CURL* handle, const std::string& url, std::string& body) {
  body.clear();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
  must(curl_easy_perform(handle) == CURLE_OK && body.find("price") != std::string::npos,
       "the plain GET fails");
}

struct Kind {
  const char* name;
  int calls;
  std::function<void()> call;
  std::vector<double> rounds{};  // microseconds a call
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Of what both take in the same round.
double ratio(const Kind& of, const Kind& to) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < of.rounds.size(); ++round)
    ratios.push_back(of.rounds[round] / to.rounds[round]);
  return median(std::move(ratios));
}

void measure(std::vector<Kind>& kinds) {
  for (int round = 0; round <= kRounds; ++round) {
    for (auto& kind : kinds) {
      const double before = processor_time();
      for (int call = 0; call < kind.calls; ++call) kind.call();
      const double spent = (processor_time() - before) * 1e6 / kind.calls;
      if (round > 0) kind.rounds.push_back(spent);  // the first warms up
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: sdk_bench SERVER [CALLS]\n"), 64;
  const std::string server = argv[1];
  const int calls = argc > 2 ? std::atoi(argv[2]) : 500;
  quotecache::ClientOptions options;
  options.servers = {server};
  const auto client = quotecache::Client::make(options);
  must(client.has_value(), "this is no server");
  std::vector<quotecache::Asset> many;
  for (int id = 1; id <= kManyAssets; ++id) many.push_back(quotecache::Asset::id(id));
  must(client->quotes(many).has_value(), "no quotes");
  CURL* const handle = curl_easy_init();
  CURL* const quiet = curl_easy_init();
  curl_easy_setopt(quiet, CURLOPT_NOSIGNAL, 1L);  // as each program with threads must, and we do
  const std::string url = server + "/quotes?ids=1&convert=USD&fields=price";
  std::string body;
  std::vector<Kind> kinds{
      {"plain GET of one asset", calls, [&] { get_plainly(handle, url, body); }},
      {"the same without signals", calls, [&] { get_plainly(quiet, url, body); }},
      {"Client::quote, one asset",
       calls,
       [&] { must(client->quote(many.front()).has_value(), "no quote"); }},
      {"Client::quotes, 100 assets at once",
       std::max(1, calls / 20),
       [&] { must(client->quotes(many).has_value(), "no quotes"); }},
      {"Client::quote, 100 assets in turn", std::max(1, calls / 100), [&] {
         for (const auto& asset : many) (void)client->quote(asset);
       }}};
  measure(kinds);
  for (const auto& kind : kinds) std::printf("%-36s %9.1f us\n", kind.name, median(kind.rounds));
  std::printf("quote / plain GET: %.2f, without signals: %.2f\n",
              ratio(kinds[2], kinds[0]),
              ratio(kinds[2], kinds[1]));
  std::printf("in turn / at once: %.1f\n", ratio(kinds[4], kinds[3]));
  curl_easy_cleanup(handle);
  curl_easy_cleanup(quiet);
  return 0;
}
