// Holds JSON against schemas of an OpenAPI 3.1 description: the words of JSON Schema that it uses.
//
// A word that is not known here is a fault, so that nothing is described that nobody checks. Shares
// no code with the daemon.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace quotecached::test {

class JsonSchemas {
 public:
  // References are looked up in `document`. Throws when that is no JSON.
  explicit JsonSchemas(std::string_view document);
  ~JsonSchemas();
  JsonSchemas(const JsonSchemas&) = delete;
  JsonSchemas& operator=(const JsonSchemas&) = delete;

  // The first thing about the JSON `text` that `schema` does not allow, and where; empty: there is
  // none.
  [[nodiscard]] std::string fault(std::string_view schema, std::string_view text) const;

 private:
  struct Document;
  std::unique_ptr<Document> document_;
};

}  // namespace quotecached::test
