#!/usr/bin/env bash
# message_passing.sh PROGRAM small|terminal|data: the program on graphs written here, at a terminal, or on the data sets
# of EDGEFOLD_SHARED.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"

# values FILE [TYPE]: the numbers of a .npy in one line, rounded to 4 places.
values() {
  local header
  header=$(od -An -tu2 -j8 -N2 "$1")
  od -An -v -w4096 -t "${2:-f4}" -j $((10 + header)) "$1" |
    awk '{ for (i = 1; i <= NF; ++i) printf "%s%s", n++ ? " " : "", $i ~ /[na]/ ? $i : sprintf("%.4f", $i) * 1 }
         END { print "" }'
}
total() { values "$1" | tr ' ' '\n' | awk '{ s += $1 } END { printf "%.1f\n", s }'; }

# gives EXPECTED OPTION...: the values of the result.
gives() {
  local expected=$1 type=f4 found
  shift
  [[ " $* " == *" any "* || " $* " == *" all "* ]] && type=u1
  if ! "$program" --repeat 1 --output out.npy "$@" >printed; then fail "$* (does not run)"; return; fi
  found=$(values out.npy $type)
  [[ $found == "$expected" ]] || fail "$*: expected $expected, found $found"
}
# prints LINE OPTION...: among what is printed.
prints() {
  local line=$1
  shift
  "$program" --repeat 1 "$@" >printed || fail "$* (does not run)"
  grep -qxF "$line" printed || fail "$*: does not print \"$line\": $(cat printed)"
}
# refuses WORDS OPTION...: nothing on stdout, one line with these words on stderr, exit code 2, no file.
refuses() {
  rm -f refused.npy
  refused "$1" --output refused.npy "${@:2}"
  [[ ! -s printed && ! -e refused.npy ]] || fail "${*:2}: prints, or writes: $(cat printed)"
}

small_graphs() {
  printf '# a comment\n0 1 1\n0 2 0.5\n2 1 2\n3 1 4\n' >g.txt  # vertex 4 has no edges; 0, 3 and 4 no in-edges
  printf '0,1,1\n0,2,0.5\n2,1,2\n3,1,4\n' >g.csv
  printf '%%%%MatrixMarket matrix coordinate pattern general\n5 5 4\n1 2\n1 3\n3 2\n4 2\n' >g.mtx
  array g.npy '(4, 2)' 0 1 0 2 2 1 3 1
  array h.npy '(5, 2)' 1 2 3 4 5 6 7 9 0 0
  array e.npy '(4, 1)' 1 2 3 4
  array heads.npy '(4, 2, 1)' 1 10 1 10 1 10 1 10
  array deep.npy '(5, 1, 2)' 1 2 3 4 5 6 7 9 0 0
  array flat.npy '(5,)' 1 2 3 4 5
}

messages_and_reducers() {
  local g=(--graph g.txt --vertices 5 --lhs h.npy) file
  for file in g.txt g.csv g.mtx g.npy; do
    gives '0 0 13 17 1 2 0 0 0 0' --graph $file --vertices 5 --lhs h.npy --message copy_u --reduce sum
  done
  gives '0 0 4.3333 5.6667 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce mean
  gives '0 0 7 9 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce max
  gives '0 0 1 2 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce min
  gives '1 1 35 108 1 2 1 1 1 1' "${g[@]}" --message copy_u --reduce prod
  gives '0 0 6.2222 8.2222 0 0 0 0 0 0' "${g[@]}" --message copy_u --reduce var
  gives '0 0 2.4944 2.8674 0 0 0 0 0 0' "${g[@]}" --message copy_u --reduce std
  gives '0 0 7.1291 9.0495 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce log_sum_exp
  gives '0 0 6.749 8.8518 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce softmax
  gives '0 0 5 6.3509 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce power_mean:2
  gives '0 0 5 6 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce median
  gives '0 0 6 7.5 1 2 0 0 0 0' "${g[@]}" --message copy_u --reduce quantile:0.75
  gives '0 0 1 1 1 1 0 0 0 0' "${g[@]}" --message copy_u --reduce any
  gives '1 1 1 1 1 1 1 1 1 1' "${g[@]}" --message copy_u --reduce all
  gives '2 3 0.6667 0.5' --graph g.txt --vertices 5 --message v_div_u --reduce none --lhs flat.npy --rhs flat.npy
}

operands_and_shapes() {
  local g=(--graph g.txt --vertices 5)
  gives '1 2 2 4 15 18 28 36' "${g[@]}" --message u_mul_e --reduce none --lhs h.npy --rhs e.npy
  gives '1 0.5 2 4' "${g[@]}" --message copy_e --reduce none --lhs weight
  gives '-2 -3 -3 -4 0 -1 1 0' "${g[@]}" --message e_sub_v --reduce none --lhs e.npy --rhs h.npy
  gives '11 17 39 57' "${g[@]}" --message u_dot_v --reduce none --lhs h.npy --rhs h.npy
  gives '3 4 5 6 3 4 3 4' "${g[@]}" --message copy_v --reduce none --lhs h.npy
  gives '1 2 10 20 1 2 10 20 5 6 50 60 7 9 70 90' "${g[@]}" --message e_mul_u --reduce none --lhs heads.npy \
    --rhs deep.npy
  prints 'output      (5, 2, 2) float' "${g[@]}" --message e_mul_u --reduce max --lhs heads.npy --rhs deep.npy
  prints 'output      (5, 3) float' "${g[@]}" --message u_add_v --reduce sum --features 3
  prints 'output      (5, 2) bool' "${g[@]}" --message copy_u --reduce any --lhs h.npy
  prints 'in-degrees  least 0, median 0, greatest 3, zero at 3 vertices' "${g[@]}" --message copy_u --reduce sum
  prints 'vertices    4' --graph g.txt --message copy_u --reduce sum
  printf '%%%%MatrixMarket matrix coordinate pattern general\n2 3 2\n1 3\n2 3\n' >wide.mtx
  prints 'vertices    2 sources, 3 destinations' --graph wide.mtx --message u_add_v --reduce sum
  : >none.txt
  prints 'output      (0, 16) float' --graph none.txt --vertices 0 --message u_add_v --reduce sum
}

# A result depends on the seed and on nothing that the machine decides.
threads_and_seeds() {
  local run=("$program" --graph g.txt --repeat 1 --message u_mul_v --reduce softmax --features 33)
  "${run[@]}" --threads 1 --output one.npy >printed
  "${run[@]}" --threads 3 --output three.npy >printed
  "${run[@]}" --seed 1 --output other.npy >printed
  cmp one.npy three.npy || fail 'the result depends on the threads'
  ! cmp -s one.npy other.npy || fail 'the result does not depend on the seed'
}

at_a_terminal() {
  has_terminal || return 0
  local long=a_name_that_does_not_fit_into_a_narrow_terminal
  echo '0 1' >$long-ä.txt
  fits 30 'reading a_name' --graph $long-ä.txt --vertices 5 --message copy_u --reduce sum
}

bad_input() {
  local g=(--graph g.txt --vertices 5)
  : >none.txt
  refuses 'there is no edge' --graph none.txt --message copy_u --reduce sum
  refuses 'copy_u, copy_v, copy_e, u_add_v' "${g[@]}" --message u_pow_v --reduce sum
  refuses 'u_add_v' "${g[@]}" --message u_add_u --reduce sum
  refuses 'none, sum, mean, max' "${g[@]}" --message copy_u --reduce total
  refuses 'takes no number' "${g[@]}" --message copy_u --reduce sum:2
  refuses 'number' "${g[@]}" --message copy_u --reduce quantile:x
  refuses 'q is 2' "${g[@]}" --message copy_u --reduce quantile:2
  refuses '--rhs' "${g[@]}" --message copy_u --reduce sum --rhs h.npy
  refuses '--nonsense' "${g[@]}" --message copy_u --reduce sum --nonsense
  refuses '--message' "${g[@]}" --reduce sum
  refuses 'missing.npy' "${g[@]}" --message copy_u --reduce sum --lhs missing.npy
  refuses 'missing.txt' --graph missing.txt --message copy_u --reduce sum
  refuses 'expected 0 .. 2' --graph g.txt --vertices 3 --message copy_u --reduce sum
  refuses '5' "${g[@]}" --message copy_u --reduce sum --lhs e.npy
  refuses '"feat"' "${g[@]}" --message copy_u --reduce sum --lhs feat
  refuses 'broadcast' "${g[@]}" --message u_add_v --reduce sum --lhs h.npy --features 3
  refuses 'last dims' "${g[@]}" --message u_dot_e --reduce sum --lhs h.npy --rhs e.npy
  mkdir -p folder.npy empty_folder
  refuses 'folder.npy' "${g[@]}" --message copy_u --reduce sum --lhs folder.npy
  refuses 'empty_folder' --graph empty_folder --message copy_u --reduce sum
  head -c 40 h.npy >broken.npy
  head -c -1 h.npy >short.npy
  refuses 'broken.npy' "${g[@]}" --message copy_u --reduce sum --lhs broken.npy
  refuses 'short.npy' "${g[@]}" --message copy_u --reduce sum --lhs short.npy
  printf '0 1\n0 x\n' >letters.txt
  refuses '2' --graph letters.txt --message copy_u --reduce sum
  local option
  for option in '--features 0' '--repeat 0' '--threads 0' '--vertices -2' '--seed x'; do
    # shellcheck disable=SC2086
    refuses "${option% *}" --graph g.txt --message copy_u --reduce sum $option
  done
}

unwritable_output() {
  local code=0 run=("$program" --repeat 1 --graph g.txt --message copy_u --reduce none)
  "${run[@]}" --output absent/out.npy >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 ]] || fail "a missing folder for the output: $code, $(cat errors)"
  echo old >kept.npy
  code=0
  (ulimit -f 1 && "${run[@]}" --features 4000 --output kept.npy) >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 && $(cat kept.npy) == old ]] || fail "a file limit: $code, $(cat errors)"
}

data_sets() {
  has_shared data || return 0
  local data=$shared/data expected
  local cora=(--graph "$data/cora") grqc=(--graph "$data/snap-ca-GrQc")
  prints 'vertices    2708' "${cora[@]}" --message copy_u --reduce sum
  prints 'edges       10556' "${cora[@]}" --message copy_u --reduce sum
  prints 'in-degrees  least 1, median 3, greatest 168, zero at 0 vertices' "${cora[@]}" --message copy_u --reduce sum
  prints 'output      (2708, 1433) float' "${cora[@]}" --message copy_u --reduce mean --lhs feat
  prints 'output      (10556, 1) float' "${cora[@]}" --message u_dot_v --reduce none --lhs feat --rhs feat \
    --output dot.npy
  adds_up 31922.0 dot.npy
  prints 'output      (2708, 1) float' "${cora[@]}" --message copy_u --reduce max --lhs label --output max.npy
  adds_up 8874.0 max.npy
  prints 'edges       14484' "${grqc[@]}" --message u_mul_v --reduce std
  prints 'in-degrees  least 0, median 1, greatest 64, zero at 1399 vertices' "${grqc[@]}" \
    --message e_div_v --reduce median
  prints 'edges       156' --graph "$data/mtx/karate.mtx" --message e_dot_u --reduce none
  prints 'edges       4252' --graph "$data/mtx/USAir97.mtx" --message copy_e --reduce sum --lhs weight --output sum.npy
  expected=$(tr -d ' ,' <"$data/mtx/meta.json" |
    awk -F: '/"USAir97"/ { here = 1 } here && /value_sum/ { printf "%.1f", $2; exit }')
  adds_up "$expected" sum.npy
}
adds_up() { [[ $(total "$2") == "$1" ]] || fail "$2 adds up to $(total "$2"), expected $1"; }

case $part in
  small)
    small_graphs
    messages_and_reducers
    operands_and_shapes
    threads_and_seeds
    bad_input
    unwritable_output
    ;;
  terminal) at_a_terminal ;;
  data) data_sets ;;
  *) echo "usage: message_passing.sh PROGRAM small|terminal|data" >&2 && exit 2 ;;
esac
((failures == 0))
