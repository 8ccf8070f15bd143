"""Fills the contracts service's database, for figures that need many rows.

A suite is run once on a folder, for its schema and its people; then, stopped, its database is filled
through the schema that the service's own migrations made; then it runs again. Rows are what the
service would have stored, without their events in the audit trail.
"""

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
        self.contracts(database, self.empty)
        for user, count in ((self.few, FEW), (self.many, MANY)):
            contracts = [self.identifier(number + index) for index in range(count)]
            number += count
            self.contracts(database, contracts)
            self.members(database, ((contract, user) for contract in contracts))
        users = sorted(self.identifier(index) for index in range(memberships // 10))
        contracts = [
            self.identifier(number + index) for index in range(memberships // MEMBERS_OF_ONE)]
        self.contracts(database, contracts)
        self.members(
            database,
            ((contract, user) for contract in contracts
             for user in sorted(self.random.sample(users, MEMBERS_OF_ONE))))
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        count = database.execute("SELECT count(*) FROM contract_member").fetchone()[0]
        database.close()
        say(f"{count} memberships, filled in {time.monotonic() - start:.0f} s")

    def identifier(self, number):
        return f"{BEGUN + number // 1000:08x}{self.random.getrandbits(64):016x}"

    def contracts(self, database, contracts):
        database.executemany(
            "INSERT INTO contract (id, tenant_id, name, available_roles, version, created_at,"
            " updated_at, epoch, state, since) VALUES (?, ?, 'Measured', '', 1, 0, 0, 1,"
            " 'active', 0)",
            ((contract, self.tenant) for contract in contracts))

    def members(self, database, members):
        database.executemany(
            "INSERT INTO contract_member (contract_id, user_id, roles, is_owner, added_at)"
            " VALUES (?, ?, 'owner', 1, 0)", members)
