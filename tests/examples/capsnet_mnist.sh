#!/usr/bin/env bash
# capsnet_mnist.sh PROGRAM small|terminal|resume|stops|refusals|data: what the program writes and draws; that a run which ends, is
# killed or stopped goes on to the same bits; what it refuses; the data set of EDGEFOLD_SHARED. Trains on few images: one
# costs tens of milliseconds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../support/program.sh"
mkdir nothing

files() { find "$1" -mindepth 1 -printf '%P\n' | LC_ALL=C sort | paste -sd ' '; }
# trains OPTION...: succeeds.
trains() { "$program" "$@" >printed 2>errors || fail "$*: $(cat errors)"; }
# refuses WORDS OPTION...: one line with these words on stderr, exit code 2, nothing written into the folder.
refuses() {
  refused "$1" --output refused "${@:2}"
  [[ -z $(ls -A refused 2>/dev/null) ]] || fail "${*:2}: files are left"
}
# column FILE NUMBER: of a table, without its name.
column() { tail -n +2 "$1" | cut -d, -f "$2"; }

whole_figures() {
  local folder=$1 file
  shift
  for file in "$@"; do
    case $file in
      *.svg) tail -3 "$folder/$file" | grep -q '</svg>' || fail "$folder/$file is not whole" ;;
      *.png) [[ $(tail -c 8 "$folder/$file" | head -c 4) == IEND ]] || fail "$folder/$file is not whole" ;;
    esac
    grep -q "\"$file\"" "$folder/index.html" || fail "$folder/index.html: no $file"
  done
  [[ $(files "$folder") == "$(printf '%s\n' checkpoint.safetensors index.html metrics.csv "$@" | LC_ALL=C sort | paste -sd ' ')" ]] ||
    fail "files: $(files "$folder")"
}

# Two epochs: the loss of the training falls, and all is written and drawn.
small_run() {
  trains --synthetic --limit-train 64 --limit-test 32 --batch 8 --epochs 2 --seed 1 --no-figures --output run
  grep -qx 'parameters *8215568' printed || fail "parameters: $(cat printed)"
  [[ $(head -1 run/metrics.csv) == epoch,train_loss,train_accuracy,test_loss,test_accuracy,images_per_second,seconds ]] ||
    fail "metrics.csv: $(cat run/metrics.csv)"
  [[ $(column run/metrics.csv 1 | paste -sd ' ') == '1 2' ]] || fail "epochs: $(cat run/metrics.csv)"
  awk -F, 'NR > 1 { for (i = 2; i <= 7; ++i) if (!($i >= 0 && $i < 1e6)) exit 1; if (!($6 > 0 && $7 > 0)) exit 1 }
           NR > 2 && !($2 < loss) { exit 1 } { loss = $2 }' run/metrics.csv ||
    fail "the loss does not fall: $(cat run/metrics.csv)"
  [[ $(files run) == 'checkpoint.safetensors metrics.csv' ]] || fail "files: $(files run)"
  # The same run again has nothing left to train: it draws.
  local again=(--synthetic --limit-train 64 --limit-test 32 --batch 8 --epochs 2 --seed 1 --output run --resume)
  cp run/metrics.csv before
  PATH=$scratch/nothing "$program" "${again[@]}" >printed 2>errors || fail "without gnuplot: $(cat errors)"
  [[ $(grep -c 'figures: skipped' printed) == 1 ]] || fail "does not say what was skipped: $(cat printed)"
  cmp before run/metrics.csv || fail 'a run that is done changes metrics.csv'
  if ! command -v gnuplot >/dev/null; then
    echo 'no gnuplot: figures are not looked at'
    return
  fi
  trains "${again[@]}"
  whole_figures run confusion.svg dimensions.png entropy.svg learning.svg reconstructions.png
  grep -q 'Routing iteration' run/entropy.svg || fail 'entropy.svg: no label'
}

# Without the decoder there are fewer parameters and figures. Neither threads nor the seed's neighbours are seen.
variants() {
  local few=(--synthetic --limit-train 8 --limit-test 8 --batch 4 --epochs 1)
  trains "${few[@]}" --no-reconstruction --output margin
  grep -qx 'parameters *6804224' printed || fail "parameters: $(cat printed)"
  if command -v gnuplot >/dev/null; then whole_figures margin confusion.svg entropy.svg learning.svg; fi
  trains "${few[@]}" --no-reconstruction --no-figures --threads 3 --output threads
  cmp margin/checkpoint.safetensors threads/checkpoint.safetensors || fail 'threads change results'
  trains "${few[@]}" --no-reconstruction --no-figures --seed 1 --output seed
  trains "${few[@]}" --no-reconstruction --no-figures --shift 0 --output shift
  trains "${few[@]}" --no-reconstruction --no-figures --shared-logits --output shared
  local other
  for other in seed shift shared; do
    [[ $(column margin/metrics.csv 2-5) != "$(column $other/metrics.csv 2-5)" ]] || fail "$other: does nothing"
  done
}

# Evaluation prints the score of the last row of metrics.csv, and writes nothing.
evaluation() {
  cp run/metrics.csv before
  trains --synthetic --limit-test 32 --batch 8 --evaluate --checkpoint run/checkpoint.safetensors --output other
  [[ ! -e other ]] || fail 'an evaluation writes'
  local score
  score=$(tail -1 run/metrics.csv | awk -F, '{ printf "test: loss %.4f, accuracy %.2f %%", $4, $5 }')
  grep -qxF "$score" printed || fail "evaluation: $(cat printed), expected $score"
}

# At a terminal there is a bar, which goes away in the end.
terminal() {
  has_terminal || return 0
  script -qec "'$program' --synthetic --limit-train 16 --limit-test 8 --batch 2 --epochs 1 --no-figures --output bar" \
    /dev/null </dev/null >printed || fail 'at a terminal'
  grep -qE 'epoch 1/1 \[#+ *\] *[0-9]+ %  loss [0-9.]+  [0-9]+ images/s  [0-9:]+ left' printed ||
    fail "no bar: $(cat -v printed)"
  local run=(--synthetic --limit-train 16 --limit-test 8 --batch 2 --epochs 1 --no-figures --output)
  fits 200 '\[#* *\] .* left$' "${run[@]}" wide
  fits 50 'epoch 1/1  *[0-9]* %  loss' "${run[@]}" narrow
  fits 20 'epoch 1/1' "${run[@]}" narrower
  fits 1 '' "${run[@]}" least
  COLUMNS=30 fits 0 'epoch 1/1' "${run[@]}" told
  COLUMNS='' fits 0 'epoch 1/1' "${run[@]}" unknown
  trains "${run[@]}" none
  [[ ! -s errors ]] || fail "without a terminal: $(cat errors)"
}

resume() {
  local run=(--synthetic --limit-train 24 --limit-test 8 --batch 10 --no-figures)
  trains "${run[@]}" --epochs 3 --output whole
  trains "${run[@]}" --epochs 1 --output parts
  column parts/metrics.csv 1-7 >first
  trains "${run[@]}" --epochs 3 --output parts --resume
  cmp whole/checkpoint.safetensors parts/checkpoint.safetensors || fail 'a resumed run ends elsewhere'
  [[ $(column whole/metrics.csv 1-5) == "$(column parts/metrics.csv 1-5)" ]] || fail "metrics.csv: $(cat parts/metrics.csv)"
  [[ $(column parts/metrics.csv 1-7 | head -1) == "$(cat first)" ]] || fail 'the first row has changed'
  # Killed after its first checkpoint, at whatever moment.
  "$program" "${run[@]}" --epochs 3 --output killed >printed 2>errors &
  local child=$!
  while [[ ! -e killed/checkpoint.safetensors ]] && kill -0 $child 2>/dev/null; do sleep 0.05; done
  sleep 0.3
  kill -9 $child 2>/dev/null || true
  wait $child 2>/dev/null || true
  trains "${run[@]}" --epochs 3 --output killed --resume
  cmp whole/checkpoint.safetensors killed/checkpoint.safetensors || fail 'a run that was killed ends elsewhere'
  [[ $(column whole/metrics.csv 1-5) == "$(column killed/metrics.csv 1-5)" ]] || fail "metrics.csv: $(cat killed/metrics.csv)"
  # Elsewhere the times are not known.
  trains "${run[@]}" --epochs 3 --output elsewhere --checkpoint killed/checkpoint.safetensors --resume
  [[ $(column whole/metrics.csv 1-5 | sed 's/$/,,/') == "$(tail -n +2 elsewhere/metrics.csv)" ]] ||
    fail "metrics.csv elsewhere: $(cat elsewhere/metrics.csv)"
}

# A signal ends the running step, not the program: the checkpoint then holds the steps of the epoch that has begun.
stopped_runs() {
  local run=(--synthetic --limit-train 64 --limit-test 8 --batch 2 --no-figures --no-reconstruction)
  trains "${run[@]}" --epochs 3 --output unstopped
  stops INT 130 "${run[@]}" --epochs 3 --output stopped
  grep -qE '^stopped: stopped/checkpoint.safetensors holds [0-9]+ epochs and [1-9][0-9]* steps of the next$' printed ||
    fail "does not say what it keeps: $(cat printed)"
  [[ $(files stopped) == 'checkpoint.safetensors metrics.csv' ]] || fail "files of a stopped run: $(files stopped)"
  stops TERM 143 "${run[@]}" --epochs 3 --output stopped --resume
  trains "${run[@]}" --epochs 3 --output stopped --resume
  grep -qE '^steps of the next *[1-9]' printed || fail "does not say where it goes on: $(cat printed)"
  cmp unstopped/checkpoint.safetensors stopped/checkpoint.safetensors || fail 'a run that was stopped ends elsewhere'
  [[ $(column unstopped/metrics.csv 1-5) == "$(column stopped/metrics.csv 1-5)" ]] ||
    fail "metrics.csv: $(cat stopped/metrics.csv)"
  awk -F, 'NR > 1 && !($6 > 0 && $7 > 0) { exit 1 }' stopped/metrics.csv || fail "times: $(cat stopped/metrics.csv)"
  # An epoch that has begun counts as one that --epochs must allow.
  trains "${run[@]}" --output part --epochs 1
  stops TERM 143 "${run[@]}" --epochs 3 --output part --resume
  refused 'has done 1 epochs and begun another, more than --epochs 1' "${run[@]}" --output part --resume --epochs 1
}

# One run at a time has a folder and a checkpoint; the lock dies with it.
one_run_at_a_time() {
  local run=(--synthetic --limit-train 64 --limit-test 8 --batch 2 --epochs 50 --no-figures --no-reconstruction) child i
  "$program" "${run[@]}" --output first --checkpoint kept/c.safetensors >printed.first 2>errors.first &
  child=$!
  for ((i = 0; i < 100; ++i)); do
    [[ ! -e first/.lock || ! -e kept/.c.safetensors.lock ]] || break
    sleep 0.1
  done
  local few=(--synthetic --limit-train 4 --limit-test 4 --batch 2 --epochs 1 --no-figures --no-reconstruction)
  refused 'first: another run is writing there' "${few[@]}" --output first
  refused 'kept/c.safetensors: another run is writing there' "${few[@]}" --output second --checkpoint kept/c.safetensors
  ln -s first other
  refused 'other: another run is writing there' "${few[@]}" --output other
  kill -9 $child
  wait $child 2>/dev/null || true
  trains "${few[@]}" --output first
  [[ $(files first) == 'checkpoint.safetensors metrics.csv' ]] || fail "files: $(files first)"
}

# images FILE COUNT HEIGHT WIDTH, labels FILE BYTES: IDX files. Counts are below 256.
images() {
  # shellcheck disable=SC2059
  printf "\0\0\x08\x03\0\0\0\x$(printf %02x "$2")\0\0\0\x$(printf %02x "$3")\0\0\0\x$(printf %02x "$4")" >"$1"
  head -c $(($2 * $3 * $4)) /dev/zero | tr '\0' '\100' >>"$1"
}
labels() {
  local bytes=${2//\\x/}
  # shellcheck disable=SC2059
  printf "\0\0\x08\x01\0\0\0\x$(printf %02x $((${#bytes} / 2)))$2" >"$1"
}
# data_set FOLDER: four good files.
data_set() {
  mkdir -p "$1"
  images "$1/train-images-idx3-ubyte" 4 28 28
  labels "$1/train-labels-idx1-ubyte" '\x00\x01\x09\x03'
  images "$1/t10k-images-idx3-ubyte" 2 28 28
  labels "$1/t10k-labels-idx1-ubyte" '\x02\x05'
}

bad_options() {
  local option
  for option in '--epochs 0' '--batch 0' '--iterations 0' '--threads 0' '--shift -1' '--shift 29' '--limit-train 0' \
    '--limit-test 0' '--seed x' '--lr x' '--lr 0' '--lr nan' '--lr -1' '--decay 0' '--decay 1.5' '--nonsense' \
    '--epochs 3000000000' '--resume --evaluate'; do
    # shellcheck disable=SC2086
    refuses "${option%% *}" --synthetic $option
  done
  refuses stray --synthetic stray
  refuses '--data' --epochs 1
  refuses '--synthetic' --synthetic --data good
  refuses 'larger than the data, which has 3' --synthetic --batch 4 --limit-train 3
  refuses 'no such checkpoint' --synthetic --resume
  refuses 'missing: there is no such checkpoint' --synthetic --evaluate --checkpoint missing
  "$program" --help | grep -q -- --shared-logits || fail '--help'
}

bad_data() {
  local folder
  data_set good
  for folder in magic number size short range none empty other; do data_set $folder; done
  refuses 'no-folder: no such folder' --data no-folder
  rm none/t10k-labels-idx1-ubyte
  refuses 'neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz' --data none
  printf '\x01' | dd of=magic/train-images-idx3-ubyte conv=notrunc status=none
  refuses 'wrong magic' --data magic
  labels number/train-labels-idx1-ubyte '\x00\x01\x09'
  refuses '4 images in train-images-idx3-ubyte, but 3 labels' --data number
  images size/t10k-images-idx3-ubyte 2 27 28
  refuses '(2, 27, 28), expected images of 28 x 28' --data size
  gzip -f short/train-images-idx3-ubyte
  truncate -s -5 short/train-images-idx3-ubyte.gz
  refuses 'train-images-idx3-ubyte.gz' --data short
  labels range/t10k-labels-idx1-ubyte '\x02\x0a'
  refuses 'label 1 is 10, expected 0 .. 9' --data range
  images empty/train-images-idx3-ubyte 0 28 28
  refuses 'no images' --data empty
  cp other/train-labels-idx1-ubyte other/train-images-idx3-ubyte
  refuses 'shape (4), expected images' --data other
  cp good/train-images-idx3-ubyte other/train-images-idx3-ubyte
  cp good/train-images-idx3-ubyte other/train-labels-idx1-ubyte
  refuses 'no labels' --data other
  gzip -f good/t10k-images-idx3-ubyte good/train-labels-idx1-ubyte  # some of each kind
  trains --data good --batch 3 --epochs 1 --no-figures --no-reconstruction --output good-run
}

# changed OLD NEW: other.safetensors is the checkpoint with other words of the same length in its header.
changed() { LC_ALL=C sed "1s/$1/$2/g" good-run/checkpoint.safetensors >other.safetensors; }

bad_checkpoints() {
  local run=(--data good --batch 3 --no-reconstruction --resume)
  refuses 'is there already' --data good --batch 3 --checkpoint good-run/checkpoint.safetensors
  local c=good-run/checkpoint.safetensors
  cksum $c >before
  refuses 'reconstruction "no", not "yes"' --data good --batch 3 --resume --checkpoint $c
  refuses 'iterations "3", not "2"' "${run[@]}" --checkpoint $c --iterations 2
  refuses 'shared-logits "no", not "yes"' --data good --no-reconstruction --evaluate --checkpoint $c --shared-logits
  refuses 'seed "0", not "1"' "${run[@]}" --checkpoint $c --seed 1
  refuses 'batch "3", not "2"' --data good --batch 2 --no-reconstruction --resume --checkpoint $c
  refuses 'data "files", not "synthetic"' --synthetic --batch 3 --no-reconstruction --resume --checkpoint $c
  head -c -1 $c >short.safetensors
  refuses 'short.safetensors' "${run[@]}" --checkpoint short.safetensors
  echo 'some words' >words.safetensors
  refuses 'words.safetensors' "${run[@]}" --checkpoint words.safetensors
  changed '"version":"2"' '"version":"7"'
  refuses 'version "7", expected 1 or 2' "${run[@]}" --checkpoint other.safetensors
  changed '"program":"capsnet_mnist"' '"program":"another_train"'
  refuses 'no checkpoint of capsnet_mnist' "${run[@]}" --checkpoint other.safetensors
  changed model.conv1.bias model.conv9.bias
  refuses '"conv1.bias" is missing' "${run[@]}" --checkpoint other.safetensors
  changed '\[1152,10,16,8\]' '[1152,10,8,16]'
  refuses '"digit.weight" has shape (1152, 10, 8, 16)' "${run[@]}" --checkpoint other.safetensors
  rm ./*.safetensors
  cksum $c | cmp - before || fail 'what was refused has changed the checkpoint'
  trains "${run[@]}" --checkpoint $c --epochs 2 --no-figures --output good-run
  refuses 'has done 2 epochs, more than --epochs 1' "${run[@]}" --checkpoint $c --epochs 1
}

# A loss that is no number stops the run, and the last checkpoint stays.
bad_losses() {
  local code=0 run=(--data good --no-reconstruction --no-figures --decay 1 --output)
  "$program" "${run[@]}" nan --batch 2 --lr 1e38 --epochs 1 >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 && $(cat errors) == *'the loss is NaN at step 2 of epoch 1/1'*'no checkpoint'* ]] ||
    fail "NaN: $code, $(cat errors)"
  [[ -z $(ls -A nan) ]] || fail "NaN: writes $(ls -A nan)"
  code=0
  "$program" "${run[@]}" late --batch 4 --lr 1e16 --epochs 50 >printed 2>errors || code=$?
  local last
  last=$(column late/metrics.csv 1 | tail -1)
  [[ $code == 2 && $(cat errors) == *'the loss is NaN'*"late/checkpoint.safetensors holds epoch $last" && $last -ge 1 ]] ||
    fail "NaN after epoch $last: $code, $(cat errors)"
  trains "${run[@]}" late --batch 4 --lr 1e16 --epochs "$last" --resume
}

# Where not everything fits, or a folder cannot be written to, the files of the last run stay.
unwritable() {
  local code=0 folder
  cksum good-run/checkpoint.safetensors good-run/metrics.csv >before
  (ulimit -f 100 && "$program" --data good --batch 3 --no-reconstruction --resume --epochs 3 --no-figures --output good-run) \
    >printed 2>errors || code=$?
  [[ $code == 2 && $(said) == 1 ]] || fail "a file limit: $code, $(cat errors)"
  cksum good-run/checkpoint.safetensors >after
  head -1 before | cmp - after || fail 'a file limit spoils the checkpoint'
  for folder in good/t10k-images-idx3-ubyte.gz /proc/no /dev/null/x; do
    code=0
    "$program" --synthetic --limit-train 8 --limit-test 8 --batch 2 --output $folder >printed 2>errors || code=$?
    [[ $code == 2 && $(said) == 1 ]] || fail "--output $folder: $code, $(cat errors)"
  done
}

data() {
  has_shared data/mnist || return 0
  trains --data "$shared/data/mnist" --limit-train 384 --limit-test 128 --batch 8 --epochs 1 --no-figures --output mnist
  grep -qx 'training images *384' printed || fail "images: $(cat printed)"
  awk -F, 'NR == 2 && $5 > 30 { good = 1 } END { exit !good }' mnist/metrics.csv ||
    fail "48 steps leave an accuracy of $(column mnist/metrics.csv 5), expected more than 30"
}

case $part in
  small)
    small_run
    evaluation
    variants
    ;;
  terminal) terminal ;;
  resume) resume ;;
  stops)
    stopped_runs
    one_run_at_a_time
    ;;
  refusals)
    data_set good
    bad_options
    bad_data
    bad_checkpoints
    bad_losses
    unwritable
    ;;
  data) data ;;
  *) echo "usage: capsnet_mnist.sh PROGRAM small|terminal|resume|stops|refusals|data" >&2 && exit 2 ;;
esac
((failures == 0))
