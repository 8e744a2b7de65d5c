// A client's request in canonical form: equivalent spellings become equal requests.
//
// Pure. On the hot path: a Request is reused, so that parsing allocates nothing once its vectors
// have grown. Move-only: its views point into its own storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types.hpp"
#include "catalog/catalogue.hpp"

namespace quotecached::catalog {

// Why a request is refused without asking upstream, in the provider's words.
struct RequestError {
  unsigned http_status = 400;
  int error_code = 400;
  std::string message;
};

// What becomes of a parameter that the endpoint's row does not list.
enum class Unlisted : std::uint8_t {
  Refuse,  // as the provider refuses what it does not know
  Keep     // where the provider can be asked about it for nothing (catalog/free_question.hpp)
};

struct Request {
  Request() = default;
  Request(Request&&) = default;
  Request& operator=(Request&&) = default;

  const Endpoint* endpoint = nullptr;  // null: not catalogued, to be forwarded as `forward_target`
  // None: not answered by asset. The answer is then cached whole under append_whole_key(), also of
  // an endpoint in CacheMode::Assets when the request names assets in a way that entries have no
  // key for (address=), unless the endpoint's mode is Never.
  KeyKind kind = KeyKind::None;
  std::vector<std::string_view>
      assets;  // distinct; symbols upper-case, in the order asked as all elements of arrays; other
               // ids ascending, slugs sorted; none with kind None
  std::vector<std::string_view> converts;  // distinct, in the order asked (sorted with kind None,
                                           // unless quotes are arrays); one "-" without converts
  std::size_t items = 0;          // most items upstream may bill for (assets x limit); 0: not known
  Credits list_price;             // what the answer costs by the catalogue; 0 when not catalogued
  bool names_symbols = false;     // assets are named by symbol, whatever `kind` is
  bool is_open_range = false;     // `items` is the most that any range may hold: few hold so many
  bool converts_are_ids = false;  // from convert_id
  bool skip_invalid = true;
  std::string variant = "-";  // "-", or a hash of `options`: the last part of every key
  std::string options;        // the other parameters that change the answer: "&aux=...&b=..."
  // Names of parameters that are kept though the row does not list them; they are in the query,
  // which is then answered whole. The provider may know them or not.
  std::vector<std::string_view> unlisted;
  std::string query;  // with kind None the whole canonical query (without credentials), no '?';
                      // empty when answered by asset: the keys say it all
  std::string forward_target;  // for endpoints not catalogued: path and query, credentials removed
  std::string credential;      // what the catalogue's credential parameter held, if it was there
  std::vector<char> storage;   // what the views point into

  // Scratch space of the parser.
  std::vector<std::string_view> words;
  std::vector<std::pair<std::string_view, std::string_view>> extras;
};

// Parses a request target ("/v2/...?id=1,2") into `out`. Returns why it is refused: a parameter
// the provider does not know, a value it would not accept, a path that is no provider's path (404),
// a target that climbs or names another host (400). `out` is unspecified then, but for `endpoint`
// and `credential`.
std::optional<RequestError> parse_target(const Catalogue& catalogue,
                                         std::string_view target,
                                         Request& out,
                                         Unlisted unlisted = Unlisted::Refuse);

// The provider's words for a parameter that it does not know.
RequestError not_allowed(std::string_view parameter);

// Appends the key of one entry, `qc1:<endpoint>:<kind>:<asset>:<convert>:<variant>`.
// Converts given by id are spelled `#2781`, since `2781` may be a symbol.
void append_key(std::string& out, const Request& request, std::size_t asset, std::size_t convert);

// The same for an asset that no request names. `asset` and `convert` are canonical.
struct AssetKey {
  const Endpoint& endpoint;
  KeyKind kind = KeyKind::Id;
  std::string_view asset;
  std::string_view convert;
  bool convert_is_id = false;
  std::string_view variant;
};
void append_key(std::string& out, const AssetKey& key);

// Appends the key of an alias, `qc1:alias:<endpoint>:<kind>:<name>`: what a symbol or slug leads to
// at that endpoint, whatever is asked about it. No endpoint is called kAliases.
inline constexpr std::string_view kAliases = "alias";
void append_alias_key(std::string& out,
                      const Endpoint& endpoint,
                      KeyKind kind,
                      std::string_view name);

// Can what was bought by id answer for a symbol or slug at this endpoint?
[[nodiscard]] bool may_alias(const Endpoint& endpoint, KeyKind kind) noexcept;

// Appends the key of the whole answer, `qc1:<endpoint>:query:<canonical query>`.
void append_whole_key(std::string& out, const Request& request);

// The canonical upstream target that asks for `assets` x `converts` of one lane of `request`.
// Always asks with skip_invalid=true where the endpoint knows it: one bad name must not fail a
// batch.
std::string upstream_target(const Request& lane,
                            std::span<const std::string> assets,
                            std::span<const std::string> converts);

// The request as it was asked, in canonical form and without credentials: all its assets and
// converts, the whole query, or what is forwarded.
std::string whole_target(const Request& request);

}  // namespace quotecached::catalog
