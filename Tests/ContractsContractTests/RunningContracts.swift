import ContractsFakes
import ContractsServer
import HTTP2
import Identifiers
import JSONAPI
import Logging
import NIOCore
import NIOPosix
import PublicHTTP
import RPC
import RPCOverHTTP2
import Storage
import TestKit

/// A contracts service behind its two real listeners, with an outbox that is sent.
final class RunningContracts: Sendable {
    let peers = FakePeers()
    let mailer = FakeMailer()
    let clock = ManualWallClock()
    let database: SQLiteDatabase
    let routes: [Route]
    private let folder: TemporaryFolder
    private let rpc: RPCListener
    private let edge: PublicListener
    private let connection: HTTP2ClientConnection
    private let relay: Task<Void, Never>
    private let group = MultiThreadedEventLoopGroup.singleton

    /// Starts the service, lets `body` use it and stops it.
    static func with(_ body: (RunningContracts) async throws -> Void) async throws {
        let running = try await RunningContracts()
        do {
            try await body(running)
        } catch {
            await running.stop()
            throw error
        }
        await running.stop()
    }

    private init() async throws {
        self.folder = try TemporaryFolder()
        self.database = try await SQLiteDatabase.open(
            at: self.folder.file("contracts.sqlite"), migrations: ContractsMigrations.all)
        let service = ContractsService(
            database: self.database, peers: self.peers.clients,
            mail: MailSettings(from: "covenant@example.com", baseURL: "http://localhost"),
            clock: self.clock)
        self.routes = service.publicRoutes.routes
        let logger = Logger(label: "contracts") { _ in SwiftLogNoOpLogHandler() }
        let router = try RPCRouter(
            [service.rpcRoutes],
            access: try AllowedPeers(configuration: "deploy/contracts/config.yaml").accessList)
        self.rpc = try await RPCListener.bind(
            to: .unixSocket(path: self.folder.file("contracts.sock")), router: router,
            tokens: RawCaller.tokens(
                of: ["identity", "flow-runtime", "deletion-orchestrator", "operator"]),
            group: self.group, logger: logger)
        var bounds = PublicLimits()
        bounds.bodyBytesMax = 16 * 1024
        self.edge = try await PublicListener.bind(
            host: "127.0.0.1", port: 0,
            edge: try PublicEdge(
                service.publicRoutes, authenticator: PublicAuthentication(self.peers.clients),
                limits: bounds, answers: try await StoredAnswers(database: self.database),
                logger: logger),
            group: self.group)
        self.connection = try await HTTP2ClientConnection.connect(
            to: .tcp(host: "127.0.0.1", port: self.edge.port), group: self.group)
        let mailer = self.mailer
        self.relay = Task { await service.relay(mailer: mailer) }
        self.peers.addPerson(Self.admin, firstName: "Tenant", isTenantAdmin: true)
    }

    private func stop() async {
        self.connection.close()
        await self.connection.closed()
        await self.edge.drain(grace: .seconds(5))
        await self.rpc.drain(grace: .seconds(5))
        self.relay.cancel()
        await self.relay.value
        try? await self.database.close()
    }

    /// The Tenant Admin's address.
    static let admin = "admin@example.com"

    struct Missing: Error {}

    /// Calls a method with the bytes of a request, as a peer, and gives the bytes of the reply.
    func call(
        _ path: MethodPath, _ body: [UInt8], as peer: String?, token: String? = nil
    ) async throws -> [UInt8] {
        try await RawCaller(of: self.rpc.address, group: self.group)
            .call(path, body, as: peer, token: token)
    }

    /// Makes a public request, as the user with that address.
    func request(
        _ method: String, _ path: String, as email: String? = RunningContracts.admin,
        body: JSON? = nil, text: String? = nil, fields: HTTP2Fields = [:]
    ) async throws -> PublicAnswer {
        var fields = fields
        if let email {
            fields.append(
                "authorization", "Basic \(Base64Text.encode("\(email):key of \(email)"))")
        }
        let body = text ?? body?.text
        if body != nil, fields.first("content-type") == nil {
            fields.append("content-type", "application/json")
        }
        let head = try HTTP2RequestHead(
            method: method, scheme: "http", authority: "localhost", path: path, fields: fields)
        let response = try await self.connection.call(
            HTTP2ClientRequest(head: head, body: Array((body ?? "").utf8)))
        return PublicAnswer(response)
    }

    /// A contract with an owner.
    func contract(
        ownedBy email: String = "ada@example.com"
    ) async throws -> (id: String, owner: UserID) {
        let made = try await self.request(
            "POST", "/v2/contracts",
            body: ["data": ["type": "contract", "attributes": ["name": "My Contract"]]])
        guard let id = made.json["data"]?["id"]?.string else { throw Missing() }
        let owner = self.peers.addPerson(email)
        _ = try await self.request(
            "POST", "/v2/contracts/\(id)/members", body: Self.member(owner.text, ["owner"]))
        return (id, owner)
    }

    static func member(_ user: String, _ roles: [String]) -> JSON {
        [
            "data": [
                "type": "contract-member", "id": .string(user),
                "attributes": ["roles": .strings(roles)],
            ]
        ]
    }
}

extension RunningContracts {
    /// The token in the newest e-mail to an address, once that has been sent.
    func token(mailedTo email: String) async throws -> String {
        while true {
            let mail = self.mailer.messages.last { $0.to == email }
            if let match = mail?.text.firstMatch(of: #/\/v2\/invites\/([A-Za-z0-9_-]+)\n/#) {
                return String(match.output.1)
            }
            await Task.yield()
        }
    }
}
