#!/usr/bin/env bash
# Times pyast beside CPython's ast.parse and, where cargo can build them, ruff's parser and tree-sitter, in one run on one core; the best of five counts.
# usage: parsers.sh FOLDER     the folder that holds transformers/ (an unpacked wheel): its modeling files are parsed
set -euo pipefail
tree=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
files=("$tree"/transformers/models/*/modeling_*.py)
echo "${#files[@]} files, $(cat "${files[@]}" | wc -c) bytes"

best=$(ARCH_EXTRACT_TEST_TREE=$tree GOMAXPROCS=1 go test ./pyast -run '^$' -bench '^BenchmarkParse$' -benchtime 1s -count 5 |
  awk '/^BenchmarkParse/ { for (i = 1; i < NF; i++) if ($(i+1) == "MB/s" && $i > m) m = $i } END { print m }')
echo "pyast $best MB/s"

python3 - "${files[@]}" <<'EOF'
import ast, gc, sys, time, warnings
warnings.simplefilter("ignore")
gc.disable()
sources = [open(f, "rb").read() for f in sys.argv[1:]]
start = time.perf_counter()
for s in sources:
    ast.parse(s)
seconds = time.perf_counter() - start
print(f"CPython {sys.version.split()[0]} ast.parse {sum(map(len, sources)) / 1e6 / seconds:.1f} MB/s")
EOF

if command -v cargo >/dev/null; then
  target=${CARGO_TARGET_DIR:-$(mktemp -d)}
  CARGO_TARGET_DIR=$target cargo run --quiet --release --manifest-path testdata/bench/parsers/Cargo.toml -- "${files[@]}"
fi
