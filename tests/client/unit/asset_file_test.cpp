#include "cli/asset_file.hpp"

#include <filesystem>

#include <doctest/doctest.h>
#include <unistd.h>

using quotecache::cli::AssetFile;

namespace {

// A file with this text, for as long as it lives.
class File {
 public:
  explicit File(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("asset_file_test." + std::to_string(::getpid()))) {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_SUITE("cli::AssetFile") {
  TEST_CASE("ids stand between blanks, commas and lines, comments are none") {
    const File file("# majors\n1,1027 825\r\n\n74#dogecoin 5\n\t52");
    AssetFile assets(file.path());
    CHECK(assets.next(10) == Ids{"1", "1027", "825", "74", "52"});
    CHECK(assets.next(10).empty());
    CHECK(assets.wrong().empty());
  }

  TEST_CASE("a long list comes piece by piece, each id once") {
    std::string text;
    for (int i = 1; i <= 1001; ++i) text += std::to_string(i) + '\n';
    const File file(text);
    AssetFile assets(file.path());
    Ids all;
    for (Ids some = assets.next(100); !some.empty(); some = assets.next(100)) {
      CHECK(some.size() <= 100);
      all.insert(all.end(), some.begin(), some.end());
    }
    REQUIRE(all.size() == 1001);
    CHECK(all.front() == "1");
    CHECK(all.back() == "1001");
  }

  TEST_CASE("symbols are assets too") {
    const File file("BTC,eth $ELON 1INCH\nB-2 A@B");
    AssetFile assets(file.path());
    CHECK(assets.next(10) == Ids{"BTC", "eth", "$ELON", "1INCH", "B-2", "A@B"});
    CHECK(assets.wrong().empty());
  }

  TEST_CASE("what is neither id nor symbol is told with its line") {
    const std::string longest(30, 'A');
    for (const auto& [text, told] :
         {std::pair<std::string, std::string>{"1\n2\nB.C", "'B.C' in line 3"},
          {"01", "'01' in line 1"},
          {"1;2", "'1;2' in line 1"},
          {"1\xef\xbb\xbf", "'1\xef\xbb\xbf' in line 1"},
          {"\xef\xbb,1", "a broken mark in line 1"},
          {longest + "\n1\n" + longest + "B", "'" + longest + "B' in line 3"},
          {"1\n12345678901", "'12345678901' in line 2"}}) {
      CAPTURE(text);
      const File file(text);
      AssetFile assets(file.path());
      (void)assets.next(10);
      CHECK(assets.wrong() == told);
    }
  }

  TEST_CASE("a mark before UTF-8 is none of the list") {
    const File file(std::string("\xef\xbb\xbf") + "1\r\n2\r\n");
    AssetFile assets(file.path());
    CHECK(assets.next(10) == Ids{"1", "2"});
    CHECK(assets.wrong().empty());
  }

  TEST_CASE("a look through all of it finds what is wrong far down, and takes nothing away") {
    std::string text = "\xef\xbb\xbf";
    for (int i = 1; i <= 3001; ++i) text += std::to_string(i) + '\n';
    {
      const File good(text);
      AssetFile assets(good.path());
      assets.check();
      CHECK(assets.wrong().empty());
      CHECK(assets.next(5000).size() == 3001);
    }
    const File bad(text + "x!y\n");
    AssetFile wrong(bad.path());
    wrong.check();
    CHECK(wrong.wrong() == "'x!y' in line 3002");
    AssetFile none("/dev/null");
    none.check();
    CHECK(none.next(10).empty());
  }

  TEST_CASE("a file that cannot be read says why") {
    CHECK(AssetFile("/nonexistent/ids").why_not() == "No such file or directory");
    CHECK(AssetFile("/tmp").why_not() == "is a directory");
  }
}
