#!/usr/bin/env bash
# redis-benchmark against Granite with io_uring and with epoll, and against redis-server if it is
# installed, as a table of rates and ratios. `--quick` takes about a minute. `--seccomp` shows
# instead that Granite falls back where io_uring is forbidden.
#
# Needs a release build, python3 and redis-benchmark; listens on loopback, on PORT and the next two.
set -u
cd "$(dirname "$0")/.."
command -v redis-benchmark >/dev/null || { echo "FAIL: redis-benchmark is missing (redis-tools)"; exit 1; }
exec python3 scripts/benchmark.py "${PORT:-7954}" "$@"
