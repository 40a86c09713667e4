// edge_softmax and segment_reduce against DGL 2.1.
#include <edgefold/core/io/npz.hpp>
#include <edgefold/ops/segment.hpp>

#include <support/shared.hpp>
#include <support/tensors.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using arrays = std::map<std::string, any_tensor>;
using ids = basic_tensor<std::int64_t>;

constexpr double softmax_tolerance = 1e-5;

arrays reference(const std::string& name) {
  const std::filesystem::path path = shared_file("reference/" + name + ".npz");
  return path.empty() ? arrays() : read_npz(path);
}

void check_softmax(const std::string& name) {
  const arrays a = reference(name);
  if (a.empty()) return;
  const graph g =
      graph::from_coo(std::get<ids>(a.at("src")), std::get<ids>(a.at("dst")), std::get<ids>(a.at("num_nodes")).item());
  for (const std::string shape : {"1", "4", "3x2"})
    for (const std::string by : {"dst", "src"}) {
      const std::string key = "softmax_" + by + "_" + shape;
      CAPTURE(key);
      tensor in = std::get<tensor>(a.at(key + "_in"));
      in.set_requires_grad();
      const tensor out = edge_softmax(g, in, by == "dst" ? norm_by::dst : norm_by::src);
      CHECK(relative_difference(out, std::get<tensor>(a.at(key))) <= softmax_tolerance);
      out.backward(std::get<tensor>(a.at(key + "_up")));
      CHECK(relative_difference(in.grad(), std::get<tensor>(a.at(key + "_d"))) <= softmax_tolerance);
    }
}

void check_segments(const std::string& name) {
  const arrays a = reference(name);
  if (a.empty()) return;
  const id_list lengths(std::get<ids>(a.at("segment_lens")));
  const auto x = std::get<tensor>(a.at("segment_in"));
  const auto expected = [&](const std::string& r) { return std::get<tensor>(a.at("segment_" + r)); };
  CHECK(relative_difference(segment_reduce(lengths, x, reduce::sum{}), expected("sum")) <= softmax_tolerance);
  CHECK(relative_difference(segment_reduce(lengths, x, reduce::mean{}), expected("mean")) <= softmax_tolerance);
  CHECK(relative_difference(segment_reduce(lengths, x, reduce::max{}), expected("max")) <= softmax_tolerance);
  CHECK(relative_difference(segment_reduce(lengths, x, reduce::min{}), expected("min")) <= softmax_tolerance);
}

TEST_CASE("reference: edge_softmax, small graph") { check_softmax("softmax_segment_small"); }
TEST_CASE("reference: edge_softmax, mid graph") { check_softmax("softmax_segment_mid"); }
TEST_CASE("reference: segment_reduce, small") { check_segments("softmax_segment_small"); }
TEST_CASE("reference: segment_reduce, mid") { check_segments("softmax_segment_mid"); }

}  // namespace
}  // namespace edgefold
