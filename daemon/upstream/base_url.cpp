#include "upstream/base_url.hpp"

#include <algorithm>
#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <strings.h>

#include "base/ascii.hpp"

namespace quotecached::upstream {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_all_visible(std::string_view text) noexcept {
  return std::ranges::all_of(text, is_visible);
}

}  // namespace

bool is_loopback(std::string_view host) {
  std::string name(host);
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    in6_addr six{};
    name = name.substr(1, name.size() - 2);
    return inet_pton(AF_INET6, name.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
  }
  in_addr four{};
  if (inet_pton(AF_INET, name.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  return strcasecmp(name.c_str(), "localhost") == 0;
}

bool is_target(std::string_view text) noexcept {
  return text.starts_with('/') && is_all_visible(text) && text.find('#') == std::string_view::npos;
}

Result<BaseUrl> BaseUrl::parse(std::string_view text) {
  const Handle url(curl_url(), &curl_url_cleanup);
  const std::string given(text);
  if (!is_all_visible(text) ||
      curl_url_set(url.get(), CURLUPART_URL, given.c_str(), 0) != CURLUE_OK)
    return fail(ErrorCode::Invalid, "base URL: not a URL");
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http")
    return fail(ErrorCode::Invalid, "base URL: neither https nor http");
  if (text.find_first_of("@?#") != std::string_view::npos)
    return fail(ErrorCode::Invalid, "base URL: holds a credential, a query or a fragment");

  BaseUrl base{given, part(url.get(), CURLUPART_HOST), scheme == "https"};
  while (base.text.ends_with('/')) base.text.pop_back();
  if (base.host.empty()) return fail(ErrorCode::Invalid, "base URL: no host");
  if (!base.is_tls && !is_loopback(base.host))
    return fail(ErrorCode::Invalid, "base URL: plain http is for this machine only, use https");
  return base;
}

}  // namespace quotecached::upstream
