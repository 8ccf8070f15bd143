import CBOR
import ContractLifecycle
import ContractsDomain
import DeletionOrchestratorAPI
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import JSONAPI
import Storage

extension ContractsService {
    /// Carries out a decision on a contract's life: new state, audit event and everything that is
    /// to be sent, in the one transaction.
    ///
    /// - Returns: the lifecycle that is in force afterwards.
    @discardableResult
    func carryOut(
        _ decision: LifecycleAction, on contract: ContractRow, _ action: String,
        by author: AuditEvent.Author, in transaction: any WriteTransaction
    ) throws -> Lifecycle {
        guard case .advance(let next, let audience, let work) = decision else {
            return contract.lifecycle
        }
        try ContractStore.advance(from: contract.lifecycle, to: next, in: transaction)
        try self.record(
            action, of: next, by: author, before: contract.lifecycle.auditState,
            after: next.auditState, in: transaction)
        try self.tell(audience, next, in: transaction)
        try self.order(work, next, in: transaction)
        return next
    }

    /// Appends to a contract's audit trail, and has the tenant's systems told.
    ///
    /// - Parameters:
    ///   - subject: the user it is done to; no other parameter may name a user.
    ///   - before: what was, as far as it is changed; nothing that anybody wrote.
    ///   - after: what is; nothing that anybody wrote.
    func record(
        _ action: String, of lifecycle: Lifecycle, by author: AuditEvent.Author,
        subject: UserID? = nil, before: JSON = .null, after: JSON = .null,
        in transaction: any WriteTransaction
    ) throws {
        var change: JSONObject = [:]
        let sealed = subject.map { (seal: PersonSeal(["user/\($0)"]), user: $0) }
        if let sealed { change["subject"] = .string(sealed.seal.text) }
        change["before"] = before
        change["after"] = after
        try AuditStore.append(
            AuditStore.Entry(
                contract: lifecycle.contract, tenant: lifecycle.tenant,
                at: self.clock.nowMilliseconds, author: author, action: action,
                change: JSON.object(change).text, subject: sealed),
            in: transaction)
        try self.announce(
            action, of: lifecycle.contract, lifecycle.tenant, subject: subject, before: before,
            after: after, in: transaction)
    }

    /// Puts the state into the outbox for every participant.
    func tell(
        _ audience: LifecycleAction.Audience, _ lifecycle: Lifecycle,
        in transaction: any WriteTransaction
    ) throws {
        guard audience == .participants else { return }
        let command = lifecycle.command
        for (destination, request) in [
            (
                Destination.flowRuntime,
                try CBOREncoder().encode(
                    ApplyContractState<FlowRuntime>(command))
            ),
            (.identity, try CBOREncoder().encode(ApplyContractState<Identity>(command))),
        ] {
            try self.send(
                request, .applyContractState, to: destination, about: command.contract.text,
                epoch: command.epoch, in: transaction)
        }
    }

    private func order(
        _ work: LifecycleAction.Work, _ lifecycle: Lifecycle,
        in transaction: any WriteTransaction
    ) throws {
        let command = lifecycle.command
        let request: [UInt8]
        let kind: MessageKind
        switch (work, lifecycle.deletionRequestedBy) {
        case (.nothing, _): return
        case (.beginSuspension, _):
            kind = .beginSuspension
            request = try CBOREncoder().encode(
                BeginSuspension(command, until: lifecycle.phase.until))
        case (.beginDeletion, let user?):
            kind = .beginDeletion
            request = try CBOREncoder().encode(
                BeginDeletion(
                    command, requestedBy: user, requestedAt: lifecycle.phase.since))
        case (.beginDeletion, nil):
            throw StorageError(.corrupt, "nobody asked for the deletion of \(command.contract)")
        }
        try self.send(
            request, kind, to: .orchestrator, about: command.contract.text, epoch: command.epoch,
            in: transaction)
    }

    /// Puts a message into the outbox.
    func send(
        _ payload: [UInt8], _ kind: MessageKind, to destination: Destination, about key: String,
        epoch: Int64, in transaction: any WriteTransaction
    ) throws {
        try self.outbox.enqueue(
            OutboxMessage(
                destination: destination.rawValue, key: key, epoch: epoch, kind: kind.rawValue,
                payload: payload),
            in: transaction)
    }

    /// Who gets messages.
    enum Destination: String {
        case flowRuntime = "flow-runtime"
        case identity
        case orchestrator = "deletion-orchestrator"
        case mail
    }

    /// What a message is; stored in rows, so never renamed.
    enum MessageKind: String {
        case applyContractState = "ApplyContractState"
        case beginSuspension = "BeginSuspension"
        case beginDeletion = "BeginDeletion"
        case closeWorkspace = "CloseWorkspace"
        case releaseUser = "ReleaseUser"
        case mail = "Mail"
    }
}

extension Lifecycle {
    /// What the audit trail says of a state: nothing that anybody wrote.
    var auditState: JSON {
        var state: JSONObject = [
            "state": .string(self.phase.state.rawValue), "epoch": .integer(self.epoch),
        ]
        if let operation = self.phase.operation { state["operation"] = .string(operation.text) }
        return .object(state)
    }
}
