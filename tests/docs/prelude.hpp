// The names that fragments of the docs use without declaring them.
#pragma once
#include <edgefold/core/boost_graph.hpp>
#include <edgefold/edgefold.hpp>

#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

using namespace edgefold;

extern graph g;               // some graph
extern hetero_graph shop;     // one of several types
extern tensor h, x, y, q, k;  // (vertices, d)
extern tensor w, s, scores;   // (edges, 1)
extern tensor u_hat;          // (edges, d)
extern tensor a;              // (1, d)
