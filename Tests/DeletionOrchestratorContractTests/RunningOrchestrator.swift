import DeletionOrchestratorAPI
import DeletionOrchestratorServer
import Foundation
import HTTP2
import Identifiers
import IdentityAPI
import JSONAPI
import Logging
import NIOCore
import NIOPosix
import PublicHTTP
import RPC
import RPCOverHTTP2
import Storage
import TestKit

/// A deletion orchestrator behind its two real listeners, among peers that hold nothing.
final class RunningOrchestrator: Sendable {
    static let contract = "5f0c1a2b3c4d5e6f70819202"
    static let tenant = "5f0c1a2b3c4d5e6f70819203"
    static let deletion = "5f0c1a2b3c4d5e6f70819204"
    static let path = "/v2/deletions/\(deletion)"
    /// `BeginDeletion` of the deletion above, as in the golden bytes.
    static let beginDeletion =
        "a301a70178183566306331613262336334643565366637303831393230320278"
        + "183566306331613262336334643565366637303831393230330307046864656c"
        + "6574696e67057818356630633161326233633464356536663730383139323034"
        + "067174686520637573746f6d6572206c656674071b0000018bcfe56418027818"
        + "356630633161326233633464356536663730383139323035031b0000018bcfe5"
        + "6030"

    /// Who there is, by address; every secret is right.
    static func person(_ email: String) -> AuthenticatedUser? {
        let known: [String: (tenant: String, isAdmin: Bool)] = [
            "admin@one": (Self.tenant, true), "user@one": (Self.tenant, false),
            "admin@two": ("5f0c1a2b3c4d5e6f70819299", true),
        ]
        guard let person = known[email], let tenant = TenantID(person.tenant) else { return nil }
        return AuthenticatedUser(
            user: UserID(secondsSince1970: 1), tenant: tenant, email: email,
            isTenantAdmin: person.isAdmin)
    }

    let peers = QuietPeers()
    let routes: [Route]
    let connection: HTTP2ClientConnection
    private let folder: TemporaryFolder
    private let database: SQLiteDatabase
    private let rpc: RPCListener
    private let edge: PublicListener
    private let work: Task<Void, Never>?
    private let group = MultiThreadedEventLoopGroup.singleton

    /// Starts the service, lets `body` use it and stops it; with `isWorking` the runner runs.
    static func with(
        isWorking: Bool = false, _ body: (RunningOrchestrator) async throws -> Void
    ) async throws {
        let running = try await RunningOrchestrator(isWorking: isWorking)
        do {
            try await body(running)
        } catch {
            await running.stop()
            throw error
        }
        await running.stop()
    }

    private init(isWorking: Bool) async throws {
        self.folder = try TemporaryFolder()
        self.database = try await SQLiteDatabase.open(
            at: self.folder.file("orchestrator.sqlite"), migrations: OrchestratorMigrations.all)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = OrchestratorService(
            database: self.database, peers: try self.peers.peers(),
            keys: try ReceiptKeys(directory: self.folder.path),
            clock: ManualWallClock(milliseconds: 1_700_000_000_000), waits: ManualClock(),
            logger: logger, jitter: { 1 })
        self.routes = service.publicRoutes.routes
        self.work = isWorking ? Task { await service.run() } : nil
        self.rpc = try await RPCListener.bind(
            to: .unixSocket(path: self.folder.file("rpc.sock")),
            router: try RPCRouter(
                [service.rpcRoutes],
                access: try AllowedPeers(configuration: "deploy/deletion-orchestrator/config.yaml")
                    .accessList),
            tokens: RawCaller.tokens(of: ["contracts", "flow-runtime", "operator"]),
            group: self.group, logger: logger)
        self.edge = try await PublicListener.bind(
            host: "127.0.0.1", port: 0,
            edge: try PublicEdge(
                service.publicRoutes,
                authenticator: IdentityAuthenticator(try self.peers.authenticating()),
                logger: logger),
            group: self.group)
        self.connection = try await HTTP2ClientConnection.connect(
            to: .tcp(host: "127.0.0.1", port: self.edge.port), group: self.group)
    }

    private func stop() async {
        self.connection.close()
        await self.connection.closed()
        await self.edge.drain(grace: .seconds(5))
        await self.rpc.drain(grace: .seconds(5))
        self.work?.cancel()
        await self.work?.value
        try? await self.database.close()
    }

    /// Calls a method with the bytes of a request, as a peer, and gives the bytes of the reply.
    func call(
        _ path: MethodPath, _ hex: String, as peer: String?, token: String? = nil
    ) async throws -> String {
        let caller = RawCaller(of: self.rpc.address, group: self.group)
        return Hex.text(try await caller.call(path, Hex.bytes(hex), as: peer, token: token))
    }

    /// Has the deletion accepted.
    func begin() async throws {
        _ = try await self.call(.of(BeginDeletion.self), Self.beginDeletion, as: "contracts")
    }

    /// The head of a public request.
    static func head(
        _ method: String, _ path: String, as email: String?, fields: HTTP2Fields = [:]
    ) throws -> HTTP2RequestHead {
        var fields = fields
        if let email {
            let basic = Base64Text.encode("\(email):key")
            fields.append("authorization", "Basic \(basic)")
        }
        return try HTTP2RequestHead(
            method: method, scheme: "http", authority: "localhost", path: path, fields: fields)
    }

    /// Makes a public request.
    func request(
        _ method: String, _ path: String, as email: String? = "admin@one", body: String = "",
        fields: HTTP2Fields = [:]
    ) async throws -> PublicAnswer {
        let head = try Self.head(method, path, as: email, fields: fields)
        return PublicAnswer(
            try await self.connection.call(
                HTTP2ClientRequest(head: head, body: Array(body.utf8))))
    }
}
