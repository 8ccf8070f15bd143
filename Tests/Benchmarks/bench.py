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
import shutil
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

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s*(\d+) kB", status)[1]) * 1024

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
        self.peers_scratch = arguments.peers_scratch_path
        self.folders = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def build(self, package, scratch):
        """Builds a package's programs, once; returns the folder they are in."""
        if package not in self.folders:
            command = ["swift", "build", "-c", "release", "--package-path", str(package)]
            if scratch:
                command += ["--scratch-path", scratch]
            say(f"building {package.name}")
            subprocess.run(command, check=True, stdout=sys.stderr)
            path = subprocess.run(
                [*command, "--show-bin-path"], check=True, capture_output=True, text=True)
            self.folders[package] = pathlib.Path(path.stdout.strip().splitlines()[-1])
        return self.folders[package]

    def program(self, name):
        """One of our own programs."""
        return self.build(HERE, self.scratch) / name

    def peer(self, name):
        """A program of the package of peers, which nothing else waits for."""
        return self.build(HERE / "Peers", self.peers_scratch) / name

    def grpc_cpp(self):
        """The echo on gRPC C++, compiled against the system's library."""
        program = self.directory / "grpc-cpp-echo"
        if not program.exists():
            say("building grpc-cpp-echo")
            flags = subprocess.run(
                ["pkg-config", "--cflags", "--libs", "grpc++"],
                check=True, capture_output=True, text=True).stdout.split()
            source = HERE / "Peers" / "grpc-cpp-echo" / "main.cc"
            subprocess.run(
                ["g++", "-O2", "-std=c++17", "-o", program, source, *flags], check=True)
        return program

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
            end(process)

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
            end(process)

    def load(self, *command, is_pinned=True):
        """Runs a load program, on its core unless said otherwise; returns the JSON it prints."""
        command = pinned(LOAD_CORE, command) if is_pinned else [*map(str, command)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return json.loads(output)

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
        rate = self.h2load(url, 5_000, *options)
        requests = max(5_000, int(rate * self.seconds) // 1000 * 1000)
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


def say(text):
    """Tells how far the run is, beside what it prints in the end."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def end(process, seconds=10):
    """Ends a process, whatever it does about it."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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


def verdict(one):
    """What a figure says about its floor and goal; both bound the ratio where there is a peer."""
    measured = one.get("ratio", one["median"])
    reached = [
        name for name in ("floor", "goal")
        if name in one
        and (measured >= one[name] if one["higher_is_better"] else measured <= one[name])]
    if "floor" not in one:
        return ""
    return f"{reached[-1]} reached" if reached else "MISSED"


def print_table(figures):
    print(f"{'figure':44} {'median':>10} {'min':>10} {'max':>10}  {'unit':12} {'':14} peer")
    for one in figures:
        beside = (
            f"{one['peer']} {one['peer_median']} (x{one['ratio']})" if "peer" in one else "")
        print(
            f"{one['name']:44} {one['median']:>10} {one['min']:>10} {one['max']:>10}  "
            f"{one['unit']:12} {verdict(one):14} {beside}")


def main():
    # `from bench import figure` in the further files finds this very module.
    sys.modules["bench"] = sys.modules["__main__"]
    load_further_figures()
    parser = argparse.ArgumentParser(description="Measures the suite beside its peers.")
    parser.add_argument(
        "--only", choices=sorted(FIGURES), metavar="NAME",
        help="measure one figure: " + ", ".join(sorted(FIGURES)))
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to a file")
    parser.add_argument("--runs", type=int, default=RUNS_MIN, help="runs of each figure")
    parser.add_argument("--seconds", type=int, default=1, help="seconds of one run")
    parser.add_argument("--scratch-path", help="where the benchmark programs are built")
    parser.add_argument("--peers-scratch-path", help="where the peers are built")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Bench(arguments) as bench:
        measure(bench, arguments)


def measure(bench, arguments):
    """Measures what was asked for, and tells it."""
    report = {"machine": machine(), "figures": []}
    for name, function in FIGURES.items():
        if arguments.only in (None, name):
            say(f"measuring {name}: {function.__doc__.splitlines()[0]}")
            report["figures"] += function(bench)
    print_table(report["figures"])
    text = json.dumps(report, indent=2)
    if arguments.json:
        arguments.json.write_text(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
