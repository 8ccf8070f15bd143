import ContractsDomain
import Identifiers
import JSONAPI
import PublicHTTP
import Storage
import Synchronization

extension ContractsService {
    /// A page of a contract's trail, with the number of its entries and where the chain ends.
    func listAudit(
        of contract: ContractID, _ filter: AuditStore.Filter, _ page: Page, for caller: Caller
    ) async throws -> (entries: [AuditEntry], total: Int, head: AuditHead) {
        try await self.database.read { transaction in
            let head = try caller.admitAudit(of: contract, in: transaction)
            let total =
                filter.isEmpty
                ? Int(head.number) : try AuditStore.count(of: contract, filter, in: transaction)
            let entries = try AuditStore.list(
                of: contract, filter, offset: page.offset, max: page.size, in: transaction)
            return (entries, total, head)
        }
    }

    /// The whole trail, an entry a line, read in batches as the client takes it.
    ///
    /// What is added meanwhile is not in it.
    func exportAudit(
        of contract: ContractID, _ filter: AuditStore.Filter, for caller: Caller
    ) async throws -> ByteStream {
        let head = try await self.database.read { transaction in
            try caller.admitAudit(of: contract, in: transaction)
        }
        let last = Mutex<Int64>(0)
        return ByteStream(mediaType: AuditEntry.exportType) {
            let after = last.withLock { $0 }
            guard after < head.number else { return nil }
            let entries = try await self.database.read { transaction in
                try AuditStore.list(
                    of: contract, filter, after: after, max: ContractsLimits.exportedAtOnceMax,
                    in: transaction)
            }.filter { $0.event.number <= head.number }
            guard let end = entries.last?.event.number else { return nil }
            last.withLock { $0 = end }
            return entries.reduce(into: []) { bytes, entry in
                bytes += entry.resource.json.bytes()
                bytes.append(UInt8(ascii: "\n"))
            }
        }
    }

    /// Makes what opens the seals of deleted users unreadable for good.
    ///
    /// In batches, so that a user who did much holds nobody up. Doing it again does nothing.
    func eraseFromAudit(_ users: [UserID]) async throws {
        for user in users {
            var erased = 0
            repeat {
                erased = try await self.database.write { transaction in
                    try AuditPersonStore.erase(
                        user, max: ContractsLimits.erasedSealsMax, in: transaction)
                }
            } while erased == ContractsLimits.erasedSealsMax
        }
    }
}

/// Where a chain ends: who keeps this elsewhere notices when entries at the end are gone.
struct AuditHead: Hashable, Sendable {
    /// The last entry's number.
    var number: Int64
    /// Its hash.
    var hash: [UInt8]
}

extension Caller {
    /// Where the trail ends, if the caller may read it: also after the contract is gone.
    func admitAudit(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> AuditHead {
        guard let last = try AuditStore.last(of: contract, in: transaction) else {
            throw Refusal.contractNotFound
        }
        let roles = try MemberStore.roles(of: self.actor.user, in: contract, transaction)
        try self.check(
            self.policy.decide(
                .listAudit, self.actor, .init(tenant: last.tenant, contractRoles: roles)),
            otherwise: .contractNotFound)
        return AuditHead(number: last.number, hash: last.hash)
    }
}
