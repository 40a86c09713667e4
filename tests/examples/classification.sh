#!/usr/bin/env bash
# classification.sh PROGRAM small|terminal|refusals|data: node_classification, graphsage, graph_classification or relational
# on a data set written here, at a terminal, what it refuses, and a few epochs on the data set of EDGEFOLD_SHARED.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"
name=$(basename "$program")

# refuses WORDS OPTION...: one line with these words on stderr, exit code 2, no scores.
refuses() {
  rm -f refused.json
  refused "$1" --json refused.json "${@:2}"
  [[ ! -e refused.json ]] || fail "${*:2}: writes scores"
}
# trains OPTION...: succeeds and writes scores.
trains() { "$program" "$@" --json scores.json >printed 2>errors || fail "$*: $(cat errors)"; }
# score KEY: a number of the scores.
score() { sed -n "s/.*\"$1\": \([0-9.]*\),*$/\1/p" scores.json; }
at_least() { awk -v is="$(score "$1")" -v least="$2" 'BEGIN { exit !(is != "" && is >= least) }' || fail "$1 is $(score "$1"): $(cat printed)"; }

# interrupted OPTION...: by either signal; no scores.
interrupted() {
  stops INT 130 "$@" --json stopped.json
  stops TERM 143 "$@" --json stopped.json
  [[ ! -e stopped.json ]] || fail "$*: writes scores of a training that was stopped"
}

repeated() { for ((i = 0; i < $2; ++i)); do echo "$1"; done; }

# Two triangles a class, joined to nothing else; vertices of class c have the word c and one of their own.
write_vertices() {
  local edges=() i
  mkdir "$1"
  for i in 0 3 6 9; do
    edges+=("$i" $((i + 1)) $((i + 1)) $((i + 2)) $((i + 2)) "$i" $((i + 1)) "$i" $((i + 2)) $((i + 1)) "$i" $((i + 2)))
  done
  array "$1/edges.npy" '(24, 2)' "${edges[@]}"
  array "$1/labels.npy" '(12,)' 0 0 0 1 1 1 0 0 0 1 1 1
  array "$1/feat_indptr.npy" '(13,)' 0 2 4 6 8 10 12 14 16 18 20 22 24
  array "$1/feat_indices.npy" '(24,)' 0 2 0 3 0 4 1 5 1 6 1 7 0 8 0 9 0 10 1 11 1 12 1 13
  printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (24,), }" >"$1/feat_values.npy"
  for ((i = 0; i < 24; ++i)); do printf '\x00\x00\x80\x3f'; done >>"$1/feat_values.npy"
  echo '{"num_nodes": 12, "num_features": 14}' >"$1/meta.json"
  array "$1/train_idx.npy" '(2,)' 0 3
  array "$1/val_idx.npy" '(4,)' 1 2 4 5
  array "$1/test_idx.npy" '(6,)' 6 7 8 9 10 11
}
# Ten rings of five and ten stars of five, the first of class 0.
write_graphs() {
  local edges=() offsets=(0) g i v
  mkdir "$1"
  for ((g = 0; g < 20; ++g)); do
    v=$((g * 5))
    for ((i = 0; i < 5; ++i)); do
      if ((g < 10)); then edges+=($((v + i)) $((v + (i + 1) % 5)) $((v + (i + 1) % 5)) $((v + i)))
      elif ((i > 0)); then edges+=("$v" $((v + i)) $((v + i)) "$v"); fi
    done
    offsets+=($((v + 5)))
  done
  array "$1/edges.npy" '(180, 2)' "${edges[@]}"
  array "$1/graph_node_offsets.npy" '(21,)' "${offsets[@]}"
  array "$1/node_labels.npy" '(100,)' $(repeated 0 50) $(repeated 1 50)
  array "$1/graph_labels.npy" '(20,)' $(repeated 0 10) $(repeated 1 10)
}
# Entities 0 .. 7 like the entity 8 or 9; their class is which.
write_triples() {
  mkdir "$1"
  array "$1/triples.npy" '(8, 3)' 0 0 8 1 0 8 2 0 8 3 0 8 4 0 9 5 0 9 6 0 9 7 0 9
  echo '{"num_entities": 10}' >"$1/meta.json"
  array "$1/train_idx.npy" '(4,)' 0 1 4 5
  array "$1/train_labels.npy" '(4,)' 0 0 1 1
  array "$1/test_idx.npy" '(4,)' 2 3 6 7
  array "$1/test_labels.npy" '(4,)' 0 0 1 1
}

vertices() {
  local model
  write_vertices set
  case $part in
    small)
      for model in gcn gat gatv2 sage gin sgc tagcn cheb appnp agnn mlp; do
        trains --data set --model "$model" --seeds 2 --epochs 30 --save "$model.safetensors"
        [[ $(score seeds) == 2 ]] || fail "$model: $(cat scores.json)"
        at_least test_accuracy_mean 99
        [[ -s $model.safetensors ]] || fail "$model: no weights"
      done
      trains --data set --threads 1 --seeds 1 --save one.safetensors
      trains --data set --threads 2 --seeds 1 --save two.safetensors --output figures
      cmp one.safetensors two.safetensors || fail "weights depend on the number of threads"
      interrupted --data set --model mlp --epochs 1000000
      locked held/.lock 'held: another run is writing there' --data set --seeds 1 --epochs 1 --output held
      [[ $(ls -A figures | paste -sd ' ') == 'embedding.svg index.html learning.svg' ]] || fail "figures: $(ls figures)"
      ;;
    refusals)
      refuses 'no such folder' --data nowhere
      refuses '--model' --data set --model gnc
      refuses '--heads' --data set --model gat --heads 0
      refuses '--hidden' --data set --hidden 0
      refuses '--dropout' --data set --dropout 1
      cp -r set empty && array empty/train_idx.npy '(0,)'
      refuses 'train_idx.npy: names no vertices' --data empty
      cp -r set range && array range/test_idx.npy '(1,)' 12
      refuses 'test_idx.npy: entry 0 holds 12, expected 0 .. 11' --data range
      cp -r set labels && sed -i 's/|u1/|i1/' labels/labels.npy && printf '\xff' | dd of=labels/labels.npy bs=1 seek=129 conv=notrunc status=none
      refuses 'labels.npy: entry 1 holds -1, expected 0 .. 999999' --data labels
      cp -r set twice && array twice/test_idx.npy '(1,)' 3
      refuses 'vertex 3 is given twice' --data twice
      cp -r set wide && echo '{"num_features": 13}' >wide/meta.json
      refuses '13' --data wide
      cp -r set cut && array cut/feat_indptr.npy '(12,)' 0 2 4 6 8 10 12 14 16 18 20 24
      refuses '11 rows of features for 12 labels' --data cut
      refuses '--layers says nothing' --data set --model appnp --layers 3
      refuses '--hidden says nothing' --data set --model sgc --hidden 8
      refuses '--heads says nothing' --data set --heads 2
      cp -r set lone && array lone/edges.npy '(0, 2)'
      trains --data lone --seeds 1 --epochs 3  # self-loops are added
      ;;
    data)
      has_shared data/cora || return 0
      trains --data "$shared/data/cora" --seeds 1 --epochs 60
      at_least test_accuracy_mean 75
      ;;
  esac
}

sampled() {
  local options
  write_vertices set
  case $part in
    small)
      for options in '--workers 0' '--workers 1 --threads 1' '--workers 3 --threads 2'; do
        # shellcheck disable=SC2086
        trains --data set --batch 1 --fan-outs 2,1 --epochs 40 $options --save weights.safetensors
        at_least test_accuracy_mean 99
        [[ -e first.safetensors ]] || cp weights.safetensors first.safetensors
        cmp first.safetensors weights.safetensors || fail "weights depend on $options"
      done
      trains --data set --batch 1 --fan-outs 2,1 --epochs 40 --seed 1 --save weights.safetensors
      ! cmp -s first.safetensors weights.safetensors || fail "weights do not depend on the seed"
      trains --data set --full-batch --epochs 40 --evaluate 7
      at_least test_accuracy_mean 99
      [[ $(grep -c validation printed) == 7 ]] || fail "evaluations: $(cat printed)"  # and the line at the end
      interrupted --data set --batch 1 --fan-outs 2,1 --epochs 1000000
      interrupted --data set --full-batch --epochs 1000000
      trains --generated --vertices 3000 --edges 100000 --fan-outs 10,-1 --batch 300 --epochs 10
      at_least test_accuracy_mean 60
      ;;
    terminal)
      has_terminal || return 0
      fits 20 'batch' --data set --batch 1 --fan-outs 2,1 --epochs 1
      ;;
    refusals)
      refuses 'expected --data or --generated'
      refuses 'excludes' --data set --generated
      refuses '--vertices' --data set --vertices 100
      refuses 'no such folder' --data nowhere
      refuses 'fan-out' --data set --fan-outs 5,0
      refuses '--fan-outs' --data set --fan-outs 5,x
      refuses '--batch' --data set --batch 0
      refuses '--workers' --data set --workers -1
      ;;
    data)
      has_shared data/cora || return 0
      trains --data "$shared/data/cora" --batch 32 --epochs 30
      at_least test_accuracy_mean 75
      ;;
  esac
}

graphs() {
  write_graphs set
  case $part in
    small)
      trains --data set --epochs 5 --steps 10 --folds 4 --batch 8
      at_least test_accuracy_mean 99
      [[ $(score folds) == 4 ]] || fail "$(cat scores.json)"
      interrupted --data set --epochs 1000000 --steps 10 --folds 2 --batch 8
      ;;
    refusals)
      refuses 'no such folder' --data nowhere
      refuses '--folds' --data set --folds 1
      refuses 'there are 20 graphs' --data set --folds 21
      refuses '--batch' --data set --batch 1
      cp -r set across && array across/edges.npy '(1, 2)' 0 5
      refuses 'edge 0 joins two graphs' --data across
      cp -r set short && array short/node_labels.npy '(99,)' $(repeated 0 99)
      refuses 'graph_node_offsets.npy' --data short
      ;;
    data)
      has_shared data/tu-mutag || return 0
      trains --data "$shared/data/tu-mutag" --epochs 3 --steps 10 --folds 2
      at_least test_accuracy_mean 60
      ;;
  esac
}

relations() {
  write_triples set
  case $part in
    small)
      trains --data set --seeds 2 --save one.safetensors --threads 1
      at_least test_accuracy_mean 99
      trains --data set --seeds 2 --save two.safetensors --threads 2
      cmp one.safetensors two.safetensors || fail "weights depend on the number of threads"
      interrupted --data set --epochs 1000000
      ;;
    refusals)
      refuses 'no such folder' --data nowhere
      refuses '--hidden' --data set --hidden 0
      cp -r set range && array range/train_idx.npy '(4,)' 0 1 4 10
      refuses 'holds 10, expected 0 .. 9' --data range
      cp -r set labels && array labels/test_labels.npy '(3,)' 0 0 1
      refuses '4 entities and 3 classes' --data labels
      cp -r set few && echo '{"num_entities": 9}' >few/meta.json
      refuses 'there are 9 entities' --data few
      ;;
    data)
      has_shared data/aifb || return 0
      trains --data "$shared/data/aifb" --seeds 1
      at_least test_accuracy_mean 80
      ;;
  esac
}

case $name in
  node_classification) vertices ;;
  graphsage) sampled ;;
  graph_classification) graphs ;;
  relational) relations ;;
  *) echo "classification.sh: unknown program $name" >&2 && exit 2 ;;
esac
((failures == 0))
