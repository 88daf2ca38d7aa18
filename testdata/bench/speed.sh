#!/usr/bin/env bash
# Times arch-extract over a release: a bare start, one report from a cold start, every module tree, every forward and
# batch; where Python can import torch and transformers, the same in torch beside it, and the ratios. Whole processes, the
# first run counts but for the short ones, of which the best of ten does. CPU is user and system time of all threads.
#
# usage: speed.sh SOURCE [TIMM]      SOURCE: a wheel or folder of transformers; TIMM: one of timm, for the classes that need it
#        speed.sh --table SOURCE     batch time against the number of files and jobs, as tab-separated columns
# PYTHON names the interpreter for torch's side; PARTS some of "start report trees forwards batch" (default: all).
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$work/arch-extract
go build -o "$bin" ./cmd/arch-extract

# timed NAME CMD...: wall and CPU seconds and peak memory of one run, kept as NAME.
declare -A wall
timed() {
  local name=$1 line
  shift
  line=$(/usr/bin/time -f '%e %U %S %M' "$@" 2>&1 >"$work/out" | tail -1) || true
  read -r e u s m <<<"$line"
  wall[$name]=$e
  awk -v n="$name" -v e="$e" -v u="$u" -v s="$s" -v m="$m" 'BEGIN { printf "%-34s %8.2f s wall %8.2f s CPU %6.0f MiB\n", n, e, u + s, m / 1024 }'
}

# best NAME CMD...: the shortest of ten runs, in milliseconds.
best() {
  local name=$1
  shift
  python3 - "$name" "$@" <<'PY'
import os, subprocess, sys, time
wall = cpu = 1e9
for _ in range(10):
    t = time.perf_counter()
    p = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, use = os.wait4(p.pid, 0)
    wall, cpu = min(wall, time.perf_counter() - t), min(cpu, use.ru_utime + use.ru_stime)
print(f"{sys.argv[1]:34} {wall * 1e3:8.0f} ms wall {cpu * 1e3:7.0f} ms CPU")
PY
}

if [ "${1:-}" = --table ]; then
  src=$2
  mkdir "$work/tree"
  if [ -d "$src" ]; then cp -r "$src/." "$work/tree"; else unzip -q "$src" -d "$work/tree"; fi
  models=$(find "$work/tree" -type d -path '*transformers/models' | head -1)
  # Families that others import stay, so that what is left can be read.
  shared=$(grep -rhoE '^from \.\.\w+\.?' "$models" | sed -E 's/from \.\.(\w+).*/\1/' | sort -u)
  printf 'files\tjobs\tseconds\tcpu\tMiB\n'
  for share in 1 2 4 8; do
    i=0
    for f in $(cd "$models" && ls -d */modeling_*.py | sort); do
      i=$((i + 1))
      [ $((i % share)) = 0 ] || grep -qx "${f%%/*}" <<<"$shared" || rm "$models/$f"
    done
    n=$(find "$models" -name 'modeling_*.py' | wc -l)
    for jobs in $(seq 1 "$(nproc)"); do
      line=$(/usr/bin/time -f '%e %U %S %M' "$bin" batch "$work/tree" --jobs "$jobs" -q -o "$work/reports" 2>&1 >/dev/null | tail -1) || true
      read -r e u s m <<<"$line"
      awk -v n="$n" -v j="$jobs" -v e="$e" -v u="$u" -v s="$s" -v m="$m" 'BEGIN { printf "%d\t%d\t%.2f\t%.2f\t%.0f\n", n, j, e, u + s, m / 1024 }'
      rm -rf "$work/reports"
    done
  done
  exit
fi

src=$1
also=()
[ -n "${2:-}" ] && also=(--also "$2")
parts=${PARTS:-start report trees forwards batch}
for part in $parts; do
  case $part in
  start) best "a bare start (version)" "$bin" version; best "the demo" "$bin" demo ;;
  report) best "one report (qwen2)" "$bin" --from "$src" qwen2 ;;
  trees) timed "every module tree" "$bin" params --format ndjson "${also[@]}" "$src" ;;
  forwards) timed "every forward" "$bin" flow --format ndjson "${also[@]}" "$src" ;;
  batch) timed "batch" "$bin" batch "${also[@]}" -q -o "$work/reports" "$src" ;;
  esac
done

python=${PYTHON:-python3}
"$python" -c 'import torch, transformers' 2>/dev/null || { echo "torch and transformers are not importable by $python: no ratios"; exit 0; }
for part in $parts; do
  case $part in
  report) timed "torch: import and build (qwen2)" "$python" -c '
import torch, transformers
with torch.device("meta"):
    transformers.Qwen2ForCausalLM(transformers.Qwen2Config())' ;;
  trees) timed "torch: every module tree" "$python" testdata/oracle/tree.py "$work/torch"
    echo "ratio: $(awk -v a="${wall[torch: every module tree]}" -v b="${wall[every module tree]}" 'BEGIN { printf "%.1f", a / b }')" ;;
  esac
done
