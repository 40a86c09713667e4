#include <edgefold/core/grad.hpp>

#include <edgefold/core/autograd.hpp>

namespace edgefold {
namespace {

template <class T>
std::vector<std::shared_ptr<detail::tape_node>> nodes_of(const std::vector<basic_tensor<T>>& tensors,
                                                         std::string_view what) {
  std::vector<std::shared_ptr<detail::tape_node>> nodes;
  for (const auto& t : tensors) {
    check(t.requires_grad(), "grad", what, " ", nodes.size(),
          " is not on the tape: neither set_requires_grad() nor an operation on what requires a gradient has put it "
          "there");
    nodes.push_back(detail::tape_access<T>::node(t));
  }
  return nodes;
}

template <class T>
std::vector<basic_tensor<T>> seeds_of(const std::vector<basic_tensor<T>>& outputs, std::vector<basic_tensor<T>> seeds) {
  check(seeds.empty() || seeds.size() == outputs.size(), "grad", "there are ", seeds.size(), " seeds, expected ",
        outputs.size(), ", one for each output");
  seeds.resize(outputs.size());
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const shape_type& shape = outputs[i].shape();
    if (!seeds[i].defined()) {
      check(outputs[i].size() == 1, "grad", "output ", i, " has the shape ", shape, " and needs a seed of that shape");
      seeds[i] = full<T>(shape, T(1));
    }
    check(seeds[i].shape() == shape, "grad", "seed ", i, " has the shape ", seeds[i].shape(), ", expected ", shape);
  }
  return seeds;
}

template <class T>
std::vector<basic_tensor<T>> gradients(const std::vector<basic_tensor<T>>& outputs,
                                       const std::vector<basic_tensor<T>>& inputs, const grad_options<T>& options) {
  check(!outputs.empty(), "grad", "there are no outputs");
  const auto roots = nodes_of(outputs, "output"), targets = nodes_of(inputs, "input");
  const auto seeds = seeds_of(outputs, options.seeds);
  auto node = [](const auto& n) -> detail::grad_node<T>& { return static_cast<detail::grad_node<T>&>(*n); };
  std::vector<basic_tensor<T>> results(inputs.size());
  detail::run_backward_to(
      targets, roots,
      [&] {
        for (std::size_t i = 0; i < roots.size(); ++i) node(roots[i]).add(seeds[i].detach());
      },
      [&](std::size_t i) { results[i] = node(targets[i]).arrived(); });
  // Of the caller's seed, or of one gradient given to several.
  for (auto& r : results)
    if (r.defined() && !detail::tape_access<T>::alone(r)) r = r.clone();
  return results;
}

}  // namespace

std::vector<basic_tensor<float>> grad(const std::vector<basic_tensor<float>>& outputs,
                                      const std::vector<basic_tensor<float>>& inputs,
                                      const grad_options<float>& options) {
  return gradients(outputs, inputs, options);
}
std::vector<basic_tensor<double>> grad(const std::vector<basic_tensor<double>>& outputs,
                                       const std::vector<basic_tensor<double>>& inputs,
                                       const grad_options<double>& options) {
  return gradients(outputs, inputs, options);
}

}  // namespace edgefold
