"""One client that says one PING after the other, alone and beside fifty that are never quiet; beside
redis-server if it is installed. Called by fairness.sh. A measure, not a check."""
import shutil
import subprocess
import sys
import time

from live import Client, Redis, Server
from turns import ON_SERVER_CORE, leave_server_core

PORT = int(sys.argv[1])
QUICK = "--quick" in sys.argv
KEYS = 100_000
# Each server in turn, so many times, each time so long: the medians count.
ROUNDS, SECONDS = (1, 2) if QUICK else (5, 4)
SHARES = [("p50", 0.5), ("p99", 0.99)]


def benchmark(port, test, count):
    """Fifty pipelines of 64 requests."""
    words = ["redis-benchmark", "-p", str(port), "-q", "-t", test, "-n", str(count), "-r", str(KEYS), "-d", "64",
             "-c", "50", "-P", "64"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def waits(port):
    """p50 and p99 of a PING, in microseconds."""
    client, took, end = Client(port), [], time.monotonic() + SECONDS
    while (begin := time.monotonic()) < end:
        client.call("PING")
        took.append((time.monotonic() - begin) * 1e6)
    client.close()
    took.sort()
    return [took[int(len(took) * share)] for _, share in SHARES]


def beside_fifty(server, port):
    """The same while they are busy, and the share of its core that the server is."""
    load = benchmark(port, "get", 1_000_000_000)
    try:
        # While it opens its connections.
        time.sleep(0.5)
        begin, processor = time.monotonic(), server.processor_seconds()
        found = waits(port)
        share = (server.processor_seconds() - processor) / (time.monotonic() - begin)
        if load.poll() is not None:
            raise SystemExit("FAIL: redis-benchmark has ended")
        return [*found, share]
    finally:
        load.kill()
        load.wait()


def medians(samples):
    """Of each figure."""
    return [sorted(figures)[len(figures) // 2] for figures in zip(*samples)]


def show(servers):
    for _, _, port in servers:
        benchmark(port, "set", KEYS * 10).wait()
    rounds = [[(waits(port), beside_fifty(server, port)) for _, server, port in servers] for _ in range(ROUNDS)]
    found = [(medians(alone), medians(beside)) for alone, beside in (zip(*samples) for samples in zip(*rounds))]
    for (name, _, _), (alone, beside) in zip(servers, found):
        for (share, _), quiet, busy in zip(SHARES, alone, beside):
            print(f"{name}: {share} of a PING: {quiet:.0f} us alone, {busy:.0f} us beside fifty pipelines of 64 GETs "
                  f"(the server is busy for {beside[-1]:.0%} of the time)")
    if len(found) == 2:
        (_, ours), (_, theirs) = found
        for (share, _), us, them in zip(SHARES, ours, theirs):
            print(f"Granite / redis-server, beside the fifty, {share}: {us / them:.2f}")


def main():
    with Server(PORT, "--maxmemory", "512mb", command=ON_SERVER_CORE) as server:
        servers = [("Granite", server, PORT)]
        if shutil.which("redis-server"):
            with Redis(PORT + 1, command=ON_SERVER_CORE) as redis:
                show([*servers, ("redis-server", redis, PORT + 1)])
        else:
            show(servers)


leave_server_core()
main()
