"""What contracts and memberships cost: reads, lists, checks and durable additions, few and many."""

import json
import subprocess

from bench import LOAD_CORE, figure, pinned
from contracts_data import FEW, MANY, MEMBERSHIPS, Filled
from suite import CALLERS, ROWS, BareStore, running_suite

CALL = ["-H", "content-type: application/cbor", "-H", "rpc-version: 1",
        "-H", "rpc-timeout-ms: 5000"]


# Clients of contracts come by an edge, which has a few connections for all of them.
CONNECTIONS = 8


class Contracts:
    """A running suite on a filled folder; each method is one run of a figure."""

    def __init__(self, bench, suite, filled):
        self.bench = bench
        self.suite = suite
        self.filled = filled
        self.server = suite.server("contracts")
        self.taken = 0
        self.check = bench.directory / f"check-{self.server.pid}.cbor"
        self.check.write_bytes(authorize(filled.owner, filled.tenant, filled.contract))

    def get_contract(self):
        """CPU microseconds of reading a contract."""
        return self.get(f"/v2/contracts/{self.filled.contract}", self.suite.authorization)

    def list_few(self):
        """CPU microseconds of the first 20 contracts of a user who has 20."""
        return self.get("/v2/contracts", self.filled.few_key)

    def list_many(self):
        """CPU microseconds of the first 20 contracts of a user who has 10,000."""
        return self.get("/v2/contracts", self.filled.many_key)

    def get(self, path, authorization):
        return self.bench.cpu_per_request(
            self.server, f"http://{self.server.address}{path}",
            "-H", f"authorization: {authorization}")[0]

    def member_check(self):
        """CPU microseconds of asking by RPC whether a user is a member."""
        token = (self.filled.data / "secrets" / "operator.token").read_text().strip()
        return unix_call(
            self.bench, self.server, self.suite.summary["rpc_sockets"]["contracts"],
            "/rpc/contracts.v1/Authorize", self.check, "-H", f"authorization: Bearer {token}")

    def additions(self):
        """Members made durable a second, by 64 clients with one request in flight each."""
        first = self.taken
        self.taken += ROWS
        lines = self.bench.directory / "additions.txt"
        with lines.open("w") as file:
            for index, contract in enumerate(self.filled.empty[first:self.taken]):
                # A client's requests are every 64th: each adds a user of its own.
                data = {
                    "type": "contract-member", "id": self.filled.joining[index % CALLERS],
                    "attributes": {"roles": ["owner"]}}
                file.write(f"/v2/contracts/{contract}/members {json.dumps({'data': data})}\n")
        answer = self.bench.load(
            self.bench.program("post-each"), self.server.address, CONNECTIONS, CALLERS, lines,
            self.suite.authorization, is_pinned=self.suite.is_pinned)
        if answer["succeeded"] != ROWS:
            raise RuntimeError(f"not every member was added: {answer}")
        return answer["per_second"]


def authorize(user, tenant, contract):
    """CBOR of the question whether a user is a member of a contract."""
    def text(value):
        head = bytes([0x60 + len(value)]) if len(value) < 24 else bytes([0x78, len(value)])
        return head + value.encode()

    scope = b"\xa1" + text("contract") + b"\xa1" + text("_0") + text(contract)
    return b"\xa4\x01" + text(user) + b"\x02" + text(tenant) + b"\x03\xf4\x05" + scope


def unix_call(bench, server, socket, path, body, *options):
    """One run of a call over a Unix socket: CPU microseconds a call."""
    options = ["-B", f"unix:{socket}", "-d", body, *CALL, *options]
    # The first call of a tenant has its roles asked for; many at once would be refused meanwhile.
    bench.h2load(f"http://localhost{path}", 1, *options, "-c", 1, "-m", 1)
    return bench.cpu_per_request(
        server, f"http://localhost{path}", *options)[0]


@figure("get_contract")
def get_contract(bench):
    """Authenticated GET /v2/contracts/{id} over HTTP/2, beside the typed RPC echo."""
    ours, echoes = [], []
    filled = Filled(bench, 0)
    with running_suite(bench, filled.data) as suite, bench.server(
        [bench.program("echo-server"), "typed", "127.0.0.1:0"]
    ) as echo:
        contracts = Contracts(bench, suite, filled)
        for _ in range(bench.runs):
            ours.append(contracts.get_contract())
            echoes.append(
                bench.cpu_per_request(
                    echo, f"http://{echo.address}/rpc/benchmark.v1/Echo", "-d", bench.body,
                    *CALL)[0])
    return [
        bench.result(
            "get_contract", "cpu_us", ours, "rpc_unary_echo", echoes, floor=8, goal=4)]


@figure("contract_lists")
def contract_lists(bench):
    """20 contracts of a user who has 10,000, beside those of a user who has 20."""
    filled = Filled(bench, 0)
    filled.fill()
    few, many = [], []
    with running_suite(bench, filled.data) as suite:
        contracts = Contracts(bench, suite, filled)
        for _ in range(bench.runs):
            few.append(contracts.list_few())
            many.append(contracts.list_many())
    return [
        bench.result(
            f"list_20_of_{MANY}", "cpu_us", many, f"list_20_of_{FEW}", few, floor=3)]


@figure("member_check")
def member_check(bench):
    """A member check by RPC over a Unix socket, beside the typed echo over one."""
    socket = bench.directory / "echo.sock"
    filled = Filled(bench, 0)
    ours, echoes = [], []
    with running_suite(bench, filled.data) as suite, bench.server(
        [bench.program("echo-server"), "typed", f"unix:{socket}"]
    ) as echo:
        contracts = Contracts(bench, suite, filled)
        for _ in range(bench.runs):
            ours.append(contracts.member_check())
            echoes.append(
                unix_call(bench, echo, socket, "/rpc/benchmark.v1/Echo", bench.body))
    return [
        bench.result("member_check", "cpu_us", ours, "rpc_unary_echo", echoes, floor=2)]


@figure("member_additions")
def member_additions(bench):
    """Durable member additions by 64 clients, beside the bare store's group commit.

    A rate, not CPU: the suite and the load, and the store after them, have both cores of the machine.
    With the four services and the store on one core each is told as well. Both databases keep what
    was stored in runs before: the more there is, the more pages a commit writes.
    """
    filled = Filled(bench, 2 * bench.runs)
    filled.fill()
    stores = [BareStore(bench, "members"), BareStore(bench, "messages")]
    ours, same, messages = additions(bench, filled, stores, is_pinned=False)
    ours_on_one, same_on_one = additions(bench, filled, stores[:1], is_pinned=True)

    def beside(name, ours, peer, **limits):
        return bench.result(
            name, "requests/s", ours, "bare_store", peer, higher_is_better=True, **limits)

    return [
        beside("member_additions", ours, same, floor=0.6),
        beside("member_additions_beside_messages", ours, messages),
        beside("member_additions_on_one_core", ours_on_one, same_on_one),
    ]


def additions(bench, filled, stores, is_pinned):
    """Runs of additions, and of each bare store, in turn."""
    ours, bare = [], [[] for _ in stores]
    with running_suite(bench, filled.data, is_pinned) as suite:
        contracts = Contracts(bench, suite, filled)
        for _ in range(bench.runs):
            ours.append(contracts.additions())
            for values, store in zip(bare, stores):
                values.append(store.run(is_pinned))
        filled.empty = filled.empty[contracts.taken:]
    return ours, *bare


@figure("million_memberships")
def million_memberships(bench):
    """Every figure of contracts with a million memberships, beside the small database's."""
    small, large = Filled(bench, bench.runs), Filled(bench, bench.runs)
    small.fill()
    large.fill(MEMBERSHIPS)
    names = ["get_contract", "list_few", "list_many", "member_check", "additions"]
    values = {(size, name): [] for size in ("small", "large") for name in names}
    with running_suite(bench, small.data) as one, running_suite(bench, large.data) as other:
        measured = {
            "small": Contracts(bench, one, small), "large": Contracts(bench, other, large)}
        for _ in range(bench.runs):
            for (size, name), found in values.items():
                found.append(getattr(measured[size], name)())
    return [
        bench.result(
            f"million_{name}", "requests/s" if name == "additions" else "cpu_us",
            values["large", name], "small_database", values["small", name],
            floor=0.5 if name == "additions" else 2, higher_is_better=name == "additions")
        for name in names
    ]
