#!/usr/bin/env python3
"""Measures the suite beside its peers, in one run on this machine.

Every server is pinned to one core and the load to the other. The main figure is CPU microseconds a
request, taken from the server's own accounting in /proc: wall time on shared machines lies. Runs of
a figure and its peers alternate; the median of at least five is told, with minimum and maximum.

A figure is a function registered with @figure(name): it takes a Bench and returns a list of dicts
made with Bench.result(). Files named figure_*.py beside this one are loaded too, so a figure that
needs a whole service can live in a file of its own.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SERVER_CORE, LOAD_CORE = 0, 1
RUNS_MIN = 5
TICKS = os.sysconf("SC_CLK_TCK")
FIGURES = {}


def figure(name):
    """Registers a function as the figure of this name."""

    def register(function):
        FIGURES[name] = function
        return function

    return register


def pinned(core, command):
    cores = os.cpu_count() or 1
    return ["taskset", "-c", str(min(core, cores - 1)), *map(str, command)]


def echo_body(count=100):
    """CBOR of {1: text of `count` characters}, as the echo method takes it."""
    return bytes([0xA1, 0x01, 0x78, count]) + b"x" * count


class Server:
    """A server process on its core, and what CPU it has used."""

    def __init__(self, process, address, pid=None):
        self.process = process
        self.address = address
        self.pid = pid or process.pid

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Bench:
    """What figures are measured with."""

    def __init__(self, arguments):
        self.runs = max(RUNS_MIN, arguments.runs)
        self.seconds = arguments.seconds
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="covenant-bench-"))
        self.body = self.directory / "body.cbor"
        self.body.write_bytes(echo_body())
        self.scratch = arguments.scratch_path
        self.binaries = None

    def build(self):
        """Builds the benchmark programs, once."""
        if self.binaries:
            return
        command = ["swift", "build", "-c", "release", "--package-path", str(HERE)]
        if self.scratch:
            command += ["--scratch-path", self.scratch]
        subprocess.run(command, check=True, stdout=sys.stderr)
        path = subprocess.run(
            [*command, "--show-bin-path"], check=True, capture_output=True, text=True)
        self.binaries = pathlib.Path(path.stdout.strip().splitlines()[-1])

    def program(self, name):
        self.build()
        return self.binaries / name

    @contextlib.contextmanager
    def server(self, command):
        """Runs a server that prints `listening ADDRESS` until the block ends."""
        process = subprocess.Popen(
            pinned(SERVER_CORE, command), stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline()
            if not line.startswith("listening "):
                raise RuntimeError(f"{command[0]} did not start: {line!r}")
            yield Server(process, line.split()[1])
        finally:
            process.terminate()
            process.wait()

    @contextlib.contextmanager
    def nghttpd(self, file_bytes):
        """Runs nghttpd on a directory with one file, on a port that is free."""
        root = self.directory / "www"
        root.mkdir(exist_ok=True)
        (root / "file").write_bytes(b"x" * file_bytes)
        port = free_port()
        process = subprocess.Popen(
            pinned(SERVER_CORE, ["nghttpd", "--no-tls", "-d", root, port]),
            stdout=subprocess.DEVNULL)
        try:
            wait_for_port(port, process)
            yield Server(process, f"127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait()

    def h2load(self, url, requests, *options):
        """Sends exactly `requests` requests; returns requests a second."""
        command = ["h2load", "-c", "8", "-m", "64", "-t", "1", "-n", requests, *options, url]
        output = subprocess.run(
            pinned(LOAD_CORE, command), check=True, capture_output=True, text=True).stdout
        succeeded = re.search(r"(\d+) succeeded, (\d+) failed", output)
        statuses = re.search(r"status codes: (\d+) 2xx", output)
        if not succeeded or int(statuses[1]) != requests:
            raise RuntimeError(f"{url}: not every request was answered well:\n{output}")
        return float(re.search(r"finished in .*?, ([\d.]+) req/s", output)[1])

    def cpu_per_request(self, server, url, *options):
        """One run: CPU microseconds a request, and requests a second."""
        rate = self.h2load(url, 20_000, *options)
        requests = max(20_000, int(rate * self.seconds) // 1000 * 1000)
        before = server.cpu_seconds()
        rate = self.h2load(url, requests, *options)
        return (server.cpu_seconds() - before) / requests * 1e6, rate

    def result(self, name, unit, values, peer=None, peer_values=None, **more):
        """A figure as deploy/bench tells it; `more` may hold floor, goal and notes."""
        figure = {
            "name": name, "unit": unit, "median": rounded(statistics.median(values)),
            "min": rounded(min(values)), "max": rounded(max(values)), "runs": len(values),
            "higher_is_better": False, **more,
        }
        if peer_values:
            median = statistics.median(peer_values)
            figure |= {
                "peer": peer, "peer_median": rounded(median),
                "ratio": round(statistics.median(values) / median, 2),
            }
        return figure


def rounded(value):
    return round(value, 3 if abs(value) < 100 else 1)


def free_port():
    import socket
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port, process, seconds=10):
    import socket
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


@figure("rpc_unary_echo")
def rpc_unary_echo(bench):
    """Typed unary echo of 100 bytes through the whole stack, beside C on libnghttp2 and nghttpd."""
    post = ["-d", bench.body, "-H", "content-type: application/cbor"]
    call = [*post, "-H", "rpc-version: 1", "-H", "rpc-timeout-ms: 5000"]
    ours, c, nghttpd, rates = [], [], [], []
    with (
        bench.server([bench.program("rpc-echo-server"), "127.0.0.1:0"]) as echo,
        bench.server([bench.program("c-echo-server"), "0"]) as limit,
        bench.nghttpd(100) as files,
    ):
        for _ in range(bench.runs):
            cpu, rate = bench.cpu_per_request(
                echo, f"http://{echo.address}/rpc/benchmark.v1/Echo", *call)
            ours.append(cpu)
            rates.append(rate)
            c.append(bench.cpu_per_request(limit, f"http://{limit.address}/echo", *call)[0])
            nghttpd.append(bench.cpu_per_request(files, f"http://{files.address}/file")[0])
    return [
        bench.result("rpc_unary_echo", "cpu_us", ours, "c_echo", c, floor=4.0, goal=1.7),
        bench.result("rpc_unary_echo_beside_nghttpd", "cpu_us", ours, "nghttpd", nghttpd),
        bench.result("rpc_unary_echo_rate", "requests/s", rates) | {"higher_is_better": True},
    ]


@figure("rpc_client_server")
def rpc_client_server(bench):
    """The Swift client against the Swift server on one connection, closed loop."""
    in_flight = [1, 16, 256]
    runs = {count: [] for count in in_flight}
    address = f"unix:{bench.directory}/echo.sock"
    with bench.server([bench.program("rpc-echo-server"), address]) as server:
        for _ in range(bench.runs):
            for count in in_flight:
                before = server.cpu_seconds()
                output = subprocess.run(
                    pinned(
                        LOAD_CORE,
                        [bench.program("rpc-echo-client"), address, count, bench.seconds]),
                    check=True, capture_output=True, text=True).stdout
                run = json.loads(output)
                # Half a second of warm-up is in the server's time and not in the calls.
                share = bench.seconds / (bench.seconds + 0.5)
                run["server_cpu_us"] = (
                    (server.cpu_seconds() - before) * share / run["calls"] * 1e6)
                runs[count].append(run)
    figures = []
    for count in in_flight:
        for key, unit in [
            ("calls_per_second", "calls/s"), ("p50_us", "us"), ("p99_us", "us"),
            ("cpu_us", "cpu_us"), ("server_cpu_us", "cpu_us"),
        ]:
            values = [run[key] for run in runs[count]]
            name = f"rpc_client_{count}_in_flight_{key}"
            figures.append(
                bench.result(name, unit, values) | {"higher_is_better": unit == "calls/s"})
    return figures


def load_further_figures():
    for path in sorted(HERE.glob("figure_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {
        "cpu": model[1] if model else platform.processor(), "cores": os.cpu_count(),
        "kernel": platform.release(), "load_before": os.getloadavg()[0],
    }


def print_table(figures):
    print(f"{'figure':44} {'median':>10} {'min':>10} {'max':>10}  {'unit':10} peer")
    for one in figures:
        beside = (
            f"{one['peer']} {one['peer_median']} (x{one['ratio']})" if "peer" in one else "")
        print(
            f"{one['name']:44} {one['median']:>10} {one['min']:>10} {one['max']:>10}  "
            f"{one['unit']:10} {beside}")


def main():
    # `from bench import figure` in the further files finds this very module.
    sys.modules["bench"] = sys.modules["__main__"]
    load_further_figures()
    parser = argparse.ArgumentParser(description="Measures the suite beside its peers.")
    parser.add_argument("--only", choices=sorted(FIGURES), help="measure one figure")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to a file")
    parser.add_argument("--runs", type=int, default=RUNS_MIN, help="runs of each figure")
    parser.add_argument("--seconds", type=int, default=3, help="seconds of one run")
    parser.add_argument("--scratch-path", help="where the benchmark programs are built")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(arguments)
    report = {"machine": machine(), "figures": []}
    for name, function in FIGURES.items():
        if arguments.only in (None, name):
            print(f"measuring {name}", file=sys.stderr)
            report["figures"] += function(bench)
    print_table(report["figures"])
    text = json.dumps(report, indent=2)
    if arguments.json:
        arguments.json.write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
