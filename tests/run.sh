#!/usr/bin/env bash
# Sets a Debian 12 machine up, builds, and runs every test that it can run.
#   tests/run.sh [PRESET] [-- ctest options]     PRESET: release (default), dev, asan, tsan
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=release
case "${1:-}" in
  -h|--help) echo "usage: tests/run.sh [release|dev|asan|tsan] [-- ctest options]"; exit 0 ;;
  --|"") ;;
  release|dev|asan|tsan) preset=$1; shift ;;
  *) echo "tests/run.sh: unknown preset or option $1 (try --help)" >&2; exit 2 ;;
esac
if [ "${1:-}" = "--" ]; then shift; fi

installer/bootstrap.sh
started=$SECONDS
cmake --preset "$preset" >"/tmp/foreshard-configure.$$.log" 2>&1 || { cat "/tmp/foreshard-configure.$$.log"; exit 1; }
rm -f "/tmp/foreshard-configure.$$.log"
cmake --build --preset "$preset"
echo "built in $((SECONDS - started)) s"

# The sanitizers' own dlopen looks for the library that trains models without the program's run path.
case $preset in asan|tsan) export LD_LIBRARY_PATH="$PWD/build/$preset/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ;; esac
if [ "$preset" = asan ]; then
  # fontconfig keeps its caches until the process ends.
  export LSAN_OPTIONS="suppressions=$PWD/tests/support/lsan.supp" ASAN_OPTIONS=detect_odr_violation=0
elif [ "$preset" = tsan ]; then
  # Tests that kill a fork of themselves are left out: ThreadSanitizer does not follow a fork into threads.
  export TSAN_OPTIONS="ignore_noninstrumented_modules=1 die_after_fork=0 suppressions=$PWD/tests/support/tsan.supp"
  set -- "$@" -E "^(test_crash_points|test_bad_conditions|test_project_folder)$"
fi
started=$SECONDS
ctest --preset "$preset" -j 2 "$@"
echo "tested in $((SECONDS - started)) s"
