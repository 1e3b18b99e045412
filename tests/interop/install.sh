#!/usr/bin/env bash
# Installs what the slow tests need under target/interop: MSAL and the Azure SDK for Python, oidc-provider for
# Node.js, in the versions that are pinned here. Needs python3 with venv, node and npm, and tries to
# install with apt-get those that are missing. Says what it lacks when it fails.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place="$here/../../target/interop"

fail() { echo "the slow tests cannot run: $*" >&2; exit 1; }

# install PACKAGE…: with apt-get, where there is one and it may.
install() {
  command -v apt-get >/dev/null || return 1
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@") >/dev/null 2>&1
}

has_venv() { python3 -c 'import venv, ensurepip' 2>/dev/null; }
has_node() { command -v node >/dev/null && command -v npm >/dev/null; }

has_venv || install python3 python3-venv || true
has_venv || fail 'python3 with venv is missing, and apt-get could not install it'
has_node || install nodejs npm || true
has_node || fail 'node and npm are missing, and apt-get could not install them'

mkdir -p "$place"
[ -d "$place/venv" ] || python3 -m venv "$place/venv"
python="$place/venv/bin/python"
[ -e "$python" ] || python="$place/venv/Scripts/python.exe"
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt" ||
  fail 'pip could not install what tests/interop/requirements.txt names'
cp "$here/package.json" "$here/package-lock.json" "$place/"
(cd "$place" && npm ci --silent --ignore-scripts --no-audit --no-fund) ||
  fail 'npm could not install what tests/interop/package-lock.json names'
