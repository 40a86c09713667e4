/// Dropout as a part of a module.
#pragma once
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/tensor/features.hpp>

namespace edgefold {

/// While training, sets elements to 0 with probability p and the others to x / (1 - p) (Srivastava et al. 2014); else
/// leaves x alone. Each call draws anew: from the seed, the stream and the number of calls before it.
struct dropout_layer {
  double p = 0;
  std::uint64_t seed = 0, stream = 0;
  bool training = true;
  mutable std::uint64_t calls = 0;  ///< that drew; whoever resumes a training sets it to what it was

  /// Throws unless 0 <= p <= 1.
  explicit dropout_layer(double probability = 0, std::uint64_t seed = 0, std::uint64_t stream = 0);

  void visit(auto&) {}
  /// Whether a call changes anything.
  bool active() const { return training && p > 0; }
  tensor operator()(const tensor& x) const;
  features operator()(const features& x) const;
  tensor operator()(const const_column& c) const { return (*this)(c.as()); }

 private:
  std::uint64_t own_seed() const;
  template <class X>
  X apply(const X& x) const;
};

}  // namespace edgefold
