"""A running Granite for the scripts: starts and stops it, talks to it over raw sockets, and counts
which claims hold. Loopback only; each server is ended by its process number."""
import os
import socket
import subprocess
import tempfile
import threading
import time

# Between two PINGs of `Pings`.
PING_PAUSE_S = 0.0005
GRANITE = os.environ.get("GRANITE", "target/release/granite")


class Process:
    """A server that is ended with its block."""

    def processor_seconds(self):
        """Seconds of processor time that it has had, system calls included."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Server(Process):
    """A server of its own on `port`, ready when the constructor returns."""

    def __init__(self, port, *options, command=()):
        self.port = port
        self.log = tempfile.NamedTemporaryFile(mode="r", prefix="granite-", suffix=".log")
        words = [*command, GRANITE, "--port", str(port), *options]
        with open(self.log.name, "w") as output:
            self.process = subprocess.Popen(words, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while "Ready to accept connections" not in self.text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise SystemExit(f"FAIL: the server does not start: {self.text()[-500:]}")
            time.sleep(0.05)

    def text(self):
        """What it has logged so far."""
        with open(self.log.name) as log:
            return log.read()

    def resident(self):
        """VmRSS in kB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


class Redis(Process):
    """redis-server, as `Server` is Granite."""

    def __init__(self, port, command=()):
        words = [*command, "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                 "--maxclients", "2000"]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                Client(port).close()
                return
            except ConnectionError:
                time.sleep(0.05)
        self.stop()
        raise SystemExit("FAIL: redis-server does not start")


class Client:
    """One connection, RESP2."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb", 1 << 16)

    def call(self, *words):
        """One command and its reply; an error is a string that starts with `-`."""
        self.socket.sendall(request(*words))
        return self.reply()

    def reply(self):
        line = self.input.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection was closed")
        mark, rest = line[:1], line[1:-2]
        if mark == b"+":
            return rest.decode()
        if mark == b"-":
            return "-" + rest.decode()
        if mark == b":":
            return int(rest)
        if mark == b"$":
            return None if rest == b"-1" else self.input.read(int(rest) + 2)[:-2]
        return [self.reply() for _ in range(int(rest))]

    def lines(self, requests):
        """Sends many requests at once, and gives their one-line replies."""
        self.socket.sendall(b"".join(requests))
        return [self.input.readline() for _ in requests]

    def information(self, section):
        """INFO as a dictionary."""
        text = self.call("INFO", section).decode()
        return dict(line.split(":", 1) for line in text.split("\r\n") if ":" in line)

    def close(self):
        self.input.close()
        self.socket.close()


class Pings(threading.Thread):
    """Another client that says PING all the time; `worst` is the longest wait in milliseconds, and
    `overslept` how much too long a pause between two of them was, at most: what the machine or
    this process did to it."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client, self.worst, self.overslept, self.count, self.ended = Client(port), 0.0, 0.0, 0, False
        self.start()

    def run(self):
        while not self.ended:
            begin = time.monotonic()
            self.client.call("PING")
            end = time.monotonic()
            self.worst = max(self.worst, (end - begin) * 1000)
            self.count += 1
            time.sleep(PING_PAUSE_S)
            self.overslept = max(self.overslept, (time.monotonic() - end - PING_PAUSE_S) * 1000)

    def end(self):
        self.ended = True
        self.join()
        self.client.close()
        return self.worst


def request(*words):
    """A command as the bytes of RESP."""
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


class Claims:
    """Prints a line for each claim, and remembers whether all hold."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, text, holds):
        print(("pass: " if holds else "FAIL: ") + text, flush=True)
        if holds:
            self.passed += 1
        else:
            self.failed += 1

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(1 if self.failed else 0)
