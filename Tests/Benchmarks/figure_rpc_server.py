"""What a request costs the server: every server answers the same load generator in turn."""

import contextlib

from bench import figure

CALL = [
    "-H", "content-type: application/cbor", "-H", "rpc-version: 1", "-H", "rpc-timeout-ms: 5000",
    "-H", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
]
GRPC_CALL = ["-H", "content-type: application/grpc", "-H", "te: trailers"]


@figure("rpc_unary_echo")
def rpc_unary_echo(bench):
    """Unary echo of 100 bytes, raw and typed, beside C, nghttpd, grpc-swift-2 and gRPC C++."""
    with contextlib.ExitStack() as stack:
        costs = [
            (name, cost, [])
            for name, cost in servers(bench, stack, ["raw", "typed", "c", "nghttpd", "swift", "cpp"])]
        for _ in range(bench.runs):
            for _, cost, values in costs:
                values.append(cost())
    measured = {name: [cpu for cpu, _ in values] for name, _, values in costs}
    rates = [rate for name, _, values in costs if name == "typed" for _, rate in values]

    def calls_per_core(name):
        return [1e6 / cpu for cpu in measured[name]]

    return [
        bench.result(
            "rpc_raw_echo", "cpu_us", measured["raw"], "c_echo", measured["c"],
            floor=1.4, goal=1.15),
        bench.result(
            "rpc_unary_echo", "cpu_us", measured["typed"], "c_echo", measured["c"],
            floor=2.5, goal=1.7),
        bench.result(
            "rpc_unary_echo_beside_nghttpd", "cpu_us", measured["typed"],
            "nghttpd", measured["nghttpd"], floor=1.5, goal=1.0),
        bench.result(
            "rpc_unary_echo_beside_grpc_swift", "calls/s/core", calls_per_core("typed"),
            "grpc-swift-2", calls_per_core("swift"), floor=25, goal=45, higher_is_better=True),
        bench.result(
            "rpc_unary_echo_beside_grpc_cpp", "calls/s/core", calls_per_core("typed"),
            "grpc-c++", calls_per_core("cpp"), floor=4, goal=6, higher_is_better=True),
        bench.result("rpc_unary_echo_rate", "requests/s", rates, higher_is_better=True),
    ]


def servers(bench, stack, names):
    """Starts servers; yields each one's name and what measures its CPU a request once."""
    grpc_body = bench.directory / "body.grpc"
    message = b"x" * 100
    grpc_body.write_bytes(bytes([0]) + len(message).to_bytes(4, "big") + message)
    post = ["-d", bench.body, *CALL]
    grpc = ["-d", grpc_body, *GRPC_CALL]
    known = {
        "raw": ([bench.program("echo-server"), "raw", "127.0.0.1:0"], "/echo", post),
        "typed": (
            [bench.program("echo-server"), "typed", "127.0.0.1:0"],
            "/rpc/benchmark.v1/Echo", post),
        "c": ([bench.program("c-echo-server"), "0"], "/echo", post),
        "swift": ([bench.peer("grpc-swift-echo"), "server"], "/benchmark.Echo/Call", grpc),
        "cpp": ([bench.grpc_cpp(), "queue", "server"], "/benchmark.Echo/Call", grpc),
    }
    for name in names:
        if name == "nghttpd":
            server, path, options = stack.enter_context(bench.nghttpd(100)), "/file", []
        else:
            command, path, options = known[name]
            server = stack.enter_context(bench.server(command))
        yield name, measuring(bench, server, f"http://{server.address}{path}", options)


def measuring(bench, server, url, options):
    return lambda: bench.cpu_per_request(server, url, *options)


@figure("rpc_allocations")
def rpc_allocations(bench):
    """Heap allocations of a typed unary echo at each end, libnghttp2's included."""
    counts = bench.load(bench.program("echo-allocations"), bench.directory / "allocations.sock")
    return [
        bench.result(f"rpc_{end}_allocations", "allocations", counts[end])
        for end in ("server", "client")
    ]
