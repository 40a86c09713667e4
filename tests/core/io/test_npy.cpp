#include <edgefold/core/io/npy.hpp>

#include <core/io/io_support.hpp>
#include <support/shared.hpp>

#include <bit>
#include <limits>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using namespace std::string_literals;

// A file of format 1.0 with this dict and these values.
std::string npy_bytes(const std::string& dict, const std::string& values = "") {
  std::string s = "\x93NUMPY\x01\x00"s;
  s.push_back(static_cast<char>(dict.size() & 255));
  s.push_back(static_cast<char>(dict.size() >> 8));
  return s + dict + values;
}
std::string dict_of(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}
any_tensor parsed_npy(const std::string& bytes) { return parse_npy(bytes_of(bytes)); }
any_tensor parsed_npy(const std::string& dict, const std::string& values) {
  return parsed_npy(npy_bytes(dict, values));
}

// numpy.save of [[1, 2], [3, 4]] as float32, byte by byte.
const std::string two_by_two = "\x93NUMPY\x01\x00v\x00"s + dict_of("<f4", "(2, 2)").substr(0, 59) +
                               std::string(58, ' ') +
                               "\n\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40"s;

TEST_CASE("read_npy: a file of NumPy's") {
  REQUIRE(two_by_two.size() == 128 + 16);
  CHECK(same_any(parsed_npy(two_by_two), tensor({2, 2}, {1, 2, 3, 4})));
}

TEST_CASE("read_npy: each stored type") {
  CHECK(same_any(parsed_npy(dict_of("<f8", "(1,)"), "\0\0\0\0\0\0\xf0\x3f"s), basic_tensor<double>({1}, {1})));
  CHECK(same_any(parsed_npy(dict_of("<i4", "(2,)"), "\x01\0\0\0\xff\xff\xff\xff"s),
                 basic_tensor<std::int32_t>({2}, {1, -1})));
  CHECK(same_any(parsed_npy(dict_of("<i8", "(1,)"), "\0\0\0\0\x01\0\0\0"s),
                 basic_tensor<std::int64_t>({1}, {1LL << 32})));
  CHECK(same_any(parsed_npy(dict_of("|b1", "(3,)"), "\0\x01\x07"s), basic_tensor<bool>({3}, {false, true, true})));
  CHECK(same_any(parsed_npy(dict_of("|i1", "(2,)"), "\x01\xff"s), basic_tensor<std::int32_t>({2}, {1, -1})));
  CHECK(same_any(parsed_npy(dict_of("|u1", "(2,)"), "\x01\xff"s), basic_tensor<std::int32_t>({2}, {1, 255})));
  CHECK(same_any(parsed_npy(dict_of("<i2", "(1,)"), "\xfe\xff"s), basic_tensor<std::int32_t>({1}, {-2})));
  CHECK(same_any(parsed_npy(dict_of("<u2", "(1,)"), "\xfe\xff"s), basic_tensor<std::int32_t>({1}, {65534})));
  CHECK(
      same_any(parsed_npy(dict_of("<u4", "(1,)"), "\xff\xff\xff\xff"s), basic_tensor<std::int64_t>({1}, {4294967295})));
}

TEST_CASE("read_npy: widening more values than are held at once") {
  std::string values;
  for (int i = 0; i < 10001; ++i) values.push_back(static_cast<char>(i % 251));
  const auto t = std::get<basic_tensor<std::int32_t>>(parsed_npy(dict_of("|u1", "(10001,)"), values));
  bool same = true;
  for (std::int64_t i = 0; i < t.size(); ++i) same = same && t.at(i) == i % 251;
  CHECK(same);
}

TEST_CASE("read_npy: unsigned 64-bit integers where int64 holds them") {
  CHECK(same_any(parsed_npy(dict_of("<u8", "(2,)"), "\7\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f"s),
                 basic_tensor<std::int64_t>({2}, {7, std::numeric_limits<std::int64_t>::max()})));
  CHECK_THROWS_SAYING(parsed_npy(dict_of("<u8", "(2,)"), "\7\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"s),
                      std::runtime_error, "unsigned 64-bit integer 18446744073709551615 does not fit int64");
}

TEST_CASE("read_npy: the greatest byte first") {
  CHECK(same_any(parsed_npy(dict_of(">f4", "(2,)"), "\x3f\x80\0\0\xff\x80\0\1"s),
                 tensor({2}, {1, std::bit_cast<float>(0xff800001U)})));
  CHECK(same_any(parsed_npy(dict_of(">f8", "(1,)"), "\x3f\xf0\0\0\0\0\0\0"s), basic_tensor<double>({1}, {1})));
  CHECK(same_any(parsed_npy(dict_of(">f2", "(1,)"), "\xc0\0"s), tensor({1}, {-2})));
  CHECK(same_any(parsed_npy(dict_of(">i2", "(1,)"), "\xff\xfe"s), basic_tensor<std::int32_t>({1}, {-2})));
  CHECK(same_any(parsed_npy(dict_of(">u2", "(1,)"), "\xff\xfe"s), basic_tensor<std::int32_t>({1}, {65534})));
  CHECK(same_any(parsed_npy(dict_of(">i4", "(1,)"), "\0\0\1\2"s), basic_tensor<std::int32_t>({1}, {258})));
  CHECK(same_any(parsed_npy(dict_of(">u4", "(1,)"), "\xff\0\0\0"s), basic_tensor<std::int64_t>({1}, {0xff000000})));
  CHECK(
      same_any(parsed_npy(dict_of(">i8", "(1,)"), "\0\0\0\1\0\0\0\0"s), basic_tensor<std::int64_t>({1}, {1LL << 32})));
  CHECK(same_any(parsed_npy(dict_of(">u8", "(1,)"), "\0\0\0\0\0\0\0\1"s), basic_tensor<std::int64_t>({1}, {1})));
}

TEST_CASE("read_npy: float16") {
  CHECK(same_any(parsed_npy(dict_of("<f2", "(4,)"), "\x00\x3c\x00\xc0\x01\x00\x00\x7c"s),
                 tensor({4}, {1, -2, 0x1p-24F, std::numeric_limits<float>::infinity()})));
}

TEST_CASE("read_npy: Fortran order") {
  const auto dict = [](const std::string& descr, const std::string& shape) {
    return "{'descr': '" + descr + "', 'fortran_order': True, 'shape': " + shape + ", }";
  };
  const basic_tensor<std::int32_t> two_by_three({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(same_any(parsed_npy(dict("|u1", "(2, 3)"), "\1\4\2\5\3\6"), two_by_three));
  CHECK(same_any(parsed_npy(dict(">i2", "(2, 3)"), "\0\1\0\4\0\2\0\5\0\3\0\6"s), two_by_three));
  CHECK(
      same_any(parsed_npy(dict("|b1", "(2, 2)"), "\1\0\7\0"s), basic_tensor<bool>({2, 2}, {true, true, false, false})));
  CHECK(shape_of(parsed_npy(dict("<f4", "(0, 3)"), "")) == shape_type{0, 3});
  CHECK(same_any(parsed_npy(dict("|u1", "(3,)"), "\1\2\3"), basic_tensor<std::int32_t>({3}, {1, 2, 3})));
  // Against the definition: element (i, j, k, l) stands at i + 5 (j + 7 (k + 1 l)), beyond what is held at once.
  const std::int64_t n = 5 * 7 * 1 * 300;
  std::string values;
  for (std::int64_t at = 0; at < n; ++at) values += {static_cast<char>(at & 255), static_cast<char>(at >> 8)};
  const auto t = std::get<basic_tensor<std::int32_t>>(parsed_npy(dict("<u2", "(5, 7, 1, 300)"), values));
  bool same = t.shape() == shape_type{5, 7, 1, 300};
  for (std::int64_t i = 0; i < 5; ++i)
    for (std::int64_t j = 0; j < 7; ++j)
      for (std::int64_t l = 0; l < 300; ++l)
        same = same && t.values()[static_cast<std::size_t>((i * 7 + j) * 300 + l)] == i + 5 * (j + 7 * l);
  CHECK(same);
}

TEST_CASE("read_npy: headers in other words") {
  const std::string four = "\x01\0\0\0"s;
  const basic_tensor<std::int32_t> one({1}, {1});
  CHECK(same_any(parsed_npy("{\"shape\":(1,),'fortran_order':False,'descr':'<i4'}", four), one));
  CHECK(same_any(parsed_npy(" {\n'fortran_order' : True , 'descr' :\t'<i4', 'shape' : ( 1 , ) , } \n", four), one));
  CHECK(same_any(parsed_npy(dict_of("<i4", "(1L,)"), four), one));
  CHECK(same_any(parsed_npy(dict_of("<i4", "()"), four), one));
  CHECK(shape_of(parsed_npy(dict_of("<i4", "(1, 1, 1)"), four)) == shape_type{1, 1, 1});
  CHECK(shape_of(parsed_npy(dict_of("<i4", "(1, 1,)"), four)) == shape_type{1, 1});
  CHECK(shape_of(parsed_npy(dict_of("<f4", "(0, 7)"), "")) == shape_type{0, 7});
  const std::string dict = dict_of("<i4", "(1,)");
  for (const std::string& version : {"\x02\0"s, "\x03\0"s})
    CHECK(same_any(parsed_npy("\x93NUMPY" + version + char(dict.size()) + "\0\0\0"s + dict + four), one));
}

TEST_CASE("read_npy: what it refuses") {
  CHECK_THROWS_SAYING(parsed_npy(""), std::runtime_error, "[parse_npy] bytes: no .npy file: only 0 bytes");
  CHECK_THROWS_SAYING(parsed_npy("PK\x03\x04 and more"), std::runtime_error, "wrong magic bytes");
  CHECK_THROWS_SAYING(parsed_npy("\x93NUMPY\x04\x00 "s), std::runtime_error, "format 4.0, expected 1.0, 2.0 or 3.0");
  CHECK_THROWS_SAYING(parsed_npy("\x93NUMPY\x02\x00\xff\xff\xff\xff{}"s), std::runtime_error,
                      "header of 4294967295 bytes");
  const auto refused = [](const std::string& dict, const char* part) {
    CHECK_THROWS_SAYING(parsed_npy(dict, "\0\0\0\0"s), std::runtime_error, part);
  };
  refused(dict_of("<f3", "(2,)"), "type \"<f3\" is not supported");
  refused(dict_of("|f4", "(1,)"), "not supported");
  refused(dict_of("<U1", "(1,)"), "type \"<U1\" is not supported");
  refused(dict_of("", "(1,)"), "not supported");
  refused(dict_of("|O", "(1,)"), "not supported");
  refused(dict_of("<c8", "(1,)"), "not supported");
  refused("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }",
          "type \"[('a', '<i4')]\" is not supported");
  refused("{'descr': [(']', '<i4'), 'fortran_order': False, 'shape': (1,), }", "expected a type as 'descr'");
  refused(dict_of("<i4", "(2,)"), "shape (2) takes 8 bytes, the file has 4");
  refused(dict_of("|i1", "(3,)"), "shape (3) takes 3 bytes, the file has 4");
  refused(dict_of("<i4", "(-1,)"), "expected a dim");
  refused(dict_of("<i4", "(1)"), "no tuple");
  refused(dict_of("<i4", "1"), "expected '('");
  refused(dict_of("<i4", "(1, 2"), "expected");
  refused(dict_of("<i4", "(99999999999999999999,)"), "expected a dim");
  refused(dict_of("<i4", "(4611686018427387904, 4)"), "too large");
  refused(dict_of("<i4", "(0, 4611686018427387904, 4)"), "too large");
  refused("{'descr': '<i4', 'fortran_order': False}", "lacks 'shape'");
  refused("{'descr': '<i4', 'shape': (1,)}", "lacks 'fortran_order'");
  refused("{}", "lacks 'descr'");
  refused("{'descr': '<i4', 'descr': '<i4'}", "twice");
  refused("{'magic': '<i4'}", "unknown key");
  refused("{'descr: <i4}", "expected a key");
  refused("{'descr': '<i4', 'fortran_order': 0, 'shape': (1,)}", "expected True or False");
  refused(dict_of("<i4", "(1,)") + "{}", "goes on after its dict");
  refused("", "expected '{'");
}

TEST_CASE("read_npy: cut anywhere, longer by a byte") {
  for (std::size_t n = 0; n < two_by_two.size(); ++n) {
    CAPTURE(n);
    CHECK_THROWS_AS(parsed_npy(two_by_two.substr(0, n)), std::runtime_error);
  }
  CHECK_THROWS_SAYING(parsed_npy(two_by_two + "x"), std::runtime_error, "takes 16 bytes, the file has 17");
}

TEST_CASE("read_npy: any byte of the header replaced") {
  for (std::size_t at = 0; at < 128; ++at)
    for (const char c : {'\0', '\xff', '9', '(', '\'', ' '}) {
      std::string bytes = two_by_two;
      bytes[at] = c;
      try {
        parsed_npy(bytes);
      } catch (const std::runtime_error&) {
      }
    }
}

TEST_CASE("write_npy: NumPy's bytes, and back") {
  const temporary_folder folder;
  write_npy(folder / "a.npy", tensor({2, 2}, {1, 2, 3, 4}));
  CHECK(file_text(folder / "a.npy") == two_by_two);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<any_tensor> all{tensor({3}, {nan, -0.0F, 1e-45F}),
                                    tensor({0}),
                                    tensor({0, 5}),
                                    tensor({4, 0}),
                                    basic_tensor<double>({1, 2, 1}, {1e300, -5}),
                                    basic_tensor<std::int32_t>({2}, {std::numeric_limits<std::int32_t>::min(), 7}),
                                    basic_tensor<std::int64_t>({2, 1}, {std::numeric_limits<std::int64_t>::min(), 7}),
                                    basic_tensor<bool>({2, 2}, {true, false, false, true})};
  for (const any_tensor& t : all) {
    write_npy(folder / "b.npy", t);
    CHECK(same_any(read_npy(folder / "b.npy"), t));
    CHECK(file_text(folder / "b.npy").find('\n') % 64 == 63);
  }
  CHECK(folder.num_files() == 2);
  CHECK_THROWS_SAYING(write_npy(folder / "c.npy", tensor()), std::invalid_argument,
                      "[write_npy] a tensor without storage");
  CHECK(folder.num_files() == 2);
}

TEST_CASE("read_npy_as: exactly that type") {
  const temporary_folder folder;
  write_npy(folder / "a.npy", tensor({1}, {2}));
  CHECK(read_npy_as<float>(folder / "a.npy").item() == 2);
  CHECK_THROWS_SAYING(read_npy_as<double>(folder / "a.npy"), std::runtime_error, "holds float, expected double");
}

TEST_CASE("read_npy_integers: of any width, and nothing else") {
  const temporary_folder folder;
  const auto file = folder / "a.npy";
  const basic_tensor<std::int64_t> wide({2}, {3, -4});
  write_npy(file, cast<std::int32_t>(wide));
  CHECK(same_any(read_npy_integers(file), wide));
  write_npy(file, wide);
  CHECK(same_any(read_npy_integers(file), wide));
  write_npy(file, tensor({1}, {1}));
  CHECK_THROWS_SAYING(read_npy_integers(file, "mine"), std::runtime_error, "holds float, expected integers");
  CHECK_THROWS_SAYING(read_npy_integers(file, "mine"), std::runtime_error, "[mine]");
}

TEST_CASE("read_npy: the data sets") {
  const auto cora = shared_file("data/cora/edges.npy");
  const auto aifb = shared_file("data/aifb/triples.npy");
  const auto mutag = shared_file("data/tu-mutag/graph_node_offsets.npy");
  if (cora.empty() || aifb.empty() || mutag.empty()) return;
  CHECK(read_npy_as<std::int64_t>(cora).shape() == shape_type{10556, 2});
  CHECK(read_npy_as<std::int64_t>(aifb).shape() == shape_type{29043, 3});
  const auto offsets = read_npy_as<std::int64_t>(mutag);
  CHECK(offsets.size() == 189);
  CHECK(offsets.at(188) == 3371);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(shared_folder() / "data"))
    if (entry.path().extension() == ".npy") {
      CAPTURE(entry.path().string());
      CHECK(shape_of(read_npy(entry.path())).size() >= 1);
      ++count;
    }
  CHECK(count > 20);
}

}  // namespace
}  // namespace edgefold
