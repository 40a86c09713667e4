#include <edgefold/core/io/npz.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using arrays = std::map<std::string, any_tensor>;

arrays parsed(const std::string& bytes) { return parse_npz(bytes_of(bytes)); }

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
  const arrays a = parsed(compressed);
  REQUIRE(a.size() == 2);
  CHECK(same_any(a.at("a"), basic_tensor<std::int32_t>({3}, {0, 1, 2})));
  CHECK(same_any(a.at("n"), basic_tensor<std::int64_t>({1}, {7})));  // a number has shape ()
}

TEST_CASE("read_npz: cut anywhere, any byte replaced") {
  const std::string plain = written({{"x", tensor({2}, {1, 2})}, {"y", basic_tensor<bool>({1}, {true})}});
  for (const std::string& whole : {compressed, plain}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      CHECK_THROWS_AS(parsed(whole.substr(0, n)), std::runtime_error);
    }
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const char c : {'\0', '\xff', '\x01', 'P'}) {
        std::string bytes = whole;
        bytes[at] = c;
        try {
          parsed(bytes);
        } catch (const std::runtime_error&) {
        }
      }
  }
}

TEST_CASE("read_npz: what it refuses") {
  CHECK_THROWS_SAYING(parsed(""), std::runtime_error, "[parse_npz] bytes: no .npz file: only 0 bytes");
  CHECK_THROWS_SAYING(parsed(std::string(100, 'x')), std::runtime_error, "no .npz file");
  const std::string plain = written({{"x", tensor({1}, {1})}, {"y", tensor({1}, {2})}});
  CHECK_THROWS_SAYING(parsed(replaced(plain, "x.npy", "x.txt")), std::runtime_error, "member x.txt is no .npy array");
  CHECK_THROWS_SAYING(parsed(replaced(plain, "y.npy", "x.npy")), std::runtime_error, "x.npy stands twice");
  CHECK_THROWS_SAYING(parsed(replaced(plain, "NUMPY", "numpy")), std::runtime_error, "member x.npy: no .npy file");
  const std::string value("\x00\x00\x80\x3f", 4), other("\x00\x00\x80\x40", 4);
  CHECK_THROWS_SAYING(parsed(replaced(plain, value, other)), std::runtime_error,
                      "member x.npy: cannot read: CRC error");
  // The sizes that the list of members gives: 2^32 - 2 bytes in 0x4c.
  std::string lying = compressed;
  lying.replace(lying.find("PK\x01\x02") + 24, 4, "\xfe\xff\xff\xff");
  CHECK_THROWS_SAYING(parsed(lying), std::runtime_error, "4294967294 bytes in 76 of an archive of");
}

TEST_CASE("write_npz: all types back, equal bytes each time") {
  const arrays all{{"float", tensor({2, 2}, {1, 2, 3, 4})},
                   {"none", tensor({0, 3})},
                   {"double", basic_tensor<double>({1}, {0.1})},
                   {"int32", basic_tensor<std::int32_t>({3}, {1, 2, 3})},
                   {"layer.0/weight", basic_tensor<std::int64_t>({1, 1}, {-1})},
                   {"bo\xc3\xb6l.npy", basic_tensor<bool>({2}, {true, false})}};
  const std::string bytes = written(all);
  CHECK(same_arrays(parsed(bytes), all));
  CHECK(written(all) == bytes);
  CHECK(parsed(written({})).empty());
}

TEST_CASE("write_npz: what it refuses") {
  const temporary_folder folder;
  const tensor t({1});
  using std::string_literals::operator""s;
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"x", tensor()}}), std::invalid_argument, "without storage");
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"", t}}), std::invalid_argument, "a name is empty");
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"a\0b"s, t}}), std::invalid_argument, "holds 0");
  CHECK_THROWS_SAYING(write_npz(folder / "a", {{"\xff\xfe", t}}), std::invalid_argument, "[write_npz]");
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
