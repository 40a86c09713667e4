#!/usr/bin/env bash
# compare.sh PROGRAM NAME.expected: runs PROGRAM with the arguments in NAME.args, one a line, and compares what it prints.
set -euo pipefail
program=$1 expected=$2 arguments=()
if [[ -e ${expected%.expected}.args ]]; then mapfile -t arguments <"${expected%.expected}.args"; fi
scratch=$(mktemp -d)  # programs may write files
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$program" "${arguments[@]}" | diff -u "$expected" -
