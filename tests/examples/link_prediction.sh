#!/usr/bin/env bash
# link_prediction.sh PROGRAM small|terminal|refusals|data: on graphs and triples written here, at a terminal, what it refuses,
# and a few epochs on the data sets of EDGEFOLD_SHARED.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"

# trains OPTION...: succeeds and writes scores.
trains() { "$program" "$@" --json scores.json >printed 2>errors || fail "$*: $(cat errors)"; }
score() { sed -n "s/.*\"$1\": \([0-9.]*\),*$/\1/p" scores.json; }
# is KEY OPERATOR NUMBER: holds for a score.
is() { awk "BEGIN { exit !(\"$(score "$1")\" != \"\" && $(score "$1") $2 $3) }" || fail "$1 is $(score "$1"), expected $2 $3: $(cat printed)"; }

# Eight groups of eight vertices; all within a group are joined.
write_groups() {
  local g u v
  for ((g = 0; g < 64; g += 8)); do
    for ((u = g; u < g + 8; ++u)); do
      for ((v = u + 1; v < g + 8; ++v)); do echo "$u $v"; done
    done
  done
}
# 400 edges of a linear congruential generator between 60 vertices: nothing to learn.
write_noise() { awk 'BEGIN { for (x = 1; n < 800; ++n) { x = (x * 16807) % 2147483647; printf "%d%s", x / 2147483647 * 60, n % 2 ? "\n" : " " } }'; }
# Entities 0 .. 39 of four groups: each belongs (0) to its group's entity, 40 .. 43, and knows (1) four of its group.
write_triples() {
  local triples=() i k
  mkdir "$1"
  for ((i = 0; i < 40; ++i)); do
    triples+=("$i" 0 $((40 + i % 4)))
    for k in 4 8 12 16; do triples+=("$i" 1 $(((i + k) % 40))); done
  done
  array "$1/triples.npy" '(200, 3)' "${triples[@]}"
  echo '{"num_entities": 44}' >"$1/meta.json"
  for k in train test; do
    array "$1/${k}_idx.npy" '(1,)' 0
    array "$1/${k}_labels.npy" '(1,)' 0
  done
}
# Refused, and no scores written.
refuses() {
  rm -f refused.json
  refused "$1" --json refused.json "${@:2}"
  [[ ! -e refused.json ]] || fail "${*:2}: writes scores"
}

write_groups >groups.txt
write_triples triples
case $part in
  small)
    for encoder in sage gcn none; do
      trains --data groups.txt --encoder $encoder --width 16 --epochs 60
      is auc_mean '>' 0.9
      is hits@10_mean '>' 0.9
      is mrr_mean '>' 0.5
    done
    write_noise >noise.txt  # held-out edges that cannot be told from false ones, unless they pass messages or are trained on
    trains --data noise.txt --width 16 --epochs 60 --seeds 3
    is auc_mean '<' 0.7
    is auc_mean '>' 0.3
    [[ $(score seeds) == 3 && $(grep -c '; 0 of these pass messages' printed) == 3 ]] || fail "$(cat printed)"
    for encoder in rgcn none; do
      trains --data triples --encoder $encoder --width 16 --epochs 100
      is mrr_mean '>' 0.3
      is hits@10_mean '>' 0.7
    done
    trains --data triples --width 16 --epochs 3 --bases 2 --seeds 2
    is seeds '==' 2
    { echo '%%MatrixMarket matrix coordinate pattern symmetric' && echo '64 64 224' && awk '{ print $2 + 1, $1 + 1 }' groups.txt; } >groups.mtx
    for data in groups.txt groups.mtx triples; do
      for threads in 1 2; do trains --data $data --width 16 --epochs 5 --threads $threads --save "${data%.*}.$threads"; done
      cmp "${data%.*}.1" "${data%.*}.2" || fail "$data: weights depend on the number of threads"
      [[ $data != groups.txt ]] || mv groups.1 text
    done
    stops INT 130 --data groups.txt --epochs 1000000 --json stopped.json
    stops TERM 143 --data triples --epochs 1000000 --json stopped.json
    [[ ! -e stopped.json ]] || fail 'writes scores of a training that was stopped'
    cmp text groups.1 || fail "a .mtx file gives other weights than an edge list"
    ;;
  terminal)
    has_terminal || exit 0
    for columns in 0 25 60; do fits $columns 'epoch' --data groups.txt --epochs 3; done
    ;;
  refusals)
    refuses 'nowhere: no such file or folder' --data nowhere
    refuses '--encoder' --data groups.txt --encoder gat
    refuses '--encoder rgcn is not for undirected edges' --data groups.txt --encoder rgcn
    refuses '--encoder sage is not for triples' --data triples --encoder sage
    refuses '--bases says nothing' --data groups.txt --bases 2
    refuses '--layers says nothing' --data groups.txt --encoder none --layers 2
    refuses '--width' --data groups.txt --width 0
    refuses '--test' --data groups.txt --test 1.5
    refuses '224 links give 0 to train' --data groups.txt --test 0.5 --validation 0.5
    refuses '0 to test' --data groups.txt --test 0
    echo '0 0' >loop.txt
    refuses '0 links' --data loop.txt
    echo '0 x' >broken.txt
    refuses 'line 1' --data broken.txt
    mkdir empty
    refuses 'edges.txt' --data empty
    cp -r triples cut && array cut/triples.npy '(3, 2)' 0 0 1 1 2 2
    refuses 'expected (triples, 3)' --data cut
    ;;
  data)
    has_shared data/snap-ca-GrQc data/aifb || exit 0
    trains --data "$shared/data/snap-ca-GrQc" --epochs 40
    is auc_mean '>' 0.85
    is mrr_mean '>' 0.2
    trains --data "$shared/data/aifb" --encoder none --epochs 40
    is mrr_mean '>' 0.1
    ;;
  *) echo "link_prediction.sh: unknown part $part" >&2 && exit 2 ;;
esac
((failures == 0))
