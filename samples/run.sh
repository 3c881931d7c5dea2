#!/usr/bin/env bash
# From a bare Debian 12 machine to the workbench on the sample project: packages, build, the whole pipeline, then the window.
# Without a display (or with --headless) it renders the main pages to PNG and writes the report instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
headless=no
for argument in "$@"; do
  case "$argument" in
    --headless) headless=yes ;;
    -h|--help) echo "usage: samples/run.sh [--headless]"; exit 0 ;;
    *) echo "samples/run.sh: unknown option $argument (try --help)" >&2; exit 2 ;;
  esac
done
if [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then headless=yes; fi

installer/bootstrap.sh
cmake --preset release >"/tmp/foreshard-configure.$$.log" 2>&1 || { cat "/tmp/foreshard-configure.$$.log"; exit 1; }
rm -f "/tmp/foreshard-configure.$$.log"
cmake --build --preset release --target foreshard

foreshard=$PWD/build/release/foreshard
out=$PWD/samples/out
if [ -e "$out" ]; then   # yours by now: a project may be in there
  kept=$out.$(date +%Y%m%d-%H%M%S)
  mv "$out" "$kept"
  echo "The earlier run is kept in $kept"
fi
mkdir -p "$out"
cp samples/shop/schema.sql "$out/"
gzip -dc samples/shop/shop.csv.gz > "$out/shop.csv"
gzip -dc samples/shop/shop-next.csv.gz > "$out/shop-next.csv"
gzip -dc samples/shop/shop.db.gz > "$out/shop.db"
cd "$out"

"$foreshard" profile shop.foreshard --schema schema.sql --schema shop.db --log shop.csv
"$foreshard" train shop.foreshard --quiet
"$foreshard" forecast shop.foreshard --horizon 24h --quiet
"$foreshard" advise shop.foreshard --shards 3
"$foreshard" simulate shop.foreshard --design today --design best --scenario observed --scenario forecast
"$foreshard" cluster shop.foreshard add shards sqlite:shop.db sqlite:shard1.db sqlite:shard2.db
"$foreshard" plan shop.foreshard --cluster shards
"$foreshard" monitor shop.foreshard --log shop-next.csv --design best
"$foreshard" report shop.foreshard -o report.html --quiet

if [ "$headless" = no ]; then
  exec "$foreshard" shop.foreshard
fi
QT_QPA_PLATFORM=offscreen "$foreshard" shop.foreshard --screenshots pages
echo
echo "Pages:     $out/pages/"
ls "$out/pages" | sed 's/^/             /'
echo "Report:    $out/report.html"
echo "Workbench: $foreshard $out/shop.foreshard   (where there is a display)"
