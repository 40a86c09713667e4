/// How well scores order: what link prediction is measured by.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold {

// Scores are float or double; nothing here is on the tape. All throw for a NaN, and where there is nothing to measure.

/// The area under the ROC curve: how often a positive scores above a negative, equal scores counting half (Hanley,
/// McNeil 1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve"). Exact, from
/// the sorted scores. One score and one label an item, in any shape of as many elements. Throws unless there are
/// positives (true) and negatives.
template <std::floating_point T>
double auc(const basic_tensor<T>& scores, const basic_tensor<bool>& labels);

/// The rank of candidate answers[i] by row i of scores (queries, candidates): 1 is the best, and equal scores share the
/// mean of their ranks, so that constant ones rank in the middle. Left out are the candidates that edges of `known`,
/// from queries to candidates, lead to, but never the answer: the filtered ranks of Bordes et al. 2013 ("Translating
/// embeddings for modeling multi-relational data"); without edges they are the raw ones. Gives (queries).
template <std::floating_point T>
basic_tensor<double> filtered_ranks(const basic_tensor<T>& scores, const id_list& answers, const graph& known);

/// The same where a score is the product of a row of queries (queries, features) and one of candidates (candidates,
/// features), which are multiplied in blocks: all scores at once may not fit in memory.
template <std::floating_point T>
basic_tensor<double> filtered_ranks(const basic_tensor<T>& queries, const basic_tensor<T>& candidates,
                                    const id_list& answers, const graph& known);

/// The share of ranks up to k, from 0 to 1. Throws for k below 1.
double hits_at(const basic_tensor<double>& ranks, std::int64_t k);

/// The mean of 1 / rank. Throws for a rank below 1.
double mean_reciprocal_rank(const basic_tensor<double>& ranks);

}  // namespace edgefold
