#include <edgefold/core/io/private/json_text.hpp>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace edgefold::detail {
namespace {

TEST_CASE("append_quoted: as a JSON library writes strings") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "\xc3\xb6\xf0\x9f\x98\x80";
  std::string text;
  append_quoted(text, all);
  CHECK(text == nlohmann::json(all).dump());
}

TEST_CASE("is_utf8: as a JSON library sees it, all of two bytes and the ends of longer ones") {
  const auto same = [](const std::string& s) {
    bool good = true;
    try {
      static_cast<void>(nlohmann::json(s).dump());
    } catch (const nlohmann::json::type_error&) {
      good = false;
    }
    return is_utf8(s) == good;
  };
  bool all = true;
  const std::string edges{"\x00\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xff", 10};
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const std::string two{static_cast<char>(a), static_cast<char>(b)};
      all = all && same(two);
      if (a < 0xe0) continue;
      for (const char c : edges) all = all && same(two + c) && same(two + c + '\x80') && same(two + c + 'x');
    }
  CHECK(all);
  CHECK(is_utf8(""));
}

TEST_CASE("read_json_integers: those asked for, of the outermost object") {
  std::map<std::string, json_integer, std::less<>> found;
  const auto reads = [&](std::string_view text) {
    found = {{"n", {}}, {"m", {}}};
    return read_json_integers(text, found);
  };
  CHECK(reads(R"({"x": {"n": 1, "m": [1]}, "n": -5, "y": ["n", 3], "m": 9223372036854775807})"));
  CHECK(found["n"].value == -5);
  CHECK(found["m"].value == INT64_MAX);
  for (const char* other : {"1.0", "true", "null", "\"1\"", "[1]", "{\"n\": 1}", "9223372036854775808"}) {
    CAPTURE(other);
    CHECK(reads("{\"n\": " + std::string(other) + "}"));
    CHECK(found["n"].there);
    CHECK(!found["n"].value);
    CHECK(!found["m"].there);
  }
  for (const char* bad : {"", "1", "[]", "[{\"n\": 1}]", "{", "{\"n\": 1", "{} x", "{\"n\": 01}"}) CHECK(!reads(bad));
}

}  // namespace
}  // namespace edgefold::detail
