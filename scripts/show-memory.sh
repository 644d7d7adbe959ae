#!/usr/bin/env bash
# Shows that Granite's memory is what its plan says, and stays so. Prints a line for each claim and
# ends with status 1 if one does not hold.
#
# Needs a release build, redis-cli and redis-benchmark; strace for the first claim. Everything
# listens on loopback, on PORT. The figures: SIZES (maxmemory, each compared with VmRSS) and
# OPERATIONS (mixed commands between two looks at the memory).
set -u
cd "$(dirname "$0")/.."

PORT=${PORT:-7390}
SIZES=${SIZES:-"256mb 1gb 8gb"}
OPERATIONS=${OPERATIONS:-50000000}
GRANITE=${GRANITE:-target/release/granite}
OPTIONS=${OPTIONS:-}

folder=$(mktemp -d)
server=
failures=0

stop() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    server=
}
trap 'stop; rm -rf "$folder"' EXIT

# claim NAME CONDITION...: the condition is a command.
claim() {
    local name=$1
    shift
    if "$@"; then
        echo "pass: $name"
    else
        echo "FAIL: $name"
        failures=$((failures + 1))
    fi
}

start() {
    # shellcheck disable=SC2086 # Options are words.
    "$GRANITE" --port "$PORT" $OPTIONS "$@" >"$folder/log" 2>&1 &
    server=$!
    for _ in $(seq 1200); do
        grep -q 'Ready to accept connections' "$folder/log" && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "FAIL: the server does not start: $(tail -1 "$folder/log")"
    exit 1
}

# status FIELD: kilobytes from /proc.
status() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$server/status"; }

information() { redis-cli -p "$PORT" info memory | tr -d '\r' | awk -F: -v name="$1" '$1 == name { print $2 }'; }

# benchmark COUNT COMMAND...: pipelined, over random keys.
benchmark() {
    local count=$1
    shift
    redis-benchmark -p "$PORT" -q -n "$count" -P 64 -c 50 -r 1000000 "$@" >/dev/null 2>&1
}

# mixed COUNT: so many operations, of every kind that changes what is stored.
mixed() {
    local share=$(($1 / 10))
    benchmark "$share" set key:__rand_int__ 0123456789012345678901234567890123456789
    benchmark "$share" get key:__rand_int__
    benchmark "$share" set key:__rand_int__ "$(printf 'x%.0s' $(seq 1000))" px 5000
    benchmark "$share" del key:__rand_int__
    benchmark "$share" incr counter:__rand_int__
    benchmark "$share" append key:__rand_int__ 0123456789
    benchmark "$share" expire key:__rand_int__ 10
    benchmark "$share" setrange key:__rand_int__ 100 0123456789
    benchmark "$share" mget key:__rand_int__ key:__rand_int__ counter:__rand_int__
    benchmark "$share" setbit bits:__rand_int__ 12345 1
}

within_one_percent() { [ $((($1 > $2 ? $1 - $2 : $2 - $1) * 100)) -le "$2" ]; }

echo "== the plan and what the kernel says"
for size in $SIZES; do
    start --maxmemory "$size"
    plan=$(($(information memory_plan_user_bytes) / 1024))
    resident=$(status VmRSS)
    claim "$size: plan $plan kB, VmRSS $resident kB: within 1 %" within_one_percent "$resident" "$plan"
    claim "$size: VmRSS is not above the plan" test "$resident" -le "$plan"
    stop
done

echo "== $OPERATIONS mixed operations"
# With eviction, since redis-benchmark ends at the first error, and the data outgrow the memory.
start --maxmemory 1gb --maxmemory-policy allkeys-lru
before="$(status VmSize) $(status RssAnon)"
resident_before=$(status VmRSS)
mixed "$OPERATIONS"
after="$(status VmSize) $(status RssAnon)"
resident_after=$(status VmRSS)
executed=$(redis-cli -p "$PORT" info stats | tr -d '\r' | awk -F: '$1 == "total_commands_processed" { print $2 }')
claim "$executed commands were executed" test "$executed" -ge "$OPERATIONS"
claim "VmSize and RssAnon: $before kB, then $after kB" test "$before" = "$after"
difference=$((resident_after > resident_before ? resident_after - resident_before : resident_before - resident_after))
claim "VmRSS: $resident_before kB, then $resident_after kB: within 64 kB" test "$difference" -le 64
claim "allocations_after_seal: $(information allocations_after_seal)" test "$(information allocations_after_seal)" = 0

echo "== system calls under load"
if command -v strace >/dev/null; then
    strace -f -qq -o "$folder/calls" -p "$server" &
    tracer=$!
    sleep 1
    mixed 100000
    redis-benchmark -p "$PORT" -q -n 20000 -c 200 -t ping,set,get >/dev/null 2>&1
    redis-benchmark -p "$PORT" -q -n 2000 -d 65536 -t set,get >/dev/null 2>&1
    kill -INT "$tracer"
    wait "$tracer" 2>/dev/null
    count=$(wc -l <"$folder/calls")
    seen=$(sed -E 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/' "$folder/calls" | grep -E '^[a-z0-9_]+$' | sort | uniq -c |
        sort -rn | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $2, $1 }')
    claim "strace saw $count lines: $seen" test "$count" -gt 1000
    claim "none of them is about memory, files or processes" \
        test -z "$(grep -E '^[0-9]+ +(mmap|munmap|mremap|brk|mprotect|madvise|clone|clone3|fork|execve|open|openat|socket)\(' "$folder/calls")"
else
    claim "strace is installed" false
fi
stop

echo "== a deliberate allocation"
claim "children that allocate or map after the seal die with the message (tests/seal)" \
    cargo test --quiet --package granite --test seal

if [ "$failures" -gt 0 ]; then
    echo "$failures claims do not hold"
    exit 1
fi
echo "every claim holds"
