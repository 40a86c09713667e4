// What every test file includes; parsed once.
#include <doctest/doctest.h>

#include <edgefold/core/graph.hpp>

#include <support/shared.hpp>
#include <support/tensors.hpp>
