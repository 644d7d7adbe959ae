#!/usr/bin/env bash
# What a lone client waits for a PING, alone and beside fifty pipelines of 64 GETs, and the same with
# redis-server if it is installed. `--quick` takes half a minute. A measure, not a check.
#
# Needs a release build, python3 and redis-benchmark; listens on loopback, on PORT and the next one.
set -u
cd "$(dirname "$0")/.."
exec python3 scripts/fairness.py "${PORT:-7965}" "$@"
