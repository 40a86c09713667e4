/// First values of parameters. By Philox, as all random numbers here (core/random.hpp): element i depends on the seed,
/// the stream and i alone. Give each parameter a stream of its own.
#pragma once
#include <edgefold/core/random.hpp>

namespace edgefold {

/// Uniform in [-b, b) with b = sqrt(6 / ((1 + a^2) fan_in)), where a is the slope below 0 of the leaky ReLU that
/// follows (He, Zhang, Ren, Sun 2015, "Delving deep into rectifiers"). The a of sqrt(5) that torch gives its Linear and
/// convolution layers, weights and biases, makes b = 1 / sqrt(fan_in); for a ReLU it is 0. `fan_in`: how many inputs
/// an output is computed from; at least 1.
tensor kaiming_uniform(shape_type shape, std::int64_t fan_in, std::uint64_t seed, std::uint64_t stream = 0,
                       double negative_slope = 2.2360679774997897);

/// Uniform in [-b, b) with b = gain sqrt(6 / (fan_in + fan_out)) (Glorot, Bengio 2010, "Understanding the difficulty of
/// training deep feedforward neural networks"). As in torch, a shape (out, in, rest...) has a fan_in of in * rest and a
/// fan_out of out * rest; throws for a shape of fewer than two dims, and a gain that is not positive and finite.
tensor xavier_uniform(shape_type shape, std::uint64_t seed, std::uint64_t stream = 0, double gain = 1);

/// The same paper's with a normal distribution: mean 0, standard deviation gain sqrt(2 / (fan_in + fan_out)).
tensor xavier_normal(shape_type shape, std::uint64_t seed, std::uint64_t stream = 0, double gain = 1);

/// Normal with a mean and a standard deviation of at least 0.
tensor normal(shape_type shape, double mean, double standard_deviation, std::uint64_t seed, std::uint64_t stream = 0);

}  // namespace edgefold
