#!/usr/bin/env bash
# run.sh [FOLDER]: sets the peers up in FOLDER (outside the tree: ~/.cache/edgefold-peers), builds the benchmarks there, runs
# ours and theirs in turn on the same arrays, and writes the tables to docs/performance_peers.md. Takes what compare.py takes
# after the folder: --cases REGEX, --rounds N.
set -euo pipefail
here=$(CDPATH='' cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(CDPATH='' cd "$here/../../.." && pwd)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/edgefold-peers
if (($# > 0)) && [[ $1 != -* ]]; then
  folder=$1
  shift
fi
mkdir -p "$folder"
folder=$(CDPATH='' cd "$folder" && pwd)

# environment NAME: a virtual environment, filled by the commands of standard input ($pip), once.
environment() {
  local pip=$folder/$1/bin/pip
  [[ -e $folder/$1/ready ]] && return
  python3 -m venv "$folder/$1"
  # shellcheck disable=SC1091
  pip="$pip install -q --disable-pip-version-check" bash -e
  touch "$folder/$1/ready"
}
# DGL 2.1 is the last that has wheels here. Its torch names NVIDIA's libraries as what it needs, with others than these, and
# pip's resolver would stop at that.
environment dgl <<'PIP'
$pip --no-deps torch==2.2.1 dgl==2.1.0 torchdata==0.7.1
$pip scipy filelock typing-extensions sympy mpmath networkx jinja2 MarkupSafe fsspec requests urllib3 certifi idna \
  charset-normalizer tqdm psutil pyyaml pydantic 'pandas<2.3' 'setuptools<81' mkl sparse_dot_mkl python-graphblas
$pip --no-deps nvidia-cublas-cu12==12.1.3.1 nvidia-cudnn-cu12==8.9.2.26 nvidia-cuda-runtime-cu12==12.1.105 \
  nvidia-cuda-cupti-cu12==12.1.105 nvidia-cufft-cu12==11.0.2.54 nvidia-curand-cu12==10.3.2.106 \
  nvidia-cusolver-cu12==11.4.5.107 nvidia-cusparse-cu12==12.1.0.106 nvidia-nccl-cu12==2.19.3 nvidia-nvtx-cu12==12.1.105 \
  nvidia-cuda-nvrtc-cu12==12.1.105 nvidia-nvjitlink-cu12
$pip 'numpy<2' 2>/dev/null
PIP
environment jax <<'PIP'
$pip 'jax[cpu]' jraph
PIP

cmake -S "$root" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DEDGEFOLD_BUILD_BENCHMARKS=ON -DEDGEFOLD_BUILD_TESTS=OFF \
  -DEDGEFOLD_BUILD_EXAMPLES=OFF >"$folder/configure.log"
cmake --build "$folder/build" --target peer_arrays bench_peers bench_gather_limit >"$folder/build.log"
[[ $folder/arrays/ready -nt $here/peer_arrays.cpp ]] || "$folder/build/tests/benchmarks/peers/peer_arrays" "$folder/arrays"
"$folder/dgl/bin/python" "$here/compare.py" "$folder" "$root/docs/performance_peers.md" "$@"
