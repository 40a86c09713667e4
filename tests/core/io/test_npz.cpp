#include <edgefold/core/io/npz.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using arrays = std::map<std::string, any_tensor>;

arrays parsed_npz(const std::string& bytes) { return parse_npz(bytes_of(bytes)); }

bool same_arrays(const arrays& a, const arrays& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](auto& x, auto& y) { return x.first == y.first && same_any(x.second, y.second); });
}

// numpy.savez_compressed(a=int32 [0, 1, 2], n=7): deflated members whose local headers give their sizes as ZIP64.
const std::string compressed = from_hex(
    "504b03042d00000008000000210002ecbda9ffffffffffffffff05001400612e6e7079010010008c000000000000004c000000000000009bec"
    "17"
    "ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91ac63a9a"
    "3a"
    "0ab50a14002e062060046226200600504b03042d00000008000000210023b8f06cffffffffffffffff050014006e2e6e707901001000880000"
    "00"
    "0000000046000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e965f54529498179f5f94920a12774bcc"
    "29"
    "4e058a17672416a402f91a9a3a0ab50a14012e7606080000504b01022d032d00000008000000210002ecbda94c0000008c0000000500000000"
    "00"
    "000000000000800100000000612e6e7079504b01022d032d00000008000000210023b8f06c4600000088000000050000000000000000000000"
    "80"
    "01830000006e2e6e7079504b0506000000000200020066000000000100000000");

std::string written(const arrays& a) {
  const temporary_folder folder;
  write_npz(folder / "a.npz", a);
  return file_text(folder / "a.npz");
}

std::string replaced(std::string s, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = s.find(what, at)) != std::string::npos; at += by.size())
    s.replace(at, what.size(), by);
  return s;
}

TEST_CASE("read_npz: NumPy's compressed archive") {
  const arrays a = parsed_npz(compressed);
  REQUIRE(a.size() == 2);
  CHECK(same_any(a.at("a"), basic_tensor<std::int32_t>({3}, {0, 1, 2})));
  CHECK(same_any(a.at("n"), basic_tensor<std::int64_t>({1}, {7})));  // a number has shape ()
}

TEST_CASE("read_npz: cut anywhere, any byte replaced") {
  const std::string plain = written({{"x", tensor({2}, {1, 2})}, {"y", basic_tensor<bool>({1}, {true})}});
  for (const std::string& whole : {compressed, plain}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      CHECK_THROWS_AS(parsed_npz(whole.substr(0, n)), std::runtime_error);
    }
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const char c : {'\0', '\xff', '\x01', 'P'}) {
        std::string bytes = whole;
        bytes[at] = c;
        try {
          parsed_npz(bytes);
        } catch (const std::runtime_error&) {
        }
      }
  }
}

TEST_CASE("read_npz: what it refuses") {
  CHECK_THROWS_SAYING(parsed_npz(""), std::runtime_error, "[parse_npz] bytes: no .npz file: only 0 bytes");
  CHECK_THROWS_SAYING(parsed_npz(std::string(100, 'x')), std::runtime_error, "no .npz file");
  const std::string plain = written({{"x", tensor({1}, {1})}, {"y", tensor({1}, {2})}});
  CHECK_THROWS_SAYING(parsed_npz(replaced(plain, "y.npy", "x.npy")), std::runtime_error, "x.npy is given twice");
  CHECK_THROWS_SAYING(parsed_npz(replaced(plain, "NUMPY", "numpy")), std::runtime_error, "member x.npy: no .npy file");
  const std::string value("\x00\x00\x80\x3f", 4), other("\x00\x00\x80\x40", 4);
  CHECK_THROWS_SAYING(parsed_npz(replaced(plain, value, other)), std::runtime_error,
                      "member x.npy: cannot read: CRC error");
  // The sizes that the list of members gives: 2^32 - 2 bytes in 0x4c.
  std::string lying = compressed;
  lying.replace(lying.find("PK\x01\x02") + 24, 4, "\xfe\xff\xff\xff");
  CHECK_THROWS_SAYING(parsed_npz(lying), std::runtime_error, "4294967294 bytes in 76 of an archive of");
}

TEST_CASE("read_npz: what no tensor can hold leaves the others readable") {
  const auto only_y = [](const std::string& bytes, const std::string& name, const std::string& why) {
    const tensor_map a = parse_npz(bytes_of(bytes));
    CHECK(same_arrays(a, {{"y", tensor({1}, {2})}}));
    REQUIRE(a.unreadable().contains(name));
    CHECK_THROWS_SAYING(a.at(name), std::runtime_error, why);
    CHECK_THROWS_SAYING(a.at("z"), std::runtime_error, "[parse_npz] bytes: there is no \"z\" among its 1 tensors");
  };
  const std::string plain = written({{"x", tensor({1}, {1})}, {"y", tensor({1}, {2})}});
  only_y(replaced(plain, "x.npy", "x.txt"), "x.txt", "[parse_npz] bytes: member x.txt: is no .npy array");
  // numpy.savez(x=["a"], y=float32 [2]).
  std::string text = plain;
  text.replace(text.find("<f4"), 3, "<U1");
  only_y(text, "x", "[parse_npz] bytes: member x.npy: type \"<U1\" is not supported");
  std::string packed = plain;  // by a method of later versions
  packed[8] = packed[packed.find("PK\1\2") + 10] = 93;
  only_y(packed, "x", "member x.npy: compression method 93, expected stored or deflated");
  std::string secret = plain;
  secret[6] = secret[secret.find("PK\1\2") + 8] = 1;
  only_y(secret, "x", "member x.npy: is encrypted");
}

// An archive whose entries all name the first member of `compressed`, but under names of their own.
std::string overlapping(int entries) {
  const std::string member = compressed.substr(0, compressed.find("PK\3\4", 4));
  std::string entry = compressed.substr(compressed.find("PK\1\2"), 51), directory;
  for (int i = 0; i < entries; ++i) {
    entry[46] = static_cast<char>('a' + i);
    directory += entry;
  }
  std::string end = compressed.substr(compressed.find("PK\5\6"));
  end[8] = end[10] = static_cast<char>(entries);
  const auto put = [&end](std::size_t at, std::size_t n) {
    end[at] = static_cast<char>(n & 255), end[at + 1] = static_cast<char>(n >> 8);
  };
  put(12, directory.size());
  put(16, member.size());
  return member + directory + end;
}

TEST_CASE("tensor_map: at<T> is the tensor of that type, or an error") {
  const tensor_map a = parse_npz(bytes_of(compressed), "a.npz");
  CHECK(same_bits(a.at<std::int32_t>("a"), basic_tensor<std::int32_t>({3}, {0, 1, 2})));
  CHECK_THROWS_SAYING(a.at<float>("a"), std::runtime_error, "a.npz: tensor \"a\" is int32, expected float");
  CHECK_THROWS_SAYING(a.at<float>("b"), std::runtime_error, "there is no \"b\" among its 2 tensors");
}

TEST_CASE("read_npz: members that overlap") {
  CHECK(parsed_npz(overlapping(1)).size() == 1);
  CHECK_THROWS_SAYING(parsed_npz(overlapping(2)), std::runtime_error, "members overlap: they take");
  CHECK_THROWS_SAYING(parsed_npz(overlapping(20)), std::runtime_error, "members overlap: they take");
  // The second begins where the first has its name.
  std::string bytes = written({{"x", tensor({1}, {1})}, {"y", tensor({1}, {2})}});
  const std::size_t second = bytes.find("PK\1\2", bytes.find("PK\1\2") + 4) + 42;
  bytes[second] = 30, bytes[second + 1] = 0;
  CHECK_THROWS_AS(parsed_npz(bytes), std::runtime_error);
}

TEST_CASE("read_npz: an archive with a comment") {
  std::string bytes = compressed + "PK\5\6 and more";
  bytes[compressed.size() - 2] = 13;
  CHECK(parsed_npz(bytes).size() == 2);
}

TEST_CASE("write_npz: all types back, equal bytes each time") {
  const arrays all{{"float", tensor({2, 2}, {1, 2, 3, 4})},
                   {"none", tensor({0, 3})},
                   {"double", basic_tensor<double>({1}, {0.1})},
                   {"int32", basic_tensor<std::int32_t>({3}, {1, 2, 3})},
                   {"layer.0/weight", basic_tensor<std::int64_t>({1, 1}, {-1})},
                   {"\xf0\x9f\x98\x80 \xe2\x82\xac", tensor({1}, {7})},
                   {"bo\xc3\xb6l.npy", basic_tensor<bool>({2}, {true, false})}};
  const std::string bytes = written(all);
  CHECK(same_arrays(parsed_npz(bytes), all));
  CHECK(written(all) == bytes);
  CHECK(parsed_npz(written({})).empty());
}

TEST_CASE("write_npz: what it refuses") {
  const temporary_folder folder;
  const tensor t({1});
  using std::string_literals::operator""s;
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"x", tensor()}}), std::invalid_argument, "without storage");
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"", t}}), std::invalid_argument, "a name is empty");
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"a\0b"s, t}}), std::invalid_argument, "holds 0");
  for (const char* bad : {"\xff\xfe", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"})
    CHECK_THROWS_SAYING(write_npz(folder / "a", {{bad, t}}), std::invalid_argument, "is no UTF-8");
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{std::string(65532, 'x'), t}}), std::invalid_argument,
                      "a name of 65532 bytes, 65531 are the most");
  CHECK_THROWS_SAYING(write_npz(folder / "none" / "a", {{"x", t}}), std::runtime_error, "No such file or directory");
  CHECK(folder.num_files() == 0);
}

TEST_CASE("write_npz: more members than 16 bits count") {
  arrays many;
  for (int i = 0; i < 66000; ++i) many.emplace(std::to_string(i), tensor({1}, {static_cast<float>(i)}));
  const temporary_folder folder;
  write_npz(folder / "many.npz", many);
  CHECK(same_arrays(read_npz(folder / "many.npz"), many));
}

TEST_CASE("read_npz: files that are none") {
  const temporary_folder folder;
  CHECK_THROWS_SAYING(read_npz(folder.path()), std::runtime_error, "is a directory, expected a file");
  CHECK_THROWS_SAYING(read_npz(folder / "none.npz"), std::runtime_error, "none.npz: cannot open: No such file");
  put_file(folder / "empty.npz", "");
  CHECK_THROWS_SAYING(read_npz(folder / "empty.npz"), std::runtime_error, "[read_npz]");
}

TEST_CASE("read_npz: the reference tensors") {
  const auto conv = shared_file("reference/conv_a.npz");
  if (conv.empty()) return;
  const arrays a = read_npz(conv);
  CHECK(shape_of(a.at("x")).size() >= 2);
  CHECK(shape_of(a.at("y")) == shape_of(a.at("up")));
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(conv.parent_path()))
    if (entry.path().extension() == ".npz") {
      CAPTURE(entry.path().string());
      CHECK(!read_npz(entry.path()).empty());
      ++count;
    }
  CHECK(count > 30);
}

}  // namespace
}  // namespace edgefold
