import CBOR
import ContractLifecycle
import DeletionOrchestratorAPI
import FlowRuntimeAPI
import Identifiers
import IdentityAPI
import Logging
import RPC
import Storage

extension ContractsService {
    /// Sends what the outbox holds until it is cancelled.
    package func relay(mailer: any Mailer) async {
        await OutboxRelay(
            self.outbox, database: self.database, wallClock: self.clock, clock: self.waiting,
            logger: self.logger
        ).run { message in try await self.deliver(message, mailer: mailer) }
    }

    /// Delivers one message; returns once its destination has stored it.
    func deliver(_ message: OutboxMessage, mailer: any Mailer) async throws {
        if message.destination.hasPrefix(Self.webhookDestination) {
            guard let id = WebhookDeliveryID(message.key) else {
                throw StorageError(.corrupt, "\(message.key) is no delivery")
            }
            return try await self.deliverWebhook(id)
        }
        let destination = Destination(rawValue: message.destination)
        guard let destination, let kind = MessageKind(rawValue: message.kind) else {
            throw StorageError(.corrupt, "no \(message.kind) is sent to \(message.destination)")
        }
        let payload = message.payload
        switch (destination, kind) {
        case (.flowRuntime, .applyContractState):
            try self.look(
                at: await self.peers.flowRuntime.send(
                    CBORDecoder().decode(ApplyContractState<FlowRuntime>.self, from: payload)),
                message)
        case (.flowRuntime, .closeWorkspace):
            _ = try await self.peers.flowRuntime.send(
                CBORDecoder().decode(CloseWorkspace.self, from: payload))
        case (.identity, .applyContractState):
            try self.look(
                at: await self.peers.identity.send(
                    CBORDecoder().decode(ApplyContractState<Identity>.self, from: payload)),
                message)
        case (.orchestrator, .beginSuspension):
            try self.look(
                at: await self.peers.orchestrator.send(
                    CBORDecoder().decode(BeginSuspension.self, from: payload)), message)
        case (.orchestrator, .beginDeletion):
            try self.look(
                at: await self.peers.orchestrator.send(
                    CBORDecoder().decode(BeginDeletion.self, from: payload)), message)
        case (.identity, .releaseUser):
            try await self.release(CBORDecoder().decode(UserRelease.self, from: payload))
        case (.mail, .mail):
            try await self.deliver(
                CBORDecoder().decode(MailOrder.self, from: payload), by: mailer)
        default:
            throw StorageError(.corrupt, "no \(message.kind) is sent to \(message.destination)")
        }
    }

    /// Everything but a conflict means that the peer knows what it has to know.
    private func look(
        at answer: LifecycleAcknowledgement, _ message: OutboxMessage
    ) throws {
        guard answer == .conflict else { return }
        self.logger.error(
            "a peer knows another state of the same epoch",
            metadata: ["contract": "\(message.key)", "epoch": "\(message.epoch)"])
        throw RPCError(.aborted, "\(message.destination) knows another state of this epoch")
    }
}
