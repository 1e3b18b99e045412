#!/usr/bin/env bash
# gate.sh TENANTRY [--update]: counts the instructions that a few commands execute and compares them
# with the counts in instructions.txt; more than a tenth above is a failure. Counts do not depend on
# what else the machine does. The lists come from a sandbox in a process of its own, not counted.
set -euo pipefail
tenantry=$1 here=$(cd "$(dirname "$0")" && pwd) counts=$(dirname "$0")/instructions.txt
command -v valgrind >/dev/null || { echo 'gate.sh needs valgrind' >&2; exit 1; }
work=$(mktemp -d)
"$tenantry" sandbox serve --customers 2000 >"$work/served" 2>/dev/null &
sandbox=$!
trap 'kill $sandbox; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s "$work/served" ] && break; sleep 0.1; done
value() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$work/served"; }

count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$tenantry" --quiet --output ndjson "$@" \
    2>"$work/err" >"$work/out" || { cat "$work/err" >&2; exit 1; }
  sed -n 's/.*Collected : //p' "$work/err"
}
served() {
  TENANTRY_TENANT_ID=$(value tenant_id) TENANTRY_CLIENT_ID=$(value client_id) \
    TENANTRY_CLIENT_SECRET=$(value client_secret) TENANTRY_REFRESH_TOKEN=$(value refresh_token) \
    TENANTRY_ENDPOINT_LOGIN=$(value login_url) TENANTRY_ENDPOINT_PARTNER=$(value partner_url) \
    TENANTRY_ENDPOINT_GRAPH=$(value graph_url) TENANTRY_ENDPOINT_ARM=$(value arm_url) count "$@"
}

record() { # name, then a command that prints a count
  local counted
  counted=$("${@:2}") || exit 1
  echo "$1 $counted" >>"$work/now"
}
record start count eval 1
record one_call served run "$here/a.rhai"
record list served run "$here/b.rhai"
record loop served run "$here/two_fields.rhai"
record fan_out served run "$here/fan_out.rhai"
record tokens served run "$here/g.rhai"
if [ "${2:-}" = --update ]; then cp "$work/now" "$counts"; cat "$counts"; exit; fi
awk 'NR == FNR { before[$1] = $2; next }
     !before[$1] { print $1 " has no recorded count"; bad = 1; next }
     { ratio = $2 / before[$1]; printf "%-10s %12d  %.3f of the recorded count\n", $1, $2, ratio; if (!(ratio <= 1.1)) bad = 1 }
     END { exit bad }' "$counts" "$work/now"
