#!/usr/bin/env bash
# job.sh TENANTRY JOB BASE [CA]: runs one job against an upstream at BASE, through the environment
# profile. The upstream serves /login, /pc, /graph and /arm beneath BASE.
set -euo pipefail
tenantry=$1 job=$2 base=$3
export TENANTRY_TENANT_ID=partner TENANTRY_CLIENT_ID=bench-client
export TENANTRY_CLIENT_SECRET=bench-secret TENANTRY_REFRESH_TOKEN=0.bench-refresh
export TENANTRY_ENDPOINT_LOGIN=$base/login TENANTRY_ENDPOINT_PARTNER=$base/pc
export TENANTRY_ENDPOINT_GRAPH=$base/graph TENANTRY_ENDPOINT_ARM=$base/arm
if [ -n "${4:-}" ]; then export TENANTRY_CA_FILE=$4; fi
allow=() more=()
case $job in
  # The subscriptions are of the profile's own tenant, as far as it knows.
  e) export TENANTRY_ROLE=customer && more=(--n "${BENCH_N:-200}") allow=(--allow write) ;;
  v) export TENANTRY_ROLE=customer ;;
esac
case $job in
  b | c | e | g | g2 | two_fields | v) format=ndjson ;;
  b2) format=csv ;;
  *) format=table ;;
esac
exec "$tenantry" --quiet --output "$format" run "${allow[@]}" "$(dirname "$0")/$job.rhai" "${more[@]}"
