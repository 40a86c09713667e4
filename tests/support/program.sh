# For scripts that test a program: sourced first, with the script's arguments PROGRAM PART. The script goes on in a scratch
# folder, which vanishes at its end; it calls `fail` and ends with ((failures == 0)).
# shellcheck shell=bash disable=SC2034
program=$1 part=$2
shared=${EDGEFOLD_SHARED:-}  # the folder of data sets and reference tensors, which may be absent
[[ -z $shared || $shared == /* ]] || shared=$PWD/$shared
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
failures=0
fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}
# has_shared PATH...: whether all are in the shared folder; else says that the test is skipped.
has_shared() {
  local path
  [[ -n $shared ]] || { echo 'test skipped: EDGEFOLD_SHARED is not set' && return 1; }
  for path in "$@"; do
    [[ -e $shared/$path ]] || { echo "test skipped: no $shared/$path" && return 1; }
  done
}
# said: the number of lines in `errors`, without what a sanitizer adds of its own where memory is refused.
said() { grep -vcE '^==[0-9]*==WARNING: (Address|Thread)Sanitizer failed to allocate' errors || true; }
# refused WORDS OPTION...: the program ends with exit code 2 and one line on stderr, which holds these words.
refused() {
  local words=$1 code=0
  shift
  "$program" "$@" >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 ]] || fail "$*: exit code $code, or not one line: $(cat errors)"
  grep -qF -- "$words" errors || fail "$*: does not say \"$words\": $(cat errors)"
}
# stops SIGNAL CODE OPTION...: the program, once it holds signals back, ends after one with this exit code and one line.
stops() {
  local signal=$1 expected=$2 code=0 child i
  shift 2
  env --default-signal=INT "$program" "$@" >printed 2>errors &  # bash has its children ignore it
  child=$!
  for ((i = 0; i < 300; ++i)); do  # (until the child is the program it is this shell, which holds signals too)
    [[ /proc/$child/exe -ef /proc/$$/exe ]] || (((0x$(awk '/^SigCgt/ { print $2 }' "/proc/$child/status" 2>/dev/null || echo 0) & 1 << 14) == 0)) || break
    sleep 0.1
  done
  sleep 0.1
  kill -"$signal" "$child" 2>/dev/null || true
  wait "$child" || code=$?
  [[ $code == "$expected" && $(said) == 1 && $(cat errors) == *"stopped by SIG$signal"* ]] ||
    fail "$*: SIG$signal gives exit code $code, expected $expected: $(cat errors)"
}
# has_terminal: whether `script` can make a terminal; else says that the test is skipped.
has_terminal() {
  command -v script >/dev/null || { echo 'test skipped: no script (Debian: bsdutils), which makes a terminal' && return 1; }
  script -qec 'stty cols 80' /dev/null </dev/null >why 2>&1 || { echo "test skipped: script makes no terminal: $(head -1 why)" && return 1; }
}
# fits COLUMNS WORDS OPTION...: progress at a terminal of so many columns; where it has 0, COLUMNS of the environment or 80
# count. All is shorter, and a line has these words.
fits() {
  local columns=$1 words=$2 longest
  shift 2
  script -qec "stty cols $columns; $(printf '%q ' "$program" "$@") >printed" /dev/null </dev/null >line ||
    fail "$*: fails at a terminal of $columns columns"
  tr '\r' '\n' <line | sed 's/\x1b\[K//' >lines
  longest=$(awk '{ if (length > n) n = length } END { print n + 0 }' lines)
  ((columns > 0)) || columns=${COLUMNS:-80}
  grep -q -- "$words" lines || fail "$*: no \"$words\": $(cat -v lines)"
  ((longest < columns)) || fail "$*: a line of $longest in $columns columns: $(cat -v lines)"
}
# locked FILE WORDS OPTION...: refused while somebody else holds this file.
locked() {
  local held
  mkdir -p "$(dirname "$1")"
  exec {held}>"$1"
  flock -n "$held" || fail "$1 is held already"
  refused "$2" "${@:3}"
  exec {held}>&-
  rm -f "$1"
}
# array FILE SHAPE VALUE...: a .npy of bytes, which the program widens.
array() {
  local file=$1 header length value
  header="{'descr': '|u1', 'fortran_order': False, 'shape': $2, }"
  shift 2
  while (((${#header} + 11) % 64)); do header+=' '; done
  length=$((${#header} + 1))
  printf "\x93NUMPY\x01\x00\x$(printf %02x $((length % 256)))\x$(printf %02x $((length / 256)))%s\n" "$header" >"$file"
  for value in "$@"; do printf '%b' "\x$(printf %02x "$value")"; done >>"$file"
}
