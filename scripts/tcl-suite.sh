#!/usr/bin/env bash
# Runs units of the test suite of Redis 7.0.15 (Tcl) against Granite, and compares each test with
# tcl-suite-expected.txt: the tests that do not pass, each with the command or the setting that is
# missing. Status 1 if a test fails that is not listed, if a listed test passes, or if a unit ran
# fewer tests than the list says (an error between tests loses the rest of a block). A test listed
# as `alone` expects what a listed test leaves behind: it is judged by a run of its own. One listed
# as `waits`, by name or as `/` and a pattern, is not run at all while the server lacks the command:
# it would wait five seconds or for ever for a client that this command blocks.
#
# Needs a release build and, on Debian, root for `apt-get install tcl` where it is missing. The
# suite's source comes from Debian and is kept in CACHE, outside the repository; SUITE names an
# unpacked one instead. UNITS chooses units. Everything listens on loopback, on PORT.
set -u
cd "$(dirname "$0")/.."

PORT=${PORT:-7950}
GRANITE=${GRANITE:-target/release/granite}
OPTIONS=${OPTIONS:-}
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/granite-tcl-suite}
SUITE=${SUITE:-}
UNITS=${UNITS:-"type/string type/incr type/list type/list-2 type/list-3 type/hash type/set type/zset keyspace expire bitops bitfield hyperloglog geo sort scan multi protocol quit info-command other"}
UNIT_SECONDS=${UNIT_SECONDS:-240}
# What a server that is already running cannot show, or that needs replication or files.
TAGS=${TAGS:-"-needs:repl -needs:save"}

expected=$PWD/scripts/tcl-suite-expected.txt
folder=$(mktemp -d)
server=

stop() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    server=
}
trap 'stop; rm -rf "$folder"' EXIT

refuse() {
    echo "FAIL: $1"
    exit 1
}

# Fetches and unpacks the source with apt, by lists of its own: the machine's stay as they are.
fetch() {
    local source=$CACHE/source lists=$CACHE/lists
    SUITE=$source
    [ -f "$source/tests/test_helper.tcl" ] && return
    mkdir -p "$lists/partial" "$CACHE/archives/partial" || return
    local key=/usr/share/keyrings/debian-archive-keyring.gpg
    {
        echo "deb-src [signed-by=$key] http://deb.debian.org/debian bookworm main"
        echo "deb-src [signed-by=$key] http://deb.debian.org/debian-security bookworm-security main"
    } >"$CACHE/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$CACHE/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$lists" -o "Dir::Cache=$CACHE/archives" -o APT::Sandbox::User=root)
    (
        cd "$CACHE" || exit
        apt-get "${options[@]}" update && apt-get "${options[@]}" --download-only source redis &&
            rm -rf unpacked && mkdir unpacked && tar -xzf redis_7.0.15.orig.tar.gz -C unpacked --strip-components=1 &&
            mv unpacked source
    ) >"$folder/apt" 2>&1 || { tail -5 "$folder/apt"; return 1; }
}

start() {
    # shellcheck disable=SC2086 # Options are words.
    "$GRANITE" --port "$PORT" --maxmemory 256mb --enable-debug-command yes --save '' --maxclients 500 $OPTIONS \
        >"$folder/log" 2>&1 &
    server=$!
    for _ in $(seq 600); do
        grep -q 'Ready to accept connections' "$folder/log" && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    server=
    refuse "the server does not start: $(tail -1 "$folder/log")"
}

# run UNIT FILE OPTIONS...: the output goes to FILE, without colours. A fresh server for each run,
# so that nothing a failed test has left behind reaches another unit.
run() {
    local unit=$1 output=$2
    shift 2
    start
    (
        cd "$SUITE" || exit
        timeout "$UNIT_SECONDS" tclsh8.6 tests/test_helper.tcl --host 127.0.0.1 --port "$PORT" --durable \
            --timeout 120 --ignore-encoding --ignore-digest --baseport 7960 --portcount 30 --tags "$TAGS" \
            --single "unit/$unit" "$@" </dev/null 2>&1
    ) | sed $'s/\x1b\\[[0-9;]*m//g' >"$output"
    kill -0 "$server" 2>/dev/null || refuse "the server has ended in $unit: $(tail -3 "$folder/log")"
    stop
}

# listed UNIT KINDS: the tests of a unit that are listed as `waits`, `alone`, or else `missing`.
listed() {
    awk -F ' [|] ' -v unit="$1" -v kinds="$2" '
        $1 == unit && $2 != "*" {
            kind = $3 ~ /^waits/ ? "waits" : $3 ~ /^alone/ ? "alone" : "missing"
            if (index(kinds, kind)) print $2
        }' "$expected"
}

# Does the running server have a command?
has() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$PORT" || refuse "the server does not answer"
    printf 'COMMAND INFO %s\r\n' "$1" >&3
    read -r -t 10 line <&3 && read -r -t 10 line <&3 || refuse "the server does not answer"
    exec 3>&-
    [[ $line != [\$\*]-1* ]]
}

# judge UNIT: compares all outputs with the list, prints the unit's line, and adds to the totals.
# A failure counts only in the run without the listed tests: with them, what one of them leaves
# behind (an open transaction, a key) may make the next one fail.
judge() {
    awk -v unit="$1" -v totals="$folder/totals" '
        function name_of(line) {
            sub(/^\[[a-z]+\]: /, "", line)
            sub(/ \([0-9]+ ms\)$/, "", line)
            sub(/ in tests\/unit\/.*$/, "", line)
            return line
        }
        # Is it a test that waits? What has matched is counted.
        function waits_for_some(name,  pattern, found) {
            for (pattern in waits)
                if (name == pattern || pattern ~ /^\// && name ~ substr(pattern, 2)) { waits[pattern]++; found = 1 }
            return found
        }
        part == "list" {
            if ($0 ~ /^#/ || split($0, field, / \| /) < 3 || field[1] != unit) next
            if (field[2] == "*") { least = field[3] + 0; next }
            if (field[3] ~ /^waits/) { waits[field[2]] = 0; next }
            listed[field[2]] = 1
            if (field[3] ~ /^alone/) alone[field[2]] = 1; else known++
            next
        }
        part == "all" && /^\[err\]: / { seen[name_of($0)] = 1 }
        part == "all" { next }
        part == "rest" && /^\[skip\]: / && waits_for_some(name_of($0)) { waiting++ }
        part == "rest" && /^\[err\]: / && name_of($0) in alone { details = 0; next }
        /^\[ok\]: / { passed++ }
        part == "rest" && /^\[ignore\]: / { skipped++ }
        /^\[(err|exception|TIMEOUT)\]/ { failed++; print "  FAIL: " name_of($0); details = 6; next }
        /^\[/ { details = 0 }
        details > 0 { details--; print "      " $0 }
        END {
            for (name in listed) if (!(name in seen)) { bad++; print "  FAIL: listed, but does not fail: " name }
            for (name in waits) if (!waits[name]) { bad++; print "  FAIL: listed, but no test: " name }
            if (passed < least) { bad++; print "  FAIL: " passed + 0 " passed, and the list says " least }
            printf "%-14s %d passed, %d failed, %d listed as missing something, %d not run, %d skipped by tag\n",
                unit, passed, failed + bad, known, waiting, skipped
            print passed + 0, failed + bad, known + 0, waiting + 0, skipped + 0 >> totals
        }' part=list "$expected" part=all "$folder/all" part=rest "$folder/rest" part=alone "$folder/alone"
}

command -v tclsh8.6 >/dev/null || apt-get install -qq -y tcl8.6 >/dev/null || refuse "tclsh8.6 is missing"
[ -n "$SUITE" ] || fetch || refuse "the suite's source cannot be fetched"
[ -f "$SUITE/tests/test_helper.tcl" ] || refuse "no suite in $SUITE"
[ -x "$GRANITE" ] || refuse "no $GRANITE: cargo build --release"
start
for command in $(awk -F ' [|] ' '!/^#/ && $3 ~ /^waits: / { sub(/^waits: /, "", $3); print $3 }' "$expected" | sort -u); do
    has "$command" && refuse "tests are listed as waiting for $command, which the server has"
done
stop
for unit in $UNITS; do
    listed "$unit" "missing waits" >"$folder/skip"
    : >"$folder/all"
    if [ -n "$(listed "$unit" "missing alone")" ]; then
        # This run is there for the listed tests, and needs no other that takes long.
        listed "$unit" waits >"$folder/waits"
        listed "$unit" missing | grep -q '[Ff]uzz' || echo '/[Ff]uzz|[Ss]tress' >>"$folder/waits"
        run "$unit" "$folder/all" --skipfile "$folder/waits"
    fi
    run "$unit" "$folder/rest" --skipfile "$folder/skip"
    : >"$folder/alone"
    while read -r name; do
        run "$unit" "$folder/one" --only "$name"
        cat "$folder/one" >>"$folder/alone"
    done < <(listed "$unit" alone)
    [ -n "${KEEP:-}" ] && cp "$folder/rest" "$KEEP/${unit//\//-}.txt"
    judge "$unit"
done
awk '{ passed += $1; failed += $2; known += $3; waiting += $4; skipped += $5 }
    END {
        printf "%d listed as missing something, %d not run as they wait for a command, %d skipped by tag\n",
            known, waiting, skipped
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0
    }' "$folder/totals"
