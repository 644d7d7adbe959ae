#!/usr/bin/env bash
# The test suite of Redis 7.0.15 itself, against Granite. Its sources come from Debian when this
# runs, and are never committed. A test that needs a command that Granite does not have yet stands
# in tcl-suite.expected with that command; any other failure fails, and so does a listed test
# that passes. Prints `N passed, M failed` for each unit.
set -euo pipefail
cd "$(dirname "$0")/.."
expected=$PWD/scripts/tcl-suite.expected
work=$PWD/target/tcl-suite
binary=${GRANITE:-$PWD/target/release/granite}
port=${PORT:-7890}
units=(type/string type/incr keyspace expire bitops bitfield scan multi protocol quit info-command other)

fail() { echo "tcl-suite: $*" >&2; exit 1; }
need() { # command package
    command -v "$1" >/dev/null && return
    apt-get install -y -qq "$2" >/dev/null || fail "needs $1, and apt-get cannot install $2"
}

fetch() {
    [ -d "$work/redis/tests" ] && return
    need tclsh8.6 tcl8.6
    need dpkg-source dpkg-dev
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    local from=http://deb.debian.org/debian key=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb-src [signed-by=$key] $from bookworm main
deb-src [signed-by=$key] ${from}-security bookworm-security main" >"$work/sources.list"
    local options=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
    (cd "$work" && apt-get "${options[@]}" update && apt-get "${options[@]}" source --download-only redis) ||
        fail "the sources of redis cannot be fetched with apt-get"
    dpkg-source -x "$work"/redis_7.0.15-*.dsc "$work/redis" >/dev/null || fail "the sources do not unpack"
}

start() {
    "$binary" --port "$port" --maxmemory 512mb --maxclients 1000 --enable-debug-command yes \
        >"$work/server.log" 2>&1 </dev/null &
    server=$!
    for _ in $(seq 100); do
        grep -q "Ready to accept connections" "$work/server.log" && return
        kill -0 "$server" 2>/dev/null || { cat "$work/server.log"; fail "the server does not start"; }
        sleep 0.1
    done
    fail "the server is never ready"
}

suite() { # seconds log option...
    local seconds=$1 log=$2
    shift 2
    ended=0
    (cd "$work/redis" && timeout "$seconds" tclsh8.6 tests/test_helper.tcl --host 127.0.0.1 \
        --port "$port" --durable --timeout 120 --ignore-encoding --ignore-digest --baseport 27111 \
        --portcount 300 --tags "-slow -needs:repl -needs:pfdebug -needs:save -needs:reset" \
        --single "unit/$unit" "$@" >"$log" 2>&1 </dev/null) || ended=$?
    sed -i 's/\x1b\[[0-9;]*m//g' "$log"
}

stop() { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }

[ -x "$binary" ] || cargo build --release --quiet
fetch
trap 'stop' EXIT
status=0 passed_all=0 failed_all=0
for unit in "${units[@]}"; do
    start
    log=$work/${unit//\//-}.log
    suite 300 "$log"
    stop
    # Colours off; `[err]: name in tests/...` and `[ok]: name (12 ms)` become the names alone.
    sed -n 's/^\[err\]: \(.*\) in tests\/.*/\1/p' "$log" | sort -u >"$log.failed"
    sed -n 's/^\[ok\]: \(.*\) ([0-9]* ms)$/\1/p' "$log" | sort -u >"$log.passed"
    # A test that dies halfway leaves its keys, its MULTI, its half-read reply to the next one: what
    # failed and is not in the list gets a second chance, alone, on a fresh server.
    awk -F '\t' -v unit="$unit" '$1 == unit { print $2 }' "$expected" | sort -u >"$log.listed"
    : >"$log.alone"
    comm -23 "$log.failed" "$log.listed" | while IFS= read -r name; do
        start
        suite 120 "$log.one" --only "$name"
        stop
        cat "$log.one" >>"$log.alone"
        grep -q "^\[ok\]: " "$log.one" && ! grep -q "^\[err\]: " "$log.one" && echo "$name" || true
    done | sort -u >"$log.second"
    sort -u -o "$log.passed" "$log.passed" "$log.second"
    comm -23 "$log.failed" "$log.second" >"$log.still" && mv "$log.still" "$log.failed"
    passed=$(wc -l <"$log.passed") failed=$(wc -l <"$log.failed")
    echo "$unit: $passed passed, $failed failed"
    passed_all=$((passed_all + passed)) failed_all=$((failed_all + failed))
    for name in unlisted passing; do
        if [ "$name" = unlisted ]; then
            found=$(comm -23 "$log.failed" "$log.listed") said="failed, and is not in the list"
        else
            found=$(comm -12 "$log.passed" "$log.listed") said="is in the list, but passes"
        fi
        [ -z "$found" ] || { sed "s|^|  $unit: |; s|\$| ($said)|" <<<"$found"; status=1; }
    done
    if [ "$passed" = 0 ] || [ "$ended" = 124 ]; then
        echo "  $unit: did not come to its end (status $ended)"; tail -3 "$log"; status=1
    fi
done
echo "$passed_all passed, $failed_all failed"
exit $status
