/// Dropout as a part of a module.
#pragma once
#include <edgefold/models/train/module.hpp>
#include <edgefold/ops/tensor/features.hpp>

namespace edgefold {

/// While training, sets elements to 0 with probability p and the others to x / (1 - p) (Srivastava et al. 2014); else
/// leaves x alone. Each call draws anew: from the seed, the stream and the number of calls before it.
struct dropout_layer {
  double p = 0;                     ///< the probability of a 0
  std::uint64_t seed = 0,           ///< of the random numbers
      stream = 0;                   ///< give each layer one of its own
  bool training = true;             ///< set by `set_training`
  mutable std::uint64_t calls = 0;  ///< that drew; whoever resumes a training sets it to what it was

  /// Throws unless 0 <= p <= 1.
  explicit dropout_layer(double probability = 0, std::uint64_t seed = 0, std::uint64_t stream = 0);

  /// There is no tensor to name.
  void visit(auto&) {}
  /// Whether a call changes anything.
  bool active() const { return training && p > 0; }
  /// x of any shape gives the same shape; where the layer is not `active`, x itself.
  tensor operator()(const tensor& x) const;
  /// The same; of a sparse matrix, of the elements that it keeps.
  features operator()(const features& x) const;
  /// The same of a column.
  tensor operator()(const const_column& c) const { return (*this)(c.as()); }

 private:
  std::uint64_t own_seed() const;
  template <class X>
  X apply(const X& x) const;
};

}  // namespace edgefold
