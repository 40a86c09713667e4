/// All shipped reducers.
#pragma once
#include <edgefold/ops/reduce_basic.hpp>
#include <edgefold/ops/reduce_compose.hpp>
#include <edgefold/ops/reduce_exp.hpp>
#include <edgefold/ops/reduce_mailbox.hpp>
#include <edgefold/ops/reduce_moments.hpp>
