// What the cases of bench_peers are made of.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include <edgefold/core/graph.hpp>
#include <edgefold/core/io/npy.hpp>

namespace edgefold::bench {

// The folders of the command line.
struct folders {
  std::filesystem::path arrays, results;
};
inline folders& places() {
  static folders f;
  return f;
}

// Arrays are read when a case first asks for them.
class input {
 public:
  explicit input(const std::string& folder) : folder_(places().arrays / folder) {}
  const tensor& operator()(const std::string& name) const {
    auto& t = read_[name];
    if (!t.defined()) t = read_npy_as<float>(folder_ / (name + ".npy"));
    return t;
  }
  basic_tensor<std::int32_t> ids(const std::string& name) const {
    return read_npy_as<std::int32_t>(folder_ / (name + ".npy"));
  }
  const graph& g() const {
    if (g_.num_edges() == 0) {
      g_ = graph::from_coo(ids("src"), ids("dst"), (*this)("x1").rows());
      g_.topology().in_edges(), g_.topology().out_edges();
    }
    return g_;
  }

 private:
  std::filesystem::path folder_;
  mutable std::map<std::string, tensor> read_;
  mutable graph g_;
};

// What is timed, and gives the result that is compared.
using operation = std::function<tensor()>;

// Registers a case; `make` reads what is not part of the time. In bench_peers.cpp.
void add(const std::string& name, const std::function<operation()>& make);

// In bench_peers_models.cpp and bench_peers_transforms.cpp.
void add_models();
void add_transforms();

}  // namespace edgefold::bench
