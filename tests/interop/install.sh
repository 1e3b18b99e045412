#!/usr/bin/env bash
# Installs what the slow tests need under target/interop: MSAL for Python and oidc-provider for
# Node.js, in the versions that are pinned here. Needs python3 with venv, node and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place="$here/../../target/interop"
mkdir -p "$place"
[ -d "$place/venv" ] || python3 -m venv "$place/venv"
python="$place/venv/bin/python"
[ -e "$python" ] || python="$place/venv/Scripts/python.exe"
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/package.json" "$here/package-lock.json" "$place/"
(cd "$place" && npm ci --silent --ignore-scripts --no-audit --no-fund)
