#!/usr/bin/env bash
# The kernels ask for rows ahead: compilers have been seen to delete that without a word. usage: prefetch.sh PROGRAM
set -euo pipefail
found=$(objdump -d --no-show-raw-insn "$1" | grep -cE 'prefetcht0|prfm' || true)
echo "$found prefetches in $1"
[ "$found" -ge 8 ]
