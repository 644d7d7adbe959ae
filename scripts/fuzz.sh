#!/usr/bin/env bash
# Fuzzes each target of `fuzz/` for a given time: scripts/fuzz.sh SECONDS [TARGET ...]
#
# libFuzzer needs a nightly compiler and cargo-fuzz (`cargo install cargo-fuzz`). Without them this
# says so and fails: a fuzzer that did not run has found nothing. What it learns goes to
# target/fuzz-corpus; what it finds to target/fuzz-found, with the command that shows it again.
# The small corpora in fuzz/corpus are replayed by `cargo test`; add to them what found a bug.
set -u
cd "$(dirname "$0")/.." || exit 1

refuse() {
    echo "fuzz: $*" >&2
    exit 1
}

SECONDS_EACH=${1:-}
case $SECONDS_EACH in
'' | *[!0-9]*) refuse "usage: scripts/fuzz.sh SECONDS [TARGET ...]" ;;
esac
shift
TARGETS=${*:-request option_file glob numbers engine collections}

cargo +nightly --version >/dev/null 2>&1 ||
    refuse "NOT RUN: no nightly toolchain (rustup toolchain install nightly)"
cargo fuzz --version >/dev/null 2>&1 || refuse "NOT RUN: no cargo-fuzz (cargo install cargo-fuzz)"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
for target in $TARGETS; do
    learned=target/fuzz-corpus/$target
    found=target/fuzz-found/$target/
    mkdir -p "$learned" "$found"
    end=$((SECONDS + SECONDS_EACH))
    runs=0
    # No sanitizer: outside of named files the code is safe, and panics are what is looked for. A new
    # process after some thousand runs, because buffers of an engine are handed out for ever.
    while [ "$SECONDS" -lt "$end" ]; do
        cargo +nightly fuzz run --sanitizer none --target-dir target/fuzz "$target" \
            "$learned" "fuzz/corpus/$target" -- -runs=4000000 -rss_limit_mb=3000 -max_len=1024 -timeout=20 \
            -max_total_time=$((end - SECONDS + 1)) -print_final_stats=1 \
            -artifact_prefix="$PWD/$found" >"$log" 2>&1
        status=$?
        count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1)
        runs=$((runs + ${count:-0}))
        grep -q 'out-of-memory' "$log" && continue
        if [ "$status" -ne 0 ]; then
            failed=1
            grep -E 'panicked|^(ERROR|error)|SUMMARY' -A2 "$log" | tail -20
            echo "fuzz: FAIL: $target: see $found, and run: cargo +nightly fuzz run -s none $target FILE"
            break
        fi
    done
    covered=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
    printf '%-12s %9d runs in %d s, %s edges covered, %d inputs learned\n' \
        "$target" "$runs" "$SECONDS_EACH" "${covered:-no}" "$(find "$learned" -type f | wc -l)"
done
exit "$failed"
