"""What the flow runtime makes durable."""

import json
import subprocess
import time

from bench import LOAD_CORE, figure, pinned
from suite import CALLERS, ROWS, BareStore, pin_workers, running_suite


@figure("webhook_acceptances")
def webhook_acceptances(bench):
    """Durable webhook acceptances at 64 connections, beside the bare store's group commit."""
    message = bench.directory / "message.json"
    message.write_text(json.dumps({"order": "x" * 160}))
    rates, stores = [], []
    store = BareStore(bench, "messages")
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
        pin_workers()
        server = suite.server("flow-runtime")
        for _ in range(bench.runs):
            rates.append(post_hooks(f"http://{server.address}/hook/{flow}", message))
            wait_until_carried(suite, flow)
            stores.append(store.run())
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
        "h2load", "-c", CALLERS, "-m", 1, "-t", 1, "-n", ROWS, "-d", message,
        "-H", "content-type: application/json", url,
    ]
    output = subprocess.run(
        pinned(LOAD_CORE, command), check=True, capture_output=True, text=True).stdout
    if f"status codes: {ROWS} 2xx" not in output:
        raise RuntimeError(f"{url}: not every message was accepted:\n{output}")
    return float(output.split("finished in ")[1].split(", ")[1].split(" ")[0])
