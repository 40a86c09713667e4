#include <edgefold/core/io/idx.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::string_literals;

any_tensor parsed_idx(const std::string& bytes) { return parse_idx(bytes_of(bytes)); }

std::string little_endian(std::uint32_t n, std::size_t bytes) {
  std::string s;
  for (std::size_t i = 0; i < bytes; ++i) s.push_back(static_cast<char>(n >> 8 * i & 255));
  return s;
}
std::string big_endian(std::uint32_t n) {
  std::string s = little_endian(n, 4);
  std::reverse(s.begin(), s.end());
  return s;
}
std::string idx_bytes(char type, const std::vector<std::uint32_t>& dims, const std::string& values) {
  std::string s = "\0\0"s + type + static_cast<char>(dims.size());
  for (const std::uint32_t d : dims) s += big_endian(d);
  return s + values;
}

// RFC 1952's checksum, bit by bit.
std::uint32_t crc32_of(const std::string& s) {
  std::uint32_t crc = ~0U;
  for (const char c : s) {
    crc ^= static_cast<unsigned char>(c);
    for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0U);
  }
  return ~crc;
}
// `s` as a gzip stream of stored blocks, each of 1,000 bytes at most.
std::string gzipped(const std::string& s) {
  std::string all = "\x1f\x8b\x08\0\0\0\0\0\0\xff"s;
  for (std::size_t at = 0, n = 0; at == 0 || at < s.size(); at += n) {
    n = std::min<std::size_t>(1000, s.size() - at);
    const auto length = static_cast<std::uint32_t>(n);
    all += at + n == s.size() ? '\1' : '\0';
    all += little_endian(length, 2) + little_endian(~length, 2) + s.substr(at, n);
    if (s.empty()) break;
  }
  return all + little_endian(crc32_of(s), 4) + little_endian(static_cast<std::uint32_t>(s.size()), 4);
}

const std::string bytes_3_by_4 = idx_bytes(8, {3, 4}, "\0\1\2\3\4\5\6\7\x8\x9\xa\xb"s);
const basic_tensor<std::int32_t> up_to_11({3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
// The same as Python's gzip.compress deflates it.
const std::string deflated =
    from_hex("1f8b08000000000002036360e0606260606006621606462666165636760e4e2e6e0045d3c08418000000");

TEST_CASE("read_idx: each stored type") {
  CHECK(same_any(parsed_idx(idx_bytes(8, {2}, "\1\xff")), basic_tensor<std::int32_t>({2}, {1, 255})));
  CHECK(same_any(parsed_idx(idx_bytes(9, {2}, "\1\xff")), basic_tensor<std::int32_t>({2}, {1, -1})));
  CHECK(same_any(parsed_idx(idx_bytes(11, {2}, "\1\2\xff\xfe")), basic_tensor<std::int32_t>({2}, {258, -2})));
  CHECK(same_any(parsed_idx(idx_bytes(12, {2}, "\1\2\3\4\xff\xff\xff\xfe")),
                 basic_tensor<std::int32_t>({2}, {0x01020304, -2})));
  CHECK(same_any(parsed_idx(idx_bytes(13, {1, 2}, "\x3f\x80\0\0\xc0\0\0\0"s)), tensor({1, 2}, {1, -2})));
  CHECK(same_any(parsed_idx(idx_bytes(14, {1}, "\x3f\xf0\0\0\0\0\0\0"s)), basic_tensor<double>({1}, {1})));
  const auto nan = std::get<tensor>(parsed_idx(idx_bytes(13, {1}, "\xff\x80\0\1"s)));
  CHECK(std::bit_cast<std::uint32_t>(nan.data()[0]) == 0xff800001);
}

TEST_CASE("read_idx: shapes") {
  CHECK(same_any(parsed_idx(bytes_3_by_4), up_to_11));
  CHECK(shape_of(parsed_idx(idx_bytes(8, {0, 28, 28}, ""))) == shape_type{0, 28, 28});
  CHECK(shape_of(parsed_idx(idx_bytes(8, {1, 1, 1, 1, 1, 1}, "\1"))) == shape_type{1, 1, 1, 1, 1, 1});
  CHECK(shape_of(parsed_idx(idx_bytes(8, std::vector<std::uint32_t>(255, 1), "\1"))) == shape_type(255, 1));
}

TEST_CASE("read_idx: what it refuses") {
  const auto refused = [](const std::string& bytes, const char* part) {
    CHECK_THROWS_SAYING(parsed_idx(bytes), std::runtime_error, part);
  };
  refused("", "[parse_idx] bytes: no IDX file: only 0 bytes");
  refused("\0\0\x8"s, "only 3 bytes");
  refused("\x93NUMPY", "wrong magic bytes");
  refused("\0\1\x8\1\0\0\0\0"s, "wrong magic bytes");
  for (const char type : {'\0', '\7', '\xa', '\xf', '\xff'}) refused(idx_bytes(type, {1}, "\1"), "no IDX file: type ");
  refused(idx_bytes(8, {}, "\1"), "no dims");
  refused(idx_bytes(8, {2}, "\1"), "shape (2) takes 2 bytes, the file has 1");
  refused(idx_bytes(8, {2}, "\1\1\1"), "shape (2) takes 2 bytes, the file has 3");
  refused(idx_bytes(14, {1}, "\1"), "takes 8 bytes");
  refused(idx_bytes(8, {0xffffffff, 0xffffffff}, "\1"), "is too large");
  refused(idx_bytes(8, {0, 0xffffffff, 0xffffffff}, ""), "is too large");
  refused(idx_bytes(8, {0xffffffff}, "\1"), "takes 4294967295 bytes");
}

TEST_CASE("read_idx: gzipped") {
  CHECK(same_any(parsed_idx(deflated), up_to_11));
  CHECK(same_any(parsed_idx(gzipped(bytes_3_by_4)), up_to_11));
  std::string many(100'001, '\0');
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<char>(i % 251);
  const std::string plain = idx_bytes(8, {100'001}, many);
  const any_tensor t = parsed_idx(plain);
  CHECK(std::get<basic_tensor<std::int32_t>>(t).at(100'000) == 100'000 % 251);
  CHECK(same_any(parsed_idx(gzipped(plain)), t));
  CHECK(shape_of(parsed_idx(gzipped(idx_bytes(8, {0}, "")))) == shape_type{0});
}

TEST_CASE("read_idx: gzip streams of several members") {
  for (std::size_t cut = 0; cut <= bytes_3_by_4.size(); ++cut) {
    CAPTURE(cut);
    const std::string two = gzipped(bytes_3_by_4.substr(0, cut)) + gzipped(bytes_3_by_4.substr(cut));
    CHECK(same_any(parsed_idx(two), up_to_11));
    CHECK(same_any(parsed_idx(two + gzipped("")), up_to_11));
  }
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += gzipped("");
  CHECK(same_any(parsed_idx(many + deflated + many), up_to_11));
}

TEST_CASE("read_idx: what it refuses of a gzip stream") {
  const auto refused = [](const std::string& bytes, const char* part) {
    CHECK_THROWS_SAYING(parsed_idx(bytes), std::runtime_error, part);
  };
  const auto changed = [](std::string bytes, std::size_t from_end) {
    bytes[bytes.size() - from_end] ^= 1;
    return bytes;
  };
  const std::string whole = gzipped(bytes_3_by_4);
  refused(whole.substr(0, whole.size() - 1), "[parse_idx] bytes: gzip stream is truncated");
  refused(whole.substr(0, 20), "gzip stream is truncated");
  refused(changed(whole, 8), "gzip stream is damaged: incorrect data check");
  refused(changed(whole, 4), "gzip stream is damaged: incorrect length check");
  refused(changed(deflated, 12), "gzip stream is damaged");
  refused("\x1f\x8b\x09" + whole.substr(3), "gzip stream is damaged: unknown compression method");
  refused(whole + "\0"s, "1 bytes behind the end of the gzip stream");
  refused(whole + whole, "gzip stream goes on where its content should end");
  refused(whole + gzipped("") + "\x1f", "1 bytes behind the end of the gzip stream");
  refused(whole + std::string(200'000, 'x'), "200000 bytes behind the end of the gzip stream");
  refused(gzipped(""), "gzip stream ends 2 bytes or more too early");
  refused(gzipped("\0\0\x8\1\0\0"s), "too early");
  refused(gzipped(bytes_3_by_4 + "x"), "gzip stream goes on where its content should end");
  refused(gzipped(bytes_3_by_4.substr(0, bytes_3_by_4.size() - 1)), "gzip stream ends 1 bytes or more too early");
  refused(gzipped("x" + bytes_3_by_4), "wrong magic bytes");
  refused(gzipped(gzipped(bytes_3_by_4)), "wrong magic bytes");
  // What a small stream cannot hold is refused before memory is asked for.
  refused(gzipped(idx_bytes(14, {0x7fffffff, 0x7fffffff}, "")), "is too large");
  refused(gzipped(idx_bytes(14, {0x7fffffff, 1000}, "")), "more than so short a gzip stream can hold");
  refused(gzipped(idx_bytes(8, {1 << 20}, "")), "more than so short a gzip stream can hold");
}

TEST_CASE("read_idx: cut anywhere, any byte replaced") {
  for (const std::string& whole : {bytes_3_by_4, deflated, gzipped(bytes_3_by_4)}) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      CHECK_THROWS_AS(parsed_idx(whole.substr(0, n)), std::runtime_error);
    }
    bool array_or_refused = true;
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (int c = 0; c < 256; ++c) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(c);
        try {
          array_or_refused = !shape_of(parsed_idx(bytes)).empty() && array_or_refused;
        } catch (const std::runtime_error&) {
        }
      }
    CHECK(array_or_refused);
  }
}

TEST_CASE("read_idx_scaled: each stored type, as float") {
  const temporary_folder folder;
  const auto scaled = [&](const std::string& bytes, float scale) {
    put_file(folder / "a", bytes);
    return read_idx_scaled(folder / "a", scale);
  };
  const auto same = [](const tensor& a, const tensor& b) { return same_bits(a, b); };
  CHECK(same(scaled(idx_bytes(8, {3}, "\0\x33\xff"s), 1 / 255.0F), tensor({3}, {0, 51 * (1 / 255.0F), 1})));
  CHECK(same(scaled(idx_bytes(9, {1, 2}, "\1\xff"), 0.5F), tensor({1, 2}, {0.5F, -0.5F})));
  CHECK(same(scaled(idx_bytes(11, {2}, "\1\2\xff\xfe"), 2), tensor({2}, {516, -4})));
  CHECK(same(scaled(idx_bytes(12, {1}, "\1\0\0\1"s), 3), tensor({1}, {50331652})));  // of 50331651
  CHECK(same(scaled(idx_bytes(13, {1}, "\x3f\x80\0\0"s), 7), tensor({1}, {7})));
  // The value itself is beyond float.
  CHECK(same(scaled(idx_bytes(14, {1}, "\x4a\x51\x1b\x0e\xc5\x7e\x64\x9a"s), 1e-38F),
             tensor({1}, {static_cast<float>(1e50 * double{1e-38F})})));
  CHECK(same(scaled(gzipped(bytes_3_by_4), 1), cast<float>(up_to_11)));
  CHECK_THROWS_SAYING(scaled(idx_bytes(8, {2}, "\1"), 1), std::runtime_error,
                      "[read_idx_scaled] " + (folder / "a").string() + ": shape (2) takes 2 bytes");
  CHECK_THROWS_SAYING(scaled(gzipped(bytes_3_by_4) + "x", 1), std::runtime_error, "behind the end");
}

TEST_CASE("read_idx: files that are none") {
  const temporary_folder folder;
  CHECK_THROWS_SAYING(read_idx(folder.path()), std::runtime_error, "is a directory, expected a file");
  CHECK_THROWS_SAYING(read_idx(folder / "none"), std::runtime_error, "none: cannot open: No such file");
}

// How often each digit stands in a file of labels.
std::array<int, 10> counts_of(const std::filesystem::path& path) {
  const auto labels = std::get<basic_tensor<std::int32_t>>(read_idx(path));
  std::array<int, 10> counts{};
  for (const std::int32_t label : labels.values()) ++counts.at(static_cast<std::size_t>(label));
  return counts;
}

TEST_CASE("read_idx: MNIST") {
  const auto images = shared_file("data/mnist/train-images-idx3-ubyte.gz");
  const auto labels = shared_file("data/mnist/train-labels-idx1-ubyte.gz");
  const auto test_images = shared_file("data/mnist/t10k-images-idx3-ubyte.gz");
  const auto test_labels = shared_file("data/mnist/t10k-labels-idx1-ubyte.gz");
  if (images.empty() || labels.empty() || test_images.empty() || test_labels.empty()) return;
  CHECK(counts_of(labels) == std::array{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949});
  CHECK(counts_of(test_labels) == std::array{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009});
  CHECK(shape_of(read_idx(test_images)) == shape_type{10000, 28, 28});

  const auto pixels = std::get<basic_tensor<std::int32_t>>(read_idx(images));
  const tensor x = read_idx_scaled(images, 1 / 255.0F);
  CHECK(pixels.shape() == shape_type{60000, 28, 28});
  CHECK(x.shape() == pixels.shape());
  const auto p = pixels.values();
  const auto [least, most] = std::minmax_element(p.begin(), p.end());
  CHECK(*least == 0);
  CHECK(*most == 255);
  CHECK(std::accumulate(p.begin(), p.end(), std::int64_t{0}) == 1567298545);  // a mean of 0.1307, scaled
  bool same = true;
  for (std::size_t i = 0; i < p.size(); ++i) same = same && x.values()[i] == static_cast<float>(p[i]) * (1 / 255.0F);
  CHECK(same);
}

}  // namespace
}  // namespace edgefold
