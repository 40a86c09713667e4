#!/usr/bin/env bash
# capsule_routing.sh PROGRAM numbers|figures|data: the files that the program writes, and what it refuses; its figures;
# its numbers against the reference of EDGEFOLD_SHARED.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"
mkdir nothing

# array FILE SHAPE BYTES [TYPE]: a .npy with these bytes, in printf's notation.
array() {
  local header="{'descr': '${4:-<f4}', 'fortran_order': False, 'shape': $2, }"
  while (((${#header} + 11) % 64)); do header+=' '; done
  # shellcheck disable=SC2059
  printf "\x93NUMPY\x01\x00\x$(printf %02x $((${#header} + 1)))\x00$header\n$3" >"$1"
}
header_of() { head -c $((10 + $(od -An -tu2 -j8 -N2 "$1"))) "$1" | tail -c +11; }
values() { od -An -v -w4 -t f4 -j $((10 + $(od -An -tu2 -j8 -N2 "$1"))) "$1"; }
files() { find "$1" -mindepth 1 -printf '%P\n' | LC_ALL=C sort | paste -sd ' '; }
# near FILE FILE: columns of numbers that agree to 1e-5.
near() {
  [[ -s $1 && $(wc -l <"$1") == $(wc -l <"$2") ]] && paste "$1" "$2" |
    awk '{ d = $1 - $2; if (d < 0) d = -d; if (!(d <= 1e-5 * ($2 > 1 ? $2 : $2 < -1 ? -$2 : 1))) exit 1 }'
}
# holds FILE SHAPE VALUE...: a .npy.
holds() {
  local file=$1
  header_of "$file" | grep -qF "'shape': $2" || fail "$file: shape, expected $2: $(header_of "$file")"
  values "$file" >found
  printf '%s\n' "${@:3}" >expected
  near found expected || fail "$file: found $(tr -s '\n ' ' ' <found)"
}
# refuses WORDS OPTION...: one line with these words on stderr, exit code 2, nothing in the folder.
refuses() {
  refused "$1" --output refused "${@:2}"
  [[ -z $(ls -A refused 2>/dev/null) ]] || fail "${*:2}: files are left"
}

one='\x00\x00\x80\x3f' minus_one='\x00\x00\x80\xbf'

# Both in-capsules predict 1 for the first out-capsule and opposite values for the second: worked out in test_capsule.cpp.
by_hand() {
  array u.npy '(4, 1)' "$one$one$one$minus_one"
  "$program" --in 2 --out 2 --features 1 --calls 2 --u-hat u.npy --output hand --no-figures >printed
  holds hand/coupling.npy '(2, 2, 2)' .5 .5 .5 .5 .6224593 .3775407 .6224593 .3775407
  holds hand/v.npy '(2, 2, 1)' .5 0 .6078175 0
  holds hand/b.npy '(2, 2)' 1.1078175 0 1.1078175 0
  [[ $(cat hand/entropy.csv) == $'call,mean,std\n0,0.693147'*$',0\n1,0.66284'*',0' ]] || fail "entropy: $(cat hand/entropy.csv)"
  [[ $(files hand) == 'b.npy coupling.npy entropy.csv v.npy' ]] || fail "files: $(files hand)"
  grep -q '^ *0 *0.693147 *0.000000$' printed || fail "the table: $(cat printed)"
}

# Ten calls of one iteration end where one call of ten ends; threads change nothing; the seed does.
same_runs() {
  "$program" --no-figures --output calls --threads 1 >table
  "$program" --no-figures --output iterations --calls 1 --iterations 10 >printed
  "$program" --no-figures --output threads --threads 3 >printed
  "$program" --no-figures --output seed --seed 1 >printed
  cmp calls/b.npy iterations/b.npy || fail 'ten calls are not ten iterations'
  diff -r calls threads || fail 'threads change results'
  ! cmp -s calls/b.npy seed/b.npy || fail 'the seed does nothing'
  [[ $(wc -l <calls/entropy.csv) == 11 && $(sed -n 2p calls/entropy.csv) == 0,2.302585* ]] ||
    fail "does not start at ln(10): $(cat calls/entropy.csv)"
}

# The numbers are written, one line says that the figures are not, and this is no error.
without_gnuplot() {
  PATH=$scratch/nothing "$program" --output plain >printed 2>errors || fail "without gnuplot: $(cat errors)"
  [[ $(files plain) == 'b.npy coupling.npy entropy.csv v.npy' ]] || fail "without gnuplot: $(files plain)"
  [[ $(grep -c 'figures: skipped' printed) == 1 ]] || fail "does not say what was skipped: $(cat printed)"
}

bad_input() {
  local option
  for option in '--in 0' '--out 0' '--features 0' '--calls 0' '--iterations 0' '--threads 0' '--in -3' '--in x' \
    '--seed x' '--seed -1' '--nonsense' '--in 3000000000'; do
    # shellcheck disable=SC2086
    refuses "${option% *}" $option
  done
  refuses 'stray' stray
  refuses 'missing.npy' --u-hat missing.npy
  refuses 'shape (4, 1), expected (200, 4)' --u-hat u.npy
  array double.npy '(1, 1)' '\0\0\0\0\0\0\0\0' '<f8'
  array nan.npy '(1, 1)' '\x00\x00\xc0\x7f'
  array large.npy '(1, 1)' '\x00\x00\x00\x7f'
  head -c -1 nan.npy >short.npy
  local single=(--in 1 --out 1 --features 1)
  refuses 'double' "${single[@]}" --u-hat double.npy
  refuses 'nan.npy holds NaN' "${single[@]}" --u-hat nan.npy
  refuses 'too large' "${single[@]}" --u-hat large.npy
  refuses 'short.npy' "${single[@]}" --u-hat short.npy
  refuses 'memory' --in 2000000000 --out 2000000000 --features 1
  "$program" --help | grep -q -- --u-hat || fail '--help'
}

one_run_at_a_time() {
  locked held/.lock 'held: another run is writing there' --no-figures --output held
  "$program" --no-figures --output held >printed || fail 'after the lock'
  [[ $(files held) == 'b.npy coupling.npy entropy.csv v.npy' ]] || fail "files: $(files held)"
}

# Where not everything fits, the files of the last run stay.
unwritable_output() {
  local code=0
  (ulimit -f 1 && "$program" --no-figures --seed 5 --output calls) >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 ]] || fail "a file limit: $code, $(cat errors)"
  diff -r calls threads || fail 'a file limit spoils the old files'
  for folder in u.npy /proc/no /dev/null/x; do
    code=0
    "$program" --output $folder >printed 2>errors || code=$?
    [[ $code == 2 && $(said) == 1 ]] || fail "--output $folder: $code, $(cat errors)"
  done
  [[ ! -e /dev/full ]] || ! "$program" --no-figures --output full >/dev/full 2>errors || fail 'a full standard output'
}

whole_figures() {
  local folder=$1 file text
  for file in histogram.gif routing.gif; do
    [[ $(head -c 6 "$folder/$file") == GIF89a && $(tail -c 1 "$folder/$file") == ';' ]] || fail "$folder/$file"
    grep -q "$file" "$folder/index.html" || fail "$folder/index.html: no $file"
  done
  for text in 'Number of Routing' 'Entropy of Weight Distribution' '</svg>'; do
    grep -q "$text" "$folder/entropy.svg" || fail "$folder/entropy.svg: no $text"
  done
  [[ $(files "$folder") == 'b.npy coupling.npy entropy.csv entropy.svg histogram.gif index.html routing.gif v.npy' ]] ||
    fail "files: $(files "$folder")"
}

figures() {
  if ! command -v gnuplot >/dev/null; then
    echo 'test skipped: no gnuplot'
    return
  fi
  "$program" --calls 3 --output figures >printed || fail "$(cat printed)"
  whole_figures figures
  grep -q '^figures: figures/index.html' printed || fail "does not say where figures are: $(cat printed)"
  "$program" --in 1 --out 1 --calls 1 --output least >printed || fail 'one capsule'
  whole_figures least
  "$program" --in 300 --out 2 --calls 2 --output many >printed || fail 'many capsules'
  whole_figures many
  # A gnuplot that fails, and one that a limit stops: an error, and the old figures stay.
  cp -r figures before
  printf '#!/bin/sh\necho half >entropy.svg\necho it is broken >&2\nexit 1\n' >nothing/gnuplot
  chmod +x nothing/gnuplot
  local code=0
  PATH=$scratch/nothing "$program" --calls 3 --output figures >printed 2>errors || code=$?
  [[ $code == 2 && $(cat errors) == *'it is broken'* ]] || fail "a gnuplot that fails: $code, $(cat errors)"
  code=0
  (ulimit -f 64 && "$program" --calls 3 --output figures) >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 && $(cat errors) == *gnuplot* ]] || fail "a file limit: $code, $(cat errors)"
  diff -r figures before || fail 'a failure spoils the old figures'
}

data() {
  has_shared reference/routing_tutorial.npz || return 0
  local reference=$shared/reference/routing_tutorial.npz name
  mkdir reference
  (cd reference && cmake -E tar xf "$reference")
  "$program" --u-hat reference/u_hat.npy --no-figures --output out >printed
  values reference/c.npy >expected_c
  values reference/v.npy >expected_v
  values reference/b.npy | tail -200 >expected_b  # of all calls
  values out/coupling.npy >found_c
  values out/v.npy >found_v
  values out/b.npy >found_b
  values reference/entropy.npy |
    awk '{ s += $1; q += $1 * $1 } NR % 20 == 0 { v = q / 20 - s * s / 400; print s / 20; print sqrt(v > 0 ? v : 0); s = q = 0 }' >expected_entropy
  tail -n +2 out/entropy.csv | cut -d, -f2- | tr , '\n' >found_entropy
  for name in c v b entropy; do near found_$name expected_$name || fail "$name is not the reference's"; done
}

case $part in
  numbers)
    by_hand
    same_runs
    without_gnuplot
    bad_input
    unwritable_output
    one_run_at_a_time
    ;;
  figures) figures ;;
  data) data ;;
  *) echo "usage: capsule_routing.sh PROGRAM numbers|figures|data" >&2 && exit 2 ;;
esac
((failures == 0))
