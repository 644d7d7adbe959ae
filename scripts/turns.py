"""The turns of a running Granite, and what others notice of them, for the scripts that show a slow
moment. The server has a core for itself, so that no turn waits for a client that computes."""
import os
import time

# What one call, or one PING beside it, may take: the machine itself pauses.
AT_ONCE_MS = 20
SERVER_CORE, *CLIENT_CORES = sorted(os.sched_getaffinity(0))
ON_SERVER_CORE = ("taskset", "-c", str(SERVER_CORE)) if CLIENT_CORES else ()


def leave_server_core():
    """This process and its children run elsewhere from now on."""
    os.sched_setaffinity(0, CLIENT_CORES or {SERVER_CORE})


def idle_turns(length_us, seconds=10):
    """A loop that does nothing but as much of it as a turn takes, on the core of the server, which is
    idle meanwhile: the time, in microseconds, that 99.99 % of its rounds keep, and the longest. Where
    the machine itself pauses, this shows it."""
    affinity = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER_CORE})
    count, took = 1_000, 0
    while took < length_us * 1_000:
        count = count * 5 // 4
        begin = time.perf_counter_ns()
        for _ in range(count):
            pass
        took = time.perf_counter_ns() - begin
    rounds, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter_ns()
        for _ in range(count):
            pass
        rounds.append(time.perf_counter_ns() - begin)
    os.sched_setaffinity(0, affinity)
    rounds.sort()
    return rounds[len(rounds) * 9999 // 10000] / 1000, rounds[-1] / 1000


def check_turns(claims, client, what):
    """What INFO says of the turns since the last CONFIG RESETSTAT, in processor time, so that it is the
    server that is judged; beside it the elapsed time, and that of an idle loop."""
    stats = client.information("stats")
    print("   " + ", ".join(f"{name}:{value}" for name, value in stats.items()
                            if name.startswith(("turn", "expired_keys", "evicted_keys", "lazyfree"))))
    busy, elapsed = int(stats["turn_cpu_usec_p9999"]), int(stats["turn_usec_p9999"])
    # Counted, since the percentile is rounded up by as much as an eighth.
    long_count, count = int(stats["turns_over_1ms_cpu"]), int(stats["turns"])
    idle, longest = idle_turns(int(stats["turn_usec_p99"]))
    claims.check(f"turns {what}: {long_count} of {count} took more than a millisecond of processor time: at most one "
                 f"in 10,000 (99.99 % below {busy} us; elapsed: {elapsed} us; rounds of an idle loop that are as long "
                 f"as the turns: {idle:.0f} us, the longest {longest:.0f} us)", long_count * 10_000 <= count)
