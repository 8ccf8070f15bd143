"""A running suite, for figures that need all of it."""

import base64
import contextlib
import json
import os
import pathlib
import subprocess
import time
import urllib.request

from bench import HERE, LOAD_CORE, SERVER_CORE, Server, pinned

TOP = HERE.parent.parent
SERVICES = ("identity", "contracts", "flow-runtime", "deletion-orchestrator")
# What a service makes durable is measured with as many callers, and as many rows a run.
CALLERS = 64
ROWS = 6_400


class Suite:
    """A running suite, its services pinned to the servers' core unless said otherwise."""

    def __init__(self, summary, is_pinned):
        self.summary = summary
        self.is_pinned = is_pinned
        self.authorization = basic(summary["email"], summary["api_key"])
        if is_pinned:
            for name in SERVICES:
                pin(summary["pids"][name], SERVER_CORE)

    def send(self, method, path, attributes=None, kind=None, identifier=None, workspace=None,
             contract=None, authorization=None):
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
            headers={
                "Authorization": authorization or self.authorization,
                "Content-Type": "application/json"})
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

    def make_user(self, email, password="A long-enough password 1"):
        """Makes a user of the tenant; returns the id and what authorizes the user's requests."""
        names = {"first_name": "A", "last_name": "B", "email": email, "password": password}
        user = self.send("POST", "/v2/users", names, "user")["id"]
        key = self.send(
            "POST", "/v2/users/me/generate-api-key", authorization=basic(email, password))
        return user, basic(email, key["attributes"]["api_key"])


def basic(email, secret):
    return "Basic " + base64.b64encode(f"{email}:{secret}".encode()).decode()


def pin(pid, core):
    core = min(core, (os.cpu_count() or 1) - 1)
    subprocess.run(
        ["taskset", "-acp", str(core), str(pid)], check=True, stdout=subprocess.DEVNULL)


def suite_directory(bench):
    """A folder for a suite's data, short enough for the sockets in it."""
    return bench.directory / f"suite-{time.monotonic_ns()}"


@contextlib.contextmanager
def running_suite(bench, data=None, is_pinned=True):
    """Runs a suite on a folder, or on a new one, until the block ends."""
    covenant = bench.build(TOP, None) / "covenant"
    data = data or suite_directory(bench)
    command = [covenant, "up", "--data", data, "--port", "0", "--detach", "--deploy", TOP / "deploy"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    try:
        yield Suite(json.loads(output.splitlines()[-1]), is_pinned)
    finally:
        subprocess.run([covenant, "down", "--data", data], check=True, stdout=subprocess.DEVNULL)


class BareStore:
    """The store alone, with a database that grows from run to run as the service's does."""

    def __init__(self, bench, rows):
        """`rows` names what is stored: `messages` as a webhook is accepted, `members` as one is
        added."""
        self.bench = bench
        self.rows = rows
        self.stored = 0
        self.directory = bench.directory / f"store-{time.monotonic_ns()}"
        self.directory.mkdir(mode=0o700)

    def run(self, is_pinned=True):
        """Rows a second that are made durable, with as many callers as the service has."""
        command = [
            self.bench.program("store-commit"), self.rows, self.directory, CALLERS,
            ROWS // CALLERS, self.stored]
        self.stored += ROWS
        command = pinned(SERVER_CORE, command) if is_pinned else [*map(str, command)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return json.loads(output)["per_second"]


def pin_workers():
    """Pins the flows' workers to the load's core."""
    for worker in pathlib.Path("/proc").glob("[0-9]*/comm"):
        if worker.read_text().strip() == "flow-worker":
            pin(worker.parent.name, LOAD_CORE)
