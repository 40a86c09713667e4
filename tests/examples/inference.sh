#!/usr/bin/env bash
# inference.sh PROGRAM small|refusals|data: the latencies of events, what is refused, and layers of DGL whose weights
# Python's safetensors wrote, against what DGL computed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"

# tensors NAME SHAPE...: names.safetensors with float tensors of zeros; SHAPE as 2,3.
tensors() {
  local header='' end=0 size
  while (($# > 0)); do
    size=$((4 * ${2//,/*}))
    header+="${header:+, }\"$1\": {\"dtype\": \"F32\", \"shape\": [$2], \"data_offsets\": [$end, $((end + size))]}"
    end=$((end + size))
    shift 2
  done
  header="{$header}"
  printf "\x$(printf %02x $((${#header} % 256)))\x$(printf %02x $((${#header} / 256)))\0\0\0\0\0\0%s" "$header" >names.safetensors
  head -c "$end" /dev/zero >>names.safetensors
}
# refuses WORDS OPTION...: one line with these words on stderr, exit code 2, nothing on stdout.
refuses() {
  refused "$@"
  [[ ! -s printed ]] || fail "${*:2}: prints $(cat printed)"
}
# table LAYERS WIDTH OPTION...: three lines of latencies, ascending from left to right.
table() {
  local what="$1 layers, features of width $2;"
  shift 2
  "$program" --sizes 1 30 200 --events 12 "$@" >printed 2>errors || fail "$*: $(cat errors)"
  grep -qF "$what" printed || fail "$*: $(cat printed)"
  awk 'NR > 2 { ++rows; if (!(0 < $3 && $3 <= $4 && $4 <= $5 && $5 <= $6 && $7 > 0)) exit 1 }
       END { exit rows != 3 }' printed || fail "$*: $(cat printed)"
}

case $part in
  small)
    table 2 32
    table 2 32 --callers 3 --threads 2 --degree 0
    tensors layers.0.weight 5,4 layers.0.bias 4 layers.1.apply_func.weight 3,4 layers.1.eps 1
    table 2 5 --weights names.safetensors
    tensors fc.weight 6,7 attn_l 1,2,3 attn_r 1,2,3 bias 6
    table 1 7 --weights names.safetensors
    ;;
  refusals)
    refuses 'no_such' --weights no_such.safetensors
    refuses '--callers' --callers 0
    refuses '--sizes' --sizes 0
    refuses '--output' --output y.npy
    tensors wrong 2,3
    refuses 'there is no weight' --weights names.safetensors
    tensors weight 2
    refuses 'weight has shape (2), expected 2 dims' --weights names.safetensors
    tensors weight 2,3 bias 4
    refuses 'bias' --weights names.safetensors
    tensors layers.0.weight 2,3 layers.2.weight 3,3
    refuses '1 of its 2 tensors are no part of a layer' --weights names.safetensors
    tensors layers.0.weight 5,4 layers.0.bias 4 layers.1.weight 3,2 layers.1.bias 2
    refuses 'layers.1: takes rows of 3, the layer before it gives 4' --weights names.safetensors
    tensors fc.weight 6,7 attn_l 1,0,3
    refuses 'names.safetensors: [gat_conv] heads is 0' --weights names.safetensors
    tensors fc.weight 6,7 attn_l 1,2,3
    refuses 'attn_r' --weights names.safetensors
    head -c 40 names.safetensors >cut.safetensors
    refuses 'cut.safetensors' --weights cut.safetensors
    refuses 'no_such' --event no_such.npz
    ;;
  data)
    has_shared reference || exit 0
    if ! python3 -c 'import numpy, safetensors.numpy' 2>/dev/null; then
      echo "test skipped: python3 has no packages numpy and safetensors" && exit
    fi
    for layer in graph_conv_both gat_conv sage_mean sage_pool sage_gcn sage_lstm gin_sum; do
      npz=$shared/reference/layer_$layer.npz
      python3 - "$npz" <<'CODE'
import sys, numpy, safetensors.numpy
arrays = numpy.load(sys.argv[1])
safetensors.numpy.save_file({n[6:]: arrays[n] for n in arrays.files if n.startswith("param_")}, "weights.safetensors")
CODE
      rm -f y.npy
      "$program" --weights weights.safetensors --event "$npz" --output y.npy >printed 2>errors || fail "$layer: $(cat errors)"
      python3 - "$npz" <<'CODE' || fail "$layer: another answer than DGL's"
import sys, numpy
numpy.testing.assert_allclose(numpy.load("y.npy"), numpy.load(sys.argv[1])["y"], rtol=1e-4, atol=1e-5)
CODE
    done
    ;;
esac
((failures == 0))
