"""Figures that need the whole suite: a public read, and durable webhook acceptances."""

import base64
import contextlib
import json
import os
import pathlib
import subprocess
import time
import urllib.request

from bench import HERE, LOAD_CORE, SERVER_CORE, Server, figure, pinned

TOP = HERE.parent.parent
HOOK_CONNECTIONS = 64
HOOK_REQUESTS = 6_400


class Suite:
    """A running suite, its services pinned to the servers' core and its workers to the load's."""

    def __init__(self, summary):
        self.summary = summary
        pair = f"{summary['email']}:{summary['api_key']}".encode()
        self.authorization = "Basic " + base64.b64encode(pair).decode()
        for name in ("identity", "contracts", "flow-runtime", "deletion-orchestrator"):
            pin(summary["pids"][name], SERVER_CORE)

    def send(self, method, path, attributes=None, kind=None, identifier=None, workspace=None,
             contract=None):
        body = None
        if kind:
            data = {"type": kind, "attributes": attributes or {}}
            if identifier:
                data["id"] = identifier
            for name, value in (("workspace", workspace), ("contract", contract)):
                if value:
                    data.setdefault("relationships", {})[name] = {
                        "data": {"id": value, "type": name}}
            body = json.dumps({"data": data}).encode()
        request = urllib.request.Request(
            self.summary["base_url"] + path, method=method, data=body,
            headers={"Authorization": self.authorization, "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text)["data"] if text else None

    def server(self, name):
        address = f"127.0.0.1:{self.summary['public_ports'][name]}"
        return Server(None, address, self.summary["pids"][name])

    def make_contract(self):
        contract = self.send("POST", "/v2/contracts", {"name": "Measured"}, "contract")["id"]
        me = self.send("GET", "/v2/users/me")["id"]
        self.send(
            "POST", f"/v2/contracts/{contract}/members", {"roles": ["owner"]}, "contract-member",
            identifier=me)
        return contract


def pin(pid, core):
    core = min(core, (os.cpu_count() or 1) - 1)
    subprocess.run(
        ["taskset", "-acp", str(core), str(pid)], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def running_suite(bench):
    covenant = bench.build(TOP, None) / "covenant"
    data = bench.directory / f"suite-{time.monotonic_ns()}"
    command = [covenant, "up", "--data", data, "--port", "0", "--detach", "--deploy", TOP / "deploy"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    try:
        yield Suite(json.loads(output.splitlines()[-1]))
    finally:
        subprocess.run([covenant, "down", "--data", data], check=True, stdout=subprocess.DEVNULL)


@figure("get_contract")
def get_contract(bench):
    """Authenticated GET /v2/contracts/{id} over HTTP/2, beside the typed RPC echo."""
    ours, echoes, rates = [], [], []
    call = ["-d", bench.body, "-H", "content-type: application/cbor", "-H", "rpc-version: 1",
            "-H", "rpc-timeout-ms: 5000"]
    with running_suite(bench) as suite, bench.server(
        [bench.program("rpc-echo-server"), "127.0.0.1:0"]
    ) as echo:
        contract = suite.make_contract()
        server = suite.server("contracts")
        for _ in range(bench.runs):
            cpu, rate = bench.cpu_per_request(
                server, f"http://{server.address}/v2/contracts/{contract}",
                "-H", f"authorization: {suite.authorization}")
            ours.append(cpu)
            rates.append(rate)
            echoes.append(
                bench.cpu_per_request(
                    echo, f"http://{echo.address}/rpc/benchmark.v1/Echo", *call)[0])
    return [
        bench.result("get_contract", "cpu_us", ours, "rpc_unary_echo", echoes),
        bench.result("get_contract_rate", "requests/s", rates) | {"higher_is_better": True},
    ]


@figure("webhook_acceptances")
def webhook_acceptances(bench):
    """Durable webhook acceptances at 64 connections, beside the bare store's group commit."""
    message = bench.directory / "message.json"
    message.write_text(json.dumps({"order": "x" * 160}))
    rates, stores = [], []
    with running_suite(bench) as suite:
        contract = suite.make_contract()
        workspace = suite.send(
            "POST", "/v2/workspaces", {"name": "Measured"}, "workspace", contract=contract)["id"]
        nodes = [
            {"id": "step_1", "command": "core/webhook:receive", "fields": {}},
            {"id": "step_2", "command": "core/transform:jq", "fields": {"expression": "."}},
        ]
        graph = {"nodes": nodes, "edges": [{"source": "step_1", "target": "step_2"}]}
        flow = suite.send(
            "POST", "/v2/flows", {"name": "Measured", "type": "ordinary", "graph": graph}, "flow",
            workspace=workspace)["id"]
        suite.send("POST", f"/v2/flows/{flow}/start")
        while suite.send("GET", f"/v2/flows/{flow}")["attributes"]["current_status"] != "running":
            time.sleep(0.05)
        for worker in pathlib.Path("/proc").glob("[0-9]*/comm"):
            if worker.read_text().strip() == "flow-worker":
                pin(worker.parent.name, LOAD_CORE)
        server = suite.server("flow-runtime")
        for _ in range(bench.runs):
            rates.append(post_hooks(f"http://{server.address}/hook/{flow}", message))
            wait_until_carried(suite, flow)
            stores.append(bare_store(bench))
    return [
        bench.result("webhook_acceptances", "requests/s", rates, "bare_store", stores)
        | {"higher_is_better": True},
    ]


def wait_until_carried(suite, flow, seconds=60):
    """Waits until the flow's queue is empty: it is bounded, and runs must begin alike."""
    end = time.monotonic() + seconds
    while suite.send("GET", f"/v2/flows/{flow}")["attributes"]["queued_messages"] > 0:
        if time.monotonic() > end:
            raise RuntimeError(f"the queue of {flow} is not empty after {seconds} seconds")
        time.sleep(0.1)


def post_hooks(url, message):
    """Posts with one request in flight on each connection; returns acceptances a second."""
    command = [
        "h2load", "-c", HOOK_CONNECTIONS, "-m", 1, "-t", 1, "-n", HOOK_REQUESTS, "-d", message,
        "-H", "content-type: application/json", url,
    ]
    output = subprocess.run(
        pinned(LOAD_CORE, command), check=True, capture_output=True, text=True).stdout
    if f"status codes: {HOOK_REQUESTS} 2xx" not in output:
        raise RuntimeError(f"{url}: not every message was accepted:\n{output}")
    return float(output.split("finished in ")[1].split(", ")[1].split(" ")[0])


def bare_store(bench):
    """Rows a second that the store alone makes durable, with as many callers."""
    directory = bench.directory / f"store-{time.monotonic_ns()}"
    directory.mkdir(mode=0o700)
    rows = HOOK_REQUESTS // HOOK_CONNECTIONS
    output = subprocess.run(
        pinned(SERVER_CORE, [bench.program("store-commit"), directory, HOOK_CONNECTIONS, rows]),
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)["per_second"]
