/// Learning rates that fall: `optimizer.lr = schedule(epoch)`. Epochs count from 0; a negative one is an error.
#pragma once
#include <cstdint>

namespace edgefold {

/// lr0 * gamma^floor(epoch / step_size); throws for a step_size below 1.
struct step_lr {
  double lr0;              ///< at epoch 0
  std::int64_t step_size;  ///< in epochs
  double gamma = 0.1;      ///< the factor of a step
  /// The learning rate of an epoch.
  double operator()(std::int64_t epoch) const;
};

/// lr0 * gamma^epoch.
struct exponential_lr {
  double lr0,  ///< at epoch 0
      gamma;   ///< the factor of an epoch
  /// The learning rate of an epoch.
  double operator()(std::int64_t epoch) const;
};

/// Half a cosine from lr0 at epoch 0 to lr_min at epoch `total` (Loshchilov, Hutter 2017, "SGDR", without restarts),
/// and lr_min from then on (where torch's rises again). Throws for a total below 1.
struct cosine_lr {
  double lr0;          ///< at epoch 0
  std::int64_t total;  ///< in epochs
  double lr_min = 0;   ///< at the end
  /// The learning rate of an epoch.
  double operator()(std::int64_t epoch) const;
};

}  // namespace edgefold
