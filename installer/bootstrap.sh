#!/usr/bin/env bash
# Installs what Foreshard needs on Debian 12, from installer/packages.txt. Run as root or as a user with sudo.
# With an NVIDIA GPU (nvidia-smi finds one) or with --cuda, also fetches a CUDA LibTorch from Python wheels into
# .deps/libtorch-cuda. Does nothing where everything is there already.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

groups="build test"
cuda=auto
for argument in "$@"; do
  case "$argument" in
    --bench) groups="$groups bench" ;;
    --apps) groups="$groups apps" ;;
    --fuzz) groups="$groups fuzz" ;;
    --cuda) cuda=yes ;;
    --no-cuda) cuda=no ;;
    -h|--help) echo "usage: installer/bootstrap.sh [--bench] [--apps] [--fuzz] [--cuda|--no-cuda]"; exit 0 ;;
    *) echo "bootstrap: unknown option $argument (try --help)" >&2; exit 2 ;;
  esac
done

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else echo "bootstrap: run this as root, or install sudo, to run: $*" >&2; exit 1; fi
}

wanted() { awk -v groups=" $groups " '!/^#/ && NF && index(groups, " " $2 " ") {print $1}' installer/packages.txt; }

installed() { dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null | awk '$2=="installed"{print $1}' | sort -u; }

mapfile -t missing < <(comm -23 <(wanted | sort -u) <(installed))
if [ "${#missing[@]}" -gt 0 ]; then
  echo "bootstrap: installing ${#missing[@]} packages"
  export DEBIAN_FRONTEND=noninteractive
  # Debian's postgresql package starts a cluster of its own; the tests start private ones and need none.
  if [ ! -e /etc/postgresql-common/createcluster.conf ] && printf '%s\n' "${missing[@]}" | grep -qx postgresql; then
    as_root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/foreshard-apt.$$.log 2>&1 \
    || { tail -n 20 /tmp/foreshard-apt.$$.log >&2; echo "bootstrap: apt-get failed; the whole log is /tmp/foreshard-apt.$$.log" >&2; exit 1; }
  rm -f /tmp/foreshard-apt.$$.log
fi

if [ "$cuda" = auto ]; then
  if command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; then cuda=yes; else cuda=no; fi
fi
if [ "$cuda" = yes ]; then installer/fetch-cuda-torch.sh; fi
echo "bootstrap: ready"
