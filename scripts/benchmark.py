"""redis-benchmark over a matrix of pipelines, connections and sizes: Granite with io_uring and with
epoll, and redis-server beside them if it is installed. Called by benchmark.sh.

    benchmark.py PORT [--quick] [--seccomp]

A measure, not a check: it fails if a run does not end. `--seccomp` only shows that Granite falls
back where a seccomp profile forbids io_uring, and serves as well."""
import csv
import os
import shutil
import subprocess
import sys

from live import GRANITE, Claims, Client, Redis, Server

PORT = int(sys.argv[1])
QUICK = "--quick" in sys.argv
FACTOR = 1 if QUICK else 4
# Each server in turn, so many times; the best counts, since the machine itself pauses.
ROUNDS = 1 if QUICK else 3
RUN_SECONDS_MAX = 20 if QUICK else 120
ALL_TESTS = "ping_inline,ping_mbulk,set,get,incr,mset"

# What varies, its tests, and the requests of each test in the quick form.
MATRIX = [
    ("-P 1", ALL_TESTS, 20_000),
    ("-P 64 -r 100000", ALL_TESTS, 200_000),
    ("-c 1000", "set,get", 20_000),
    ("-d 16 -P 16 -r 100000", "set,get", 100_000),
    ("-d 1024 -P 16 -r 10000", "set,get", 50_000),
    ("-d 16384 -r 1000", "set,get", 10_000),
    ("-d 65536 -r 500", "set,get", 5_000),
]


def measure(port, options, tests, requests):
    """Requests a second by test."""
    words = ["redis-benchmark", "-p", str(port), "--csv", "-t", tests, "-n", str(requests * FACTOR), *options.split()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=RUN_SECONDS_MAX * len(tests.split(",")))
    rows = list(csv.reader(done.stdout.splitlines()))[1:]
    if done.returncode or len(rows) != len(tests.split(",")):
        raise SystemExit(f"FAIL: {' '.join(words)}: {done.stdout} {done.stderr}")
    return {row[0]: float(row[1]) for row in rows}


def compare():
    limits = ["--maxmemory", "512mb", "--maxclients", "2000"]
    servers = [("io_uring", Server(PORT, *limits, "--io", "uring"), PORT),
               ("epoll", Server(PORT + 1, *limits, "--io", "epoll"), PORT + 1)]
    if shutil.which("redis-server"):
        servers.append(("redis", Redis(PORT + 2), PORT + 2))
    names = [name for name, _, _ in servers]
    heads = names + ([f"{name}/redis" for name in names[:2]] if "redis" in names else ["io_uring/epoll"])
    print(f"{'':24} {'requests a second':22}" + "".join(f"{head:>15}" for head in heads))
    try:
        for options, tests, requests in MATRIX:
            rounds = [[measure(port, options, tests, requests) for _, _, port in servers] for _ in range(ROUNDS)]
            for test in rounds[0][0]:
                rates = [max(found[index][test] for found in rounds) for index in range(len(servers))]
                pairs = [(0, 2), (1, 2)] if len(rates) == 3 else [(0, 1)]
                cells = [f"{rate:15,.0f}" for rate in rates]
                cells += [f"{rates[one] / rates[other]:15.2f}" for one, other in pairs]
                print(f"{options:24} {test:22}" + "".join(cells), flush=True)
    finally:
        for _, server, _ in servers:
            server.stop()


def show_fallback():
    claims = Claims()
    profile = ("python3", os.path.join(os.path.dirname(__file__), "forbid_io_uring.py"))
    with Server(PORT, "--maxmemory", "256mb", "--maxclients", "2000", command=profile) as server:
        line = next((line for line in server.text().splitlines() if "io_uring" in line and "epoll" in line), None)
        claims.check(f"its line: {line}", line is not None)
        state = Client(PORT).information("server")
        claims.check(f"io_engine:{state['io_engine']}, io_fallback:{state.get('io_fallback')}",
                     state["io_engine"] == "epoll")
        for test, rate in measure(PORT, "-P 16", ALL_TESTS, 20_000).items():
            print(f"   {test:30} {rate:12,.0f} requests a second")
        claims.check("it serves redis-benchmark", server.process.poll() is None)
    refusal = subprocess.run([*profile, GRANITE, "--port", str(PORT), "--maxmemory", "256mb", "--io", "uring"],
                             capture_output=True, text=True, timeout=60)
    said = (refusal.stdout + refusal.stderr).strip().splitlines()[-1:]
    claims.check(f"--io uring does not start there: {said}", refusal.returncode != 0)
    claims.end()


if "--seccomp" in sys.argv:
    show_fallback()
else:
    compare()
