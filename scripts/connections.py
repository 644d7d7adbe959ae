"""Idle connections on a running server: 10,000 of them, 10,000 more that are refused, and an
administrator who still gets in. Called by connections.sh, in a network of its own: its loopback
device also has FOREIGN, an address that is not loopback, so that clients may come from elsewhere."""
import fcntl
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import time

from live import GRANITE, Claims, Client, Server, request

PORT = int(sys.argv[1])
COUNT = int(os.environ.get("COUNT", "10000"))
FOREIGN = "198.51.100.1"
REFUSAL = b"-ERR max number of clients reached\r\n"
REFUSED_AT_ONCE = 200
claims = Claims()


def build_network():
    """The loopback device up, with FOREIGN as its second address."""
    control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    set_address, set_flags, up_and_running = 0x8916, 0x8914, 0x41
    address = struct.pack("16sH2s4s8x", b"lo:1", socket.AF_INET, b"", socket.inet_aton(FOREIGN))
    fcntl.ioctl(control, set_flags, struct.pack("16sH14x", b"lo", up_and_running))
    fcntl.ioctl(control, set_address, address)
    control.close()


def connect():
    return socket.create_connection((FOREIGN, PORT), timeout=30)


def refused():
    """How many of COUNT more clients read the refusal and then the end."""
    count = 0
    for _ in range(COUNT // REFUSED_AT_ONCE):
        clients = [connect() for _ in range(REFUSED_AT_ONCE)]
        for client in clients:
            said = b""
            try:
                while piece := client.recv(100):
                    said += piece
            except ConnectionResetError:
                pass
            count += said == REFUSAL
            client.close()
    return count


def answers(client):
    client.sendall(request("PING"))
    return client.recv(100) == b"+PONG\r\n"


def main():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < COUNT + 1000:
        raise SystemExit(f"FAIL: {COUNT} connections need more than the {hard} files that are allowed")
    build_network()
    options = ["--maxmemory", "1gb", "--maxclients", str(COUNT)]
    plan = json.loads(subprocess.run([GRANITE, "plan", "--json", *options], capture_output=True, check=True).stdout)
    per_client = sum(pool["bytes"] for pool in plan["pools"] if pool["name"] in ("connections", "I/O tables")) / COUNT
    claims.check(f"the plan has {per_client:.0f} bytes for each connection: less than 1024", per_client < 1024)
    with Server(PORT, *options, "--bind", f"127.0.0.1 {FOREIGN}", "--protected-mode", "no") as server:
        before = server.resident()
        begin = time.monotonic()
        clients = [connect() for _ in range(COUNT)]
        alive = sum(answers(client) for client in clients)
        claims.check(f"{alive} of {COUNT} clients are connected, after {time.monotonic() - begin:.1f} s", alive == COUNT)
        begin = time.monotonic()
        count = refused()
        claims.check(f"{count} of {COUNT} more read the refusal and the end, within {time.monotonic() - begin:.1f} s",
                     count == COUNT)
        administrator = Client(PORT)
        state = administrator.information("clients")
        claims.check(f"an administrator on loopback gets in: connected_clients:{state['connected_clients']}, "
                     f"maxclients:{state['maxclients']}", int(state["connected_clients"]) == COUNT + 1)
        rejected = int(administrator.information("stats")["rejected_connections"])
        claims.check(f"rejected_connections:{rejected}", rejected == COUNT)
        claims.check("every tenth of the idle ones still answers", all(answers(client) for client in clients[::10]))
        memory, after = administrator.information("memory"), server.resident()
        claims.check(f"VmRSS: {before} kB, then {after} kB: within 64 kB", abs(after - before) <= 64)
        claims.check(f"allocations_after_seal:{memory['allocations_after_seal']}",
                     memory["allocations_after_seal"] == "0")
        for client in clients:
            client.close()
        begin = time.monotonic()
        while int(administrator.information("clients")["connected_clients"]) > 1 and time.monotonic() < begin + 30:
            time.sleep(0.05)
        left = administrator.information("clients")["connected_clients"]
        claims.check(f"they close, and connected_clients:{left} after {time.monotonic() - begin:.1f} s", left == "1")


main()
claims.end()
