"""Fills the contracts service's database, for figures that need many rows.

A suite is run once on a folder, for its schema and its people; then, stopped, its database is filled
through the schema that the service's own migrations made; then it runs again. Rows are what the
service would have stored, with their events in the audit trail: `covenant audit verify` proves them.
"""

import hashlib
import random
import sqlite3
import time

from bench import say
from suite import CALLERS, ROWS, running_suite, suite_directory

FEW, MANY = 20, 10_000
MEMBERS_OF_ONE = 20
MEMBERSHIPS = 1_000_000
# Later than any contract the fill makes: identifiers begin with the second they were made in.
BEGUN = 1_700_000_000
# Events that are made before they are stored.
BATCH = 50_000


class Filled:
    """What a filled folder holds."""

    def __init__(self, bench, additions):
        self.data = suite_directory(bench)
        self.random = random.Random(4)
        self.additions = additions
        with running_suite(bench, self.data) as suite:
            self.tenant = suite.send("GET", "/v2/tenants")[0]["id"]
            self.contract = suite.make_contract()
            self.owner = suite.send("GET", "/v2/users/me")["id"]
            self.few, self.few_key = suite.make_user("few@example.com")
            self.many, self.many_key = suite.make_user("many@example.com")
            self.joining = [
                suite.make_user(f"joining-{number}@example.com")[0]
                for number in range(CALLERS)]

    def fill(self, memberships=0):
        """Stores contracts of the two users, empty ones to join, and so many memberships."""
        start = time.monotonic()
        self.empty = [self.identifier(number) for number in range(self.additions * ROWS)]
        database = sqlite3.connect(self.data / "contracts" / "contracts.sqlite")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -500000")
        number = len(self.empty)
        trail = Trail(database, self.tenant, self.owner, self.random)
        self.contracts(database, trail, self.empty)
        for user, count in ((self.few, FEW), (self.many, MANY)):
            contracts = [self.identifier(number + index) for index in range(count)]
            number += count
            self.contracts(database, trail, contracts)
            self.members(database, trail, [(contract, user) for contract in contracts])
        users = sorted(self.identifier(index) for index in range(memberships // 10))
        contracts = [
            self.identifier(number + index) for index in range(memberships // MEMBERS_OF_ONE)]
        self.contracts(database, trail, contracts)
        self.members(
            database, trail,
            [(contract, user) for contract in contracts
             for user in self.random.sample(users, MEMBERS_OF_ONE)])
        trail.store()
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        count = database.execute("SELECT count(*) FROM contract_member").fetchone()[0]
        database.close()
        say(f"{count} memberships, filled in {time.monotonic() - start:.0f} s")

    def identifier(self, number):
        return f"{BEGUN + number // 1000:08x}{self.random.getrandbits(64):016x}"

    def contracts(self, database, trail, contracts):
        database.executemany(
            "INSERT INTO contract (id, tenant_id, name, available_roles, version, created_at,"
            " updated_at, epoch, state, since) VALUES (?, ?, 'Measured', '', 1, 0, 0, 1,"
            " 'active', 0)",
            ((contract, self.tenant) for contract in contracts))
        for contract in contracts:
            trail.append(contract, "contract.create", '{"state":"active","epoch":1}')

    def members(self, database, trail, members):
        # Contracts grow side by side: what belongs to one lies all over the database.
        self.random.shuffle(members)
        for contract, user in members:
            trail.append(contract, "member.add", '{"roles":["owner"]}', user)
        database.executemany(
            "INSERT INTO contract_member (contract_id, user_id, roles, is_owner, added_at)"
            " VALUES (?, ?, 'owner', 1, 0)", members)


class Trail:
    """The audit trails of contracts, each a chain of hashes as the service makes it."""

    def __init__(self, database, tenant, author, source):
        self.database = database
        self.tenant = tenant
        self.author = author
        self.random = source
        self.heads = {}
        self.events = []
        self.people = []

    def append(self, contract, action, after, subject=None):
        """Appends an event; people stand in it as seals, and beside it as what opens these."""
        number, previous = self.heads.get(contract, (0, bytes(32)))
        number += 1
        request = f"{self.random.getrandbits(96):024x}"
        actor = self.seal(contract, number, "author", self.author, request)
        change = f'"before":null,"after":{after}'
        if subject:
            change = f'"subject":"{self.seal(contract, number, "subject", subject)}",{change}'
        fields = [
            contract, number, self.tenant, (BEGUN + number) * 1000, actor, "", action,
            f"{{{change}}}"]
        digest = hashlib.sha256(previous + hashed(fields)).digest()
        self.heads[contract] = (number, digest)
        self.events.append((*fields, previous, digest))
        if len(self.events) == BATCH:
            self.store()

    def seal(self, contract, number, part, user, request=""):
        salt = self.random.randbytes(32)
        self.people.append((contract, number, part, user, request, salt))
        texts = [f"user/{user}"] + ([request] if part == "author" else [])
        return f"sha256:{hashlib.sha256(salt + hashed(texts)).hexdigest()}"

    def store(self):
        """Stores what was appended since."""
        self.database.executemany(
            "INSERT INTO audit_event (contract_id, number, tenant_id, at, actor, request_id,"
            " action, change, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self.events)
        self.database.executemany(
            "INSERT INTO audit_person (contract_id, number, part, user_id, request_id, salt)"
            " VALUES (?, ?, ?, ?, ?, ?)", self.people)
        self.events.clear()
        self.people.clear()


def hashed(fields):
    """Each field with its length in front, as it is hashed."""
    texts = [str(field).encode() for field in fields]
    return b"".join(b"%d:%s" % (len(text), text) for text in texts)
