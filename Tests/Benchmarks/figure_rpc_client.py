"""Client and server in two processes, on one connection unless said otherwise."""

import contextlib
import subprocess

from bench import figure

IN_FLIGHT = [1, 16, 256]
STREAM_ITEMS = 1_000_000
OPEN_LOOP_CONNECTIONS = 1


@figure("rpc_client_server")
def rpc_client_server(bench):
    """The typed client and server in a closed loop, beside grpc-swift-2's and gRPC C++'s.

    gRPC C++ is measured both ways it can be used: by callbacks, as its users are told to, and by
    completion queues.
    """
    kinds = {
        "ours": ([bench.program("echo-server"), "typed", f"unix:{bench.directory}/echo.sock"],
                 [bench.program("echo-client"), "closed"]),
        "swift": ([bench.peer("grpc-swift-echo"), "server"],
                  [bench.peer("grpc-swift-echo"), "client"]),
        "cpp": (
            [bench.grpc_cpp(), "callback", "server"], [bench.grpc_cpp(), "callback", "client"]),
        "cpp_queue": (
            [bench.grpc_cpp(), "queue", "server"], [bench.grpc_cpp(), "queue", "client"]),
    }
    # The peers take TCP only: ours is measured on both.
    kinds["ours_tcp"] = ([bench.program("echo-server"), "typed", "127.0.0.1:0"], kinds["ours"][1])
    runs = {(kind, count): [] for kind in kinds for count in IN_FLIGHT}
    with contextlib.ExitStack() as stack:
        servers = {
            kind: stack.enter_context(bench.server(server)) for kind, (server, _) in kinds.items()}
        for _ in range(bench.runs):
            for count in IN_FLIGHT:
                for kind, (_, client) in kinds.items():
                    runs[kind, count].append(
                        run(bench, servers[kind], client, count))

    def values(kind, count, key):
        return [one[key] for one in runs[kind, count]]

    figures = [
        bench.result(
            "rpc_pair_256_beside_grpc_swift", "calls/s", values("ours_tcp", 256, RATE),
            "grpc-swift-2", values("swift", 256, RATE), floor=25, goal=60, higher_is_better=True),
        bench.result(
            "rpc_pair_256_beside_grpc_cpp", "calls/s", values("ours_tcp", 256, RATE),
            "grpc-c++", values("cpp", 256, RATE), floor=6, goal=12, higher_is_better=True),
        bench.result(
            "rpc_pair_256_beside_grpc_cpp_queue", "calls/s", values("ours_tcp", 256, RATE),
            "grpc-c++ by queue", values("cpp_queue", 256, RATE), higher_is_better=True),
        bench.result(
            "rpc_pair_1_p50", "us", values("ours_tcp", 1, "p50_us"),
            "grpc-c++", values("cpp", 1, "p50_us"), floor=1.0, goal=0.75),
        bench.result(
            "rpc_pair_1_p50_beside_queue", "us", values("ours_tcp", 1, "p50_us"),
            "grpc-c++ by queue", values("cpp_queue", 1, "p50_us")),
    ]
    for count in IN_FLIGHT:
        for key, unit in [
            (RATE, "calls/s"), ("p50_us", "us"), ("p99_us", "us"), ("cpu_us", "cpu_us"),
            ("server_cpu_us", "cpu_us"),
        ]:
            figures.append(bench.result(
                f"rpc_unix_pair_{count}_{key}", unit, values("ours", count, key),
                higher_is_better=key == RATE))
    return figures


RATE = "calls_per_second"


def run(bench, server, client, in_flight):
    """One run of a closed loop, with what the server's CPU came to."""
    before = server.cpu_seconds()
    result = bench.load(*client, server.address, in_flight, bench.seconds)
    # Half a second of warm-up is in the server's time and not in the calls.
    share = bench.seconds / (bench.seconds + 0.5)
    result["server_cpu_us"] = (server.cpu_seconds() - before) * share / result["calls"] * 1e6
    return result


@figure("rpc_half_load")
def rpc_half_load(bench):
    """p99 at half of what saturates the pair, calls at fixed times, beside the p50 of the run.

    Both are the medians of a run's windows of a fiftieth of a second, thousands of calls each: a
    stall of the machine, which a virtual one has several of in a second, belongs to the windows it
    falls in. The p99 over whole runs is told beside them.
    """
    p50, p99, whole, rates = [], [], [], []
    client = bench.program("echo-client")
    with bench.server([bench.program("echo-server"), "typed", "127.0.0.1:0"]) as server:
        for _ in range(bench.runs):
            most = bench.load(client, "closed", server.address, 256, bench.seconds)[RATE]
            result = bench.load(
                client, "open", server.address, int(most / 2), bench.seconds,
                OPEN_LOOP_CONNECTIONS)
            p50.append(result["window_p50_us"])
            p99.append(result["window_p99_us"])
            whole.append(result["p99_us"])
            rates.append(result[RATE])
    return [
        bench.result("rpc_half_load_p99", "us", p99, "own p50", p50, floor=4, goal=2),
        bench.result("rpc_half_load_p99_whole_runs", "us", whole, "own p50", p50),
        bench.result("rpc_half_load_rate", "calls/s", rates, higher_is_better=True),
    ]


@figure("rpc_stream")
def rpc_stream(bench):
    """Server streaming of 100-byte items on one stream; the slower end decides."""
    rates, client_cpu, server_cpu = [], [], []
    with bench.server([bench.program("echo-server"), "typed", "127.0.0.1:0"]) as server:
        for _ in range(bench.runs):
            before = server.cpu_seconds()
            result = bench.load(
                bench.program("echo-client"), "stream", server.address, STREAM_ITEMS)
            # A tenth more items warm up.
            used = (server.cpu_seconds() - before) / (STREAM_ITEMS * 1.1)
            rates.append(result["items_per_second"])
            client_cpu.append(result["cpu_us"])
            server_cpu.append(used * 1e6)
    busier = [1e6 / max(pair) for pair in zip(client_cpu, server_cpu)]
    return [
        bench.result(
            "rpc_stream_items_a_core", "items/s", busier, floor=1_000_000, higher_is_better=True),
        bench.result("rpc_stream_items", "items/s", rates, higher_is_better=True),
        bench.result("rpc_stream_client", "cpu_us", client_cpu),
        bench.result("rpc_stream_server", "cpu_us", server_cpu),
    ]


@figure("rpc_tls")
def rpc_tls(bench):
    """Mutual TLS with 256 calls in flight, beside cleartext."""
    certificates = make_certificates(bench.directory / "certificates")
    server = [bench.program("echo-server"), "typed", "127.0.0.1:0"]
    client = bench.program("echo-client")
    secure, clear = [], []
    with bench.server([*server, certificates]) as encrypted, bench.server(server) as plain:
        for _ in range(bench.runs):
            secure.append(bench.load(
                client, "closed", encrypted.address, 256, bench.seconds, certificates)[RATE])
            clear.append(bench.load(client, "closed", plain.address, 256, bench.seconds)[RATE])
    return [
        bench.result(
            "rpc_tls_256", "calls/s", secure, "cleartext", clear, floor=0.7,
            higher_is_better=True),
    ]


def make_certificates(folder):
    """An authority, and a certificate for the server (localhost) and one for the client."""
    folder.mkdir()

    def openssl(*arguments):
        subprocess.run(
            ["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=folder)

    def make_key(name):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")

    make_key("ca")
    openssl("req", "-x509", "-new", "-key", "ca.key", "-days", 1, "-subj", "/CN=bench",
            "-out", "ca.pem")
    for name, host in [("server", "localhost"), ("client", "client")]:
        make_key(name)
        (folder / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
        openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={host}",
                "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", 1, "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return folder
