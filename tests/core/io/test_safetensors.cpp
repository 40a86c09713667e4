#include <edgefold/core/io/safetensors.hpp>

#include <core/io/io_support.hpp>

#include <bit>
#include <cmath>
#include <limits>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::string_literals;
using tensors = std::map<std::string, any_tensor>;

std::string length_bytes(std::uint64_t n) {
  std::string s(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) s[i] = static_cast<char>(n >> 8 * i & 255);
  return s;
}
std::string file_of(const std::string& header, const std::string& values = "") {
  return length_bytes(header.size()) + header + values;
}
// A file with one tensor, "x".
std::string file_with(const std::string& dtype, const std::string& shape, const std::string& values) {
  return file_of("{\"x\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[0," +
                     std::to_string(values.size()) + "]}}",
                 values);
}
safetensors_file parsed_safetensors(const std::string& bytes) { return parse_safetensors(bytes_of(bytes)); }
any_tensor only(const std::string& bytes) { return parsed_safetensors(bytes).tensors.at("x"); }
bool same_tensors(const tensors& a, const tensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](auto& x, auto& y) { return x.first == y.first && same_any(x.second, y.second); });
}
template <class T>
std::string bits_text(const std::vector<T>& bits) {
  const auto bytes = std::as_bytes(std::span(bits));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What safetensors.numpy.save makes of float32 a = [[1, 2], [3, 4]] and int64 b = [7], with metadata {"by": "hand"}.
const std::string two = file_of(R"({"__metadata__":{"by":"hand"},"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
                                R"("a":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]}})"
                                "     ",
                                "\7\0\0\0\0\0\0\0\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40"s);
const tensors two_tensors{{"a", tensor({2, 2}, {1, 2, 3, 4})}, {"b", basic_tensor<std::int64_t>({1}, {7})}};

TEST_CASE("read_safetensors: a file of two tensors and metadata") {
  const safetensors_file file = parsed_safetensors(two);
  CHECK(same_tensors(file.tensors, two_tensors));
  CHECK(file.metadata == std::map<std::string, std::string>{{"by", "hand"}});
}

TEST_CASE("read_safetensors: each stored type") {
  CHECK(same_any(only(file_with("F32", "[1]", "\0\0\x80\x3f"s)), tensor({1}, {1})));
  CHECK(same_any(only(file_with("F64", "[1]", "\0\0\0\0\0\0\xf0\x3f"s)), basic_tensor<double>({1}, {1})));
  CHECK(same_any(only(file_with("I32", "[2]", "\1\0\0\0\xff\xff\xff\xff"s)), basic_tensor<std::int32_t>({2}, {1, -1})));
  CHECK(same_any(only(file_with("I64", "[1]", "\0\0\0\0\1\0\0\0"s)), basic_tensor<std::int64_t>({1}, {1LL << 32})));
  CHECK(same_any(only(file_with("BOOL", "[2]", "\0\1"s)), basic_tensor<bool>({2}, {false, true})));
  CHECK(same_any(only(file_with("I8", "[2]", "\1\xff"s)), basic_tensor<std::int32_t>({2}, {1, -1})));
  CHECK(same_any(only(file_with("U8", "[2]", "\1\xff"s)), basic_tensor<std::int32_t>({2}, {1, 255})));
  CHECK(same_any(only(file_with("I16", "[1]", "\xfe\xff"s)), basic_tensor<std::int32_t>({1}, {-2})));
  CHECK(same_any(only(file_with("U16", "[1]", "\xfe\xff"s)), basic_tensor<std::int32_t>({1}, {65534})));
  CHECK(same_any(only(file_with("U32", "[1]", "\xff\xff\xff\xff"s)), basic_tensor<std::int64_t>({1}, {4294967295})));
  CHECK(same_any(only(file_with("F16", "[1, 2]", "\x00\x3c\x00\xc0"s)), tensor({1, 2}, {1, -2})));
  CHECK(same_any(only(file_with("BF16", "[2, 1]", "\x80\x3f\x00\xc0"s)), tensor({2, 1}, {1, -2})));
}

TEST_CASE("read_safetensors: every float16 and bfloat16, by their definitions") {
  std::vector<std::uint16_t> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  const auto half = std::get<tensor>(only(file_with("F16", "[65536]", bits_text(all))));
  const auto brain = std::get<tensor>(only(file_with("BF16", "[256, 256]", bits_text(all))));
  bool same = true;
  for (const std::uint16_t x : all) {
    const int exponent = x >> 10 & 31, fraction = x & 1023;
    const float got = half.at(x), sign = x >> 15 ? -1.0F : 1.0F;
    if (exponent == 31 && fraction) same = same && std::isnan(got);
    else if (exponent == 31) same = same && got == sign * std::numeric_limits<float>::infinity();
    else if (exponent) same = same && got == sign * std::ldexp(1024.0F + static_cast<float>(fraction), exponent - 25);
    else same = same && got == sign * std::ldexp(static_cast<float>(fraction), -24);
    same = same && std::signbit(got) == (x >> 15 == 1);
    const auto bits = std::bit_cast<std::uint32_t>(brain.data()[x]);
    same = same && bits == std::uint32_t{x} << 16;
  }
  CHECK(same);
}

TEST_CASE("read_safetensors, write_safetensors: the bits of NaNs survive") {
  const std::vector<std::uint32_t> quiet_and_signalling{0x7fc00000, 0x7f800001, 0xffbfffff, 0x7fedcba9};
  const std::vector<std::uint64_t> wide{0x7ff0000000000001, 0xfff7ffffffffffff};
  const std::string a = file_with("F32", "[4]", bits_text(quiet_and_signalling));
  const std::string b = file_with("F64", "[2]", bits_text(wide));
  const temporary_folder folder;
  for (const std::string& bytes : {a, b}) {
    write_safetensors(folder / "x", {{"x", only(bytes)}});
    CHECK(same_any(only(file_text(folder / "x")), only(bytes)));
    CHECK(file_text(folder / "x").ends_with(bytes.substr(bytes.size() - 16)));
  }
  // Those of float16 keep their fraction's leading bits.
  const auto half = std::get<tensor>(only(file_with("F16", "[2]", "\x01\x7c\x55\xfe"s)));
  CHECK(std::bit_cast<std::uint32_t>(half.data()[0]) == 0x7f802000);
  CHECK(std::bit_cast<std::uint32_t>(half.data()[1]) == 0xffcaa000);
}

TEST_CASE("read_safetensors: headers in other words") {
  const tensor one({1}, {1});
  const std::string four = "\x00\x00\x80\x3f"s;
  const auto x = [&](const std::string& header) { return only(file_of(header, four)); };
  CHECK(same_any(x("{ \"x\" :\n{\"data_offsets\": [0,\t4], \"shape\": [ 1 ], \"dtype\": \"F32\" } }  \n"), one));
  CHECK(same_any(x(R"({"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})"), one));
  CHECK(same_any(x(R"({"\u0078":{"d\u0074ype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{}})"), one));
  CHECK(shape_of(x(R"({"x":{"dtype":"F32","shape":[1,1,1],"data_offsets":[0,4]}})")) == shape_type{1, 1, 1});
  CHECK(parsed_safetensors(file_of("{}")).tensors.empty());
  CHECK(parsed_safetensors(file_of("{}      ")).tensors.empty());
  // The order in the header is not the one of the values; tensors without any stand where others begin or end.
  const std::string header =
      R"({"":{"dtype":"U8","shape":[3],"data_offsets":[1,4]},"none":{"dtype":"F32","shape":[0,7],"data_offsets":[1,1]},)"
      R"("first":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"last":{"dtype":"I64","shape":[0],"data_offsets":[4,4]}})";
  const tensors expected{{"", basic_tensor<std::int32_t>({3}, {6, 7, 8})},
                         {"none", tensor({0, 7})},
                         {"first", basic_tensor<std::int32_t>({1}, {5})},
                         {"last", basic_tensor<std::int64_t>({0})}};
  CHECK(same_tensors(parsed_safetensors(file_of(header, "\5\6\7\x8")).tensors, expected));
}

TEST_CASE("read_safetensors: a type that is not known leaves the others readable") {
  for (const char* other : {"F8_E4M3", "C64", "f32", "F4", ""}) {
    CAPTURE(other);
    const safetensors_file file = parsed_safetensors(
        file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"x":{"dtype":")" + std::string(other) +
                    R"(","shape":[3],"data_offsets":[2,5]},"z":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}})",
                "\1\2???\3"));
    CHECK(same_tensors(file.tensors,
                       {{"a", basic_tensor<std::int32_t>({2}, {1, 2})}, {"z", basic_tensor<std::int32_t>({1}, {3})}}));
    CHECK(file.tensors.unreadable().size() == 1);
    CHECK_THROWS_SAYING(
        file.tensors.at("x"), std::runtime_error,
        "[parse_safetensors] bytes: tensor \"x\": type \"" + std::string(other) + "\" is not supported, expected F16");
    CHECK_THROWS_SAYING(file.tensors.at("y"), std::runtime_error,
                        "[parse_safetensors] bytes: there is no \"y\" among its 2 tensors");
  }
}

TEST_CASE("read_safetensors: unsigned 64-bit integers where int64 holds them") {
  CHECK(same_any(only(file_with("U64", "[1]", "\xff\xff\xff\xff\xff\xff\xff\x7f")),
                 basic_tensor<std::int64_t>({1}, {std::numeric_limits<std::int64_t>::max()})));
  const safetensors_file file = parsed_safetensors(file_of(
      R"({"x":{"dtype":"U64","shape":[2],"data_offsets":[0,16]},"y":{"dtype":"U8","shape":[1],"data_offsets":[16,17]}})",
      "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80\5"s));
  CHECK(same_tensors(file.tensors, {{"y", basic_tensor<std::int32_t>({1}, {5})}}));
  CHECK_THROWS_SAYING(file.tensors.at("x"), std::runtime_error,
                      "tensor \"x\": type \"U64\": unsigned 64-bit integer 9223372036854775808 does not fit int64");
}

TEST_CASE("read_safetensors: what it refuses before the tensors") {
  const auto refused = [](const std::string& bytes, const char* part) {
    CHECK_THROWS_SAYING(parsed_safetensors(bytes), std::runtime_error, part);
  };
  const auto header = [&](const std::string& text, const char* part) { refused(file_of(text), part); };
  refused("", "[parse_safetensors] bytes: no safetensors file: only 0 bytes");
  refused("\x93NUMPY\x01\x00v\x00"s, "no safetensors file: header of ");
  refused(length_bytes(3) + "{}", "header of 3 bytes, 2 are left");
  refused(length_bytes(UINT64_MAX) + "{}", "header of 18446744073709551615 bytes");
  header("", "does not begin with '{'");
  header(" {}", "does not begin with '{'");
  header("[]", "does not begin with '{'");
  header("{}\0 "s, "header holds a byte 0");
  header("{} {}", "header is no JSON at byte 4");
  header("{", "header is no JSON");
  header("{\"x\xff\":1}", "header is no JSON");
  header(R"({"x":null})", "tensor \"x\": expected an object, got null");
  header(R"({"x":[]})", "tensor \"x\": expected an object, got an array");
  header(R"({"__metadata__":[]})", "expected an object, got an array");
  header(R"({"__metadata__":{"a":1}})", "__metadata__: expected strings, at key \"a\", got a number");
  header(R"({"__metadata__":{"a":{}}})", "at key \"a\", got an object");
  header(R"({"__metadata__":{"a":"b","a":"c"}})", "key \"a\" in __metadata__ twice");
  header(R"({"__metadata__":{},"__metadata__":{}})", "__metadata__ twice");
  std::string deep = R"({"x":{"shape":)";
  deep.append(100000, '[').append("}");
  header(deep, "expected shape as an array of sizes, got an array");
}

TEST_CASE("read_safetensors: what it refuses of a tensor") {
  const auto refused = [](const std::string& about, const char* part) {
    CHECK_THROWS_SAYING(parsed_safetensors(file_of("{\"x\":{" + about + "}}", "\0\0\0\0"s)), std::runtime_error, part);
  };
  const std::string type = R"("dtype":"F32",)", shape = R"("shape":[1],)", offsets = R"("data_offsets":[0,4])";
  refused("", "tensor \"x\" lacks dtype");
  refused(shape + offsets, "tensor \"x\" lacks dtype");
  refused(type + offsets, "tensor \"x\" lacks shape");
  refused(type + R"("shape":[1])", "tensor \"x\" lacks data_offsets");
  refused(type + type + shape + offsets, "tensor \"x\" has key \"dtype\" twice");
  refused(type + shape + offsets + R"(,"order":"F")", "tensor \"x\" has an unknown key \"order\"");
  refused(R"("dtype":1,)" + shape + offsets, "expected dtype as a string, got a number");
  for (const char* size : {"-1", "-0", "1.0", "1e0", "true", "\"1\"", "{}", "[1]", "9223372036854775808", "1e999"}) {
    CAPTURE(size);
    refused(type + R"("shape":[)" + size + "]," + offsets, "header");
    refused(type + shape + R"("data_offsets":[0,)" + size + "]", "header");
  }
  refused(type + R"("shape":1,)" + offsets, "expected shape as an array of sizes, got a number");
  refused(type + shape + R"("data_offsets":[4])", "expected data_offsets as two sizes, got fewer");
  refused(type + shape + R"("data_offsets":[0,4,4])", "expected data_offsets as two sizes, got a number");
  refused(type + R"("shape":[2],)" + offsets, "shape \"(2)\" of F32 takes 8 bytes, data_offsets are 0 and 4");
  refused(type + R"("shape":[4611686018427387904],)" + offsets, "is too large");
  refused(type + R"("shape":[4294967296,4294967296],)" + offsets, "is too large");
  refused(type + R"("shape":[0,4611686018427387904,4],"data_offsets":[0,0])", "is too large");
  refused(type + shape + R"("data_offsets":[4,0])", "takes 4 bytes, data_offsets are 4 and 0");
  refused("\"dtype\":\"F8\"," + shape + R"("data_offsets":[4,0])", "data_offsets are 4 and 0");
  CHECK_THROWS_SAYING(only(file_with("BOOL", "[2]", "\1\2")), std::runtime_error,
                      "tensor \"x\": a bool is neither 0 nor 1");
}

TEST_CASE("read_safetensors: offsets that leave bytes out, overlap, or go beyond the end") {
  const auto refused = [](const char* x, const char* y, std::size_t bytes, const char* part) {
    const std::string header = "{\"x\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + std::string(x) +
                               "},\"y\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + y + "}}";
    CHECK_THROWS_SAYING(parsed_safetensors(file_of(header, std::string(bytes, '\1'))), std::runtime_error, part);
  };
  refused("[0,4]", "[5,9]", 9, "tensor \"y\" begins at byte 5, the one before ends at 4");
  refused("[0,4]", "[3,7]", 7, "tensor \"y\" begins at byte 3, the one before ends at 4");
  refused("[0,4]", "[0,4]", 4, "begins at byte 0, the one before ends at 4");
  refused("[5,9]", "[1,5]", 9, "tensor \"y\" begins at byte 1, the one before ends at 0");
  refused("[0,4]", "[4,8]", 7, "the tensors take 8 bytes, the file has 7 behind its header");
  refused("[0,4]", "[4,8]", 9, "the tensors take 8 bytes, the file has 9 behind its header");
  refused("[0,4]", "[9223372036854775800,9223372036854775804]", 8, "begins at byte 9223372036854775800");
  CHECK_THROWS_SAYING(parsed_safetensors(file_of(R"({"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                                                 R"("x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})")),
                      std::runtime_error, "header has tensor \"x\" twice");
  CHECK_THROWS_SAYING(parsed_safetensors(file_of("{}", "\1")), std::runtime_error,
                      "the tensors take 0 bytes, the file has 1");
}

TEST_CASE("read_safetensors: cut anywhere, longer by a byte, any byte of the header replaced") {
  for (std::size_t n = 0; n < two.size(); ++n) {
    CAPTURE(n);
    CHECK_THROWS_AS(parsed_safetensors(two.substr(0, n)), std::runtime_error);
  }
  CHECK_THROWS_AS(parsed_safetensors(two + "x"), std::runtime_error);
  bool two_or_refused = true;
  for (std::size_t at = 0; at < two.size() - 24; ++at)
    for (int c = 0; c < 256; ++c) {
      std::string bytes = two;
      bytes[at] = static_cast<char>(c);
      try {
        const safetensors_file file = parsed_safetensors(bytes);
        two_or_refused = file.tensors.size() + file.tensors.unreadable().size() == 2 && two_or_refused;
      } catch (const std::runtime_error&) {
      }
    }
  CHECK(two_or_refused);
}

TEST_CASE("read_safetensors: a header of more than 100 MB is refused unread") {
  const temporary_folder folder;
  put_file(folder / "large", length_bytes(100'000'001) + "{");
  std::filesystem::resize_file(folder / "large", 100'000'009);
  CHECK_THROWS_SAYING(read_safetensors(folder / "large"), std::runtime_error,
                      "header of 100000001 bytes, 100000001 are left and 100000000 are the most");
}

TEST_CASE("write_safetensors: these bytes, and back") {
  const temporary_folder folder;
  write_safetensors(folder / "two", two_tensors, {{"by", "hand"}});
  CHECK(file_text(folder / "two") == two);
  const tensors all{{"bool", basic_tensor<bool>({3}, {true, false, true})},
                    {"double", basic_tensor<double>({1, 2, 1}, {1e300, -5})},
                    {"float", tensor({3}, {std::numeric_limits<float>::quiet_NaN(), -0.0F, 1e-45F})},
                    {"int32", basic_tensor<std::int32_t>({2}, {std::numeric_limits<std::int32_t>::min(), 7})},
                    {"int64", basic_tensor<std::int64_t>({2, 1}, {std::numeric_limits<std::int64_t>::min(), 7})},
                    {"none", tensor({0, 5})},
                    {"", tensor({4, 0})},
                    {"layer.0/\"bo\xc3\xb6l\"\\\n\x01\x7f", basic_tensor<bool>({1, 1}, {true})},
                    {"a\0b"s, tensor({1}, {2})}};
  const std::map<std::string, std::string> words{{"", ""}, {"\"\t\xe2\x82\xac", "\0\x1f{}"s}, {"__metadata__", "yes"}};
  write_safetensors(folder / "all", all, words);
  const safetensors_file back = read_safetensors(folder / "all");
  CHECK(same_tensors(back.tensors, all));
  CHECK(back.metadata == words);
  CHECK(static_cast<unsigned char>(file_text(folder / "all")[0]) % 8 == 0);
  write_safetensors(folder / "none", {});
  CHECK(file_text(folder / "none") == file_of("{}      "));
  CHECK(folder.num_files() == 3);
}

TEST_CASE("write_safetensors: each tensor stands at a multiple of its element size") {
  const tensors all{{"a", basic_tensor<bool>({3})},         {"b", tensor({1})},
                    {"c", basic_tensor<std::int64_t>({1})}, {"d", basic_tensor<std::int32_t>({3})},
                    {"e", basic_tensor<double>({1})},       {"f", tensor({1})}};
  const temporary_folder folder;
  write_safetensors(folder / "all", all);
  std::string order;
  const std::string text = file_text(folder / "all");
  for (std::size_t at = 0; (at = text.find("\":{", at)) != std::string::npos; ++at) order += text[at - 1];
  CHECK(order == "cebfda");
  CHECK(same_tensors(read_safetensors(folder / "all").tensors, all));
}

TEST_CASE("write_safetensors: what it refuses") {
  const temporary_folder folder;
  const tensor t({1});
  const auto path = folder / "a";
  put_file(path, "old");
  CHECK_THROWS_SAYING(write_safetensors(path, {{"x", tensor()}}), std::invalid_argument, "tensor \"x\" has no storage");
  CHECK_THROWS_SAYING(write_safetensors(path, {{"__metadata__", t}}), std::invalid_argument,
                      "no tensor may have the name __metadata__");
  CHECK_THROWS_SAYING(write_safetensors(path, {{"\xff\xfe", t}}), std::invalid_argument, "text \"??\" is no UTF-8");
  CHECK_THROWS_SAYING(write_safetensors(path, {}, {{"\xff", ""}}), std::invalid_argument, "is no UTF-8");
  CHECK_THROWS_SAYING(write_safetensors(path, {}, {{"k", "\xed\xa0\x80"}}), std::invalid_argument, "is no UTF-8");
  // NOLINTNEXTLINE(bugprone-string-constructor)
  CHECK_THROWS_SAYING(write_safetensors(path, {}, {{"k", std::string(100'000'000, 'x')}}), std::invalid_argument,
                      "100000000 are the most");
  CHECK_THROWS_SAYING(write_safetensors(folder / "none" / "a", {{"x", t}}), std::runtime_error,
                      "No such file or directory");
  CHECK(file_text(path) == "old");
  CHECK(folder.num_files() == 1);
}

TEST_CASE("read_safetensors, write_safetensors: many tensors") {
  tensors many;
  for (int i = 0; i < 50000; ++i) many.emplace(std::to_string(i), tensor({1}, {static_cast<float>(i)}));
  const temporary_folder folder;
  write_safetensors(folder / "many", many);
  CHECK(same_tensors(read_safetensors(folder / "many").tensors, many));
}

TEST_CASE("read_safetensors: files that are none") {
  const temporary_folder folder;
  CHECK_THROWS_SAYING(read_safetensors(folder.path()), std::runtime_error, "is a directory, expected a file");
  CHECK_THROWS_SAYING(read_safetensors(folder / "none"), std::runtime_error,
                      "[read_safetensors] " + (folder / "none").string() + ": cannot open: No such file");
}

}  // namespace
}  // namespace edgefold
