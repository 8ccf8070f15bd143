import ContractsAPI
import ContractsDomain
import ContractsFakes
import Identifiers
import JSONAPI
import Storage
import Synchronization
import TestKit
import Testing

@testable import ContractsServer

@Suite("Webhooks")
struct WebhookTests {
    /// Keeps what it is given, and answers as it is told.
    final class Receiver: WebhookSender {
        struct Post: Sendable {
            var url: String
            var body: String
            var fields: [String: String]
        }

        private let state = Mutex<(posts: [Post], answer: Int?)>(([], 204))

        var posts: [Post] { self.state.withLock { $0.posts } }

        /// What is answered from now on; `nil` for nothing.
        func answer(_ status: Int?) { self.state.withLock { $0.answer = status } }

        func post(
            _ body: String, to url: String, fields: [(String, String)]
        ) async throws -> Int {
            let answer = self.state.withLock { state in
                state.posts.append(
                    Post(
                        url: url, body: body,
                        fields: Dictionary(fields, uniquingKeysWith: { $1 })))
                return state.answer
            }
            guard let answer else { throw WebhookFailure(description: "nobody is there") }
            return answer
        }
    }

    private let test: TestContracts
    private let receiver = Receiver()
    private let service: ContractsService

    init() async throws {
        self.test = try await TestContracts()
        self.service = ContractsService(
            database: self.test.recorder, peers: self.test.peers.clients,
            mail: MailSettings(from: "covenant@example.com", baseURL: "http://localhost/"),
            webhooks: self.receiver, clock: self.test.clock, waiting: self.test.waiting)
    }

    private func endpoint(_ events: [String] = []) async throws -> WebhookEndpoint {
        try await self.service.createWebhook(
            "https://example.com/hook", events: events, by: self.test.admin)
    }

    /// Delivers what waits for endpoints, once; the messages that failed stay.
    private func deliver() async throws {
        for message in try await self.test.messages() where message.kind == "Webhook" {
            guard
                (try? await self.service.deliver(message, mailer: FakeMailer())) != nil
            else { continue }
            try await self.test.file.write {
                try $0.execute("DELETE FROM outbox WHERE message_key = ?", [message.key])
            }
        }
    }

    private func log(_ endpoint: WebhookEndpoint) async throws -> [WebhookDelivery] {
        try await self.service.listWebhookDeliveries(
            of: endpoint.id, Page(size: 100), for: self.test.admin
        ).deliveries
    }

    @Test("tell of the life of a contract and of its members and invites")
    func events() async throws {
        let endpoint = try await self.endpoint()
        let contract = try await self.test.contract()
        let ada = try await self.test.member("ada@example.com", of: contract)
        let bob = try await self.test.member("bob@example.com", of: contract, roles: ["member"])
        _ = try await self.service.updateMember(
            bob.actor.user, of: contract, roles: ["admin"], by: ada)
        try await self.service.removeMember(bob.actor.user, of: contract, by: ada)
        let invite = try await self.service.createInvite(
            InviteTests.draft("eve@example.com"), into: contract, by: ada)
        try await self.service.revokeInvite(invite.id, of: contract, by: ada)
        let row = try await self.service.suspendContract(
            contract, reason: nil, until: nil, by: self.test.admin)
        _ = try await self.service.finishSuspension(
            FinishSuspension(
                operation: try #require(row.lifecycle.phase.operation), contract: contract,
                epoch: row.lifecycle.epoch))
        try await self.service.unsuspendContract(
            contract, resumingFlows: false, by: self.test.admin)
        _ = try await self.service.deleteContract(contract, by: self.test.admin)
        try await self.deliver()
        let told = try self.receiver.posts.map { try JSON(parsing: $0.body) }
        #expect(
            told.compactMap { $0["type"]?.string } == [
                "contract.created", "member.added", "member.added", "member.updated",
                "member.removed", "invite.created", "invite.revoked", "contract.suspending",
                "contract.suspended", "contract.unsuspended", "contract.deleting",
            ])
        #expect(
            told[3]["data"] == [
                "contract": .string(contract.text), "user": .string(bob.actor.user.text),
                "before": ["roles": ["member"]], "after": ["roles": ["admin"]],
            ])
        let log = try await self.log(endpoint)
        #expect(log.count == told.count)
        #expect(log.allSatisfy { $0.state == .delivered && $0.body.isEmpty && $0.attempts == 1 })
        for statement in self.test.recorder.statements {
            #expect(try await QueryPlan.scans(statement, in: self.test.file).isEmpty)
        }
    }

    @Test("go to the endpoints that want the event, of the contract's tenant only")
    func choice() async throws {
        _ = try await self.endpoint(["member.added"])
        var off = WebhookChange()
        off.isEnabled = false
        _ = try await self.service.updateWebhook(
            self.endpoint().id, off, by: self.test.admin)
        let stranger = TestContracts.caller(
            .init(secondsSince1970: 9), isTenantAdmin: true,
            tenant: TenantID(secondsSince1970: 9))
        _ = try await self.service.createWebhook("https://other", events: [], by: stranger)
        _ = try await self.test.contract()
        try await self.deliver()
        #expect(self.receiver.posts.isEmpty)
    }

    @Test("are signed as Standard Webhooks has it")
    func signature() async throws {
        // Computed by Python's hmac.
        let fields = WebhookSecret([UInt8](0..<32)).fields(
            id: "msg_1", at: 1_614_265_330_999, body: #"{"test": 2432232314}"#)
        #expect(fields.map(\.0) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(fields.map(\.1) == ["msg_1", "1614265330", Self.signature])
        #expect(
            WebhookSecret([UInt8](0..<32)).text
                == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        let endpoint = try await self.endpoint()
        _ = try await self.test.contract()
        try await self.deliver()
        let post = try #require(self.receiver.posts.first)
        let id = try #require(post.fields["webhook-id"])
        let expected = WebhookSecret(endpoint.secret).fields(
            id: id, at: self.test.clock.nowMilliseconds, body: post.body)
        #expect(post.fields["webhook-signature"] == expected[2].1)
        #expect(post.fields["content-type"] == "application/json")
    }

    private static let signature = "v1,GWvjEzx3AphU7wha3hNZPXJnymF9Fg+ZdvPQqWPOjZ0="

    @Test("are tried again under the same id until they are answered with 2xx")
    func retries() async throws {
        let endpoint = try await self.endpoint()
        _ = try await self.test.contract()
        for status in [500, 302, nil, 404] as [Int?] {
            self.receiver.answer(status)
            try await self.deliver()
        }
        let waiting = try #require(try await self.log(endpoint).first)
        #expect(waiting.state == .pending)
        #expect(waiting.attempts == 4)
        #expect(waiting.status == 404)
        self.receiver.answer(200)
        try await self.deliver()
        try await self.deliver()
        let done = try #require(try await self.log(endpoint).first)
        #expect(done.state == .delivered)
        #expect(done.attempts == 5)
        #expect(Set(self.receiver.posts.compactMap { $0.fields["webhook-id"] }).count == 1)
    }

    @Test("are given up after a day; an endpoint that is gone is told nothing more")
    func givenUp() async throws {
        let endpoint = try await self.endpoint()
        _ = try await self.test.contract()
        self.receiver.answer(503)
        try await self.deliver()
        self.test.clock.advance(milliseconds: ContractsLimits().webhookMillisecondsMax + 1)
        try await self.deliver()
        #expect(try await self.log(endpoint).map(\.state) == [.failed])
        #expect(self.receiver.posts.count == 1)
        _ = try await self.test.contract("Second")
        self.receiver.answer(410)
        try await self.deliver()
        let gone = try await self.service.webhook(endpoint.id, for: self.test.admin)
        #expect(!gone.isEnabled)
        _ = try await self.test.contract("Third")
        try await self.deliver()
        #expect(self.receiver.posts.count == 2)
        self.test.clock.advance(milliseconds: ContractsLimits().webhookLogMilliseconds + 1)
        try await self.service.forget()
        #expect(try await self.log(endpoint).isEmpty)
        try await self.service.deleteWebhook(endpoint.id, by: self.test.admin)
        #expect(try await self.service.listWebhooks(for: self.test.admin).isEmpty)
    }
}
