import ContractLifecycle
import ContractsAPI
import ContractsFakes
import HTTP2
import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import Logging
import NIOCore
import NIOPosix
import PublicHTTP
import RPC
import RPCOverHTTP2
import Storage
import TestKit

@testable import IdentityServer

/// An identity service behind its two real listeners, with people whose ids are known.
final class RunningIdentity: Sendable {
    /// The tenant, a plain user and a Tenant Admin.
    static let tenant = "000000010000000000000001"
    static let user = "000000020000000000000002"
    static let admin = "000000030000000000000003"
    static let userEmail = "Ada@Example.com"
    static let adminEmail = "admin@example.com"
    static let userKey = "cov_" + String(repeating: "0123456789abcdef", count: 4)
    static let adminKey = "cov_" + String(repeating: "fedcba9876543210", count: 4)
    static let password = "correct-horse-1"
    static let session = "000000060000000000000006"
    static let sessionToken = "cvs_" + String(repeating: "0123456789abcdef", count: 4)

    let log = LogCapture()
    let clock = ManualWallClock()
    let contracts = FakePeer<Contracts>()
    let routes: [Route]
    private let folder: TemporaryFolder
    private let database: SQLiteDatabase
    private let rpc: RPCListener
    private let edge: PublicListener
    private let connection: HTTP2ClientConnection
    private let group = MultiThreadedEventLoopGroup.singleton

    /// Starts the service, lets `body` use it and stops it.
    static func with(_ body: (RunningIdentity) async throws -> Void) async throws {
        let running = try await RunningIdentity()
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
            at: self.folder.file("identity.sqlite"), migrations: IdentityMigrations.all)
        var limits = IdentityLimits()
        limits.scryptCostLog2 = 4
        limits.scryptBlockSize = 1
        limits.scryptParallelism = 1
        self.contracts.on(RemoveUser.self) { _ in .removed }
        let service = IdentityService(
            database: self.database, contracts: self.contracts.client, clock: self.clock,
            limits: limits)
        self.routes = service.publicRoutes.routes
        let logger = self.log.logger
        let router = try RPCRouter(
            [service.rpcRoutes],
            access: try AllowedPeers(configuration: "deploy/identity/config.yaml").accessList,
            interceptors: [RPCInterceptors.log(logger), RPCInterceptors.metrics()])
        self.rpc = try await RPCListener.bind(
            to: .unixSocket(path: self.folder.file("identity.sock")), router: router,
            tokens: RawCaller.tokens(
                of: ["contracts", "flow-runtime", "deletion-orchestrator", "operator"]),
            group: self.group, logger: logger)
        // Without the memory of proven credentials a dead key is dead in the next request.
        var bounds = PublicLimits()
        bounds.authenticationCacheMilliseconds = 0
        self.edge = try await PublicListener.bind(
            host: "127.0.0.1", port: 0,
            edge: try PublicEdge(
                service.publicRoutes, authenticator: IdentityAuthenticator(service),
                limits: bounds, logger: logger),
            group: self.group)
        self.connection = try await HTTP2ClientConnection.connect(
            to: .tcp(host: "127.0.0.1", port: self.edge.port), group: self.group)
        try await self.populate(hash: PasswordHasher(limits: limits).hash(Self.password))
    }

    private func stop() async {
        self.connection.close()
        await self.connection.closed()
        await self.edge.drain(grace: .seconds(5))
        await self.rpc.drain(grace: .seconds(5))
        try? await self.database.close()
    }

    private func populate(hash: PasswordHash) async throws {
        guard let tenant = TenantID(Self.tenant), let user = UserID(Self.user),
            let admin = UserID(Self.admin)
        else { throw Missing() }
        guard let session = SessionID(Self.session), let token = SessionToken(Self.sessionToken)
        else { throw Missing() }
        let now = self.clock.nowMilliseconds
        let ada = User(
            id: user, tenant: tenant, email: Self.userEmail, firstName: "Ada", lastName: "King",
            company: nil, isTenantAdmin: false, registered: now)
        let root = User(
            id: admin, tenant: tenant, email: Self.adminEmail, firstName: "Tenant",
            lastName: "Admin", company: "Covenant", isTenantAdmin: true, registered: now)
        guard let userKey = APIKey(Self.userKey), let adminKey = APIKey(Self.adminKey) else {
            throw Missing()
        }
        let keys = [(user, KeyDigest(userKey)), (admin, KeyDigest(adminKey))]
        let open = Session(
            id: session, user: user, createdAt: now, lastUsedAt: now, address: "192.0.2.1",
            agent: "Browser/1")
        try await self.database.write { transaction in
            try TenantStore.insert(
                Tenant(id: tenant, name: "T", createdAt: now, isOperating: true), in: transaction)
            let role = RoleCatalogue.standard.filter { $0.name == "member" }
            try RoleStore.insert(role, of: tenant, in: transaction)
            for person in [ada, root] {
                _ = try UserStore.insert(person, in: transaction)
            }
            for (holder, digest) in keys {
                try APIKeyStore.replace(of: holder, with: digest, at: now, in: transaction)
            }
            try PasswordStore.insert(hash, of: user, at: now, in: transaction)
            try SessionStore.insert(open, KeyDigest(token), in: transaction)
        }
    }

    struct Missing: Error {}

    /// Calls a method with the bytes of a request, as a peer, and gives the bytes of the reply.
    func call(
        _ path: MethodPath, _ body: [UInt8], as peer: String?, token: String? = nil
    ) async throws -> [UInt8] {
        try await RawCaller(of: self.rpc.address, group: self.group)
            .call(path, body, as: peer, token: token)
    }

    /// Makes a public request.
    func request(
        _ method: String, _ path: String, _ credentials: (String, String)? = nil,
        body: String? = nil, fields: HTTP2Fields = [:]
    ) async throws -> PublicAnswer {
        var fields = fields
        if let (email, secret) = credentials {
            fields.append("authorization", "Basic \(Base64Text.encode("\(email):\(secret)"))")
        }
        if body != nil, fields.first("content-type") == nil {
            fields.append("content-type", "application/json")
        }
        let head = try HTTP2RequestHead(
            method: method, scheme: "http", authority: "localhost", path: path, fields: fields)
        let response = try await self.connection.call(
            HTTP2ClientRequest(head: head, body: Array((body ?? "").utf8)))
        return PublicAnswer(response)
    }

    /// The fields of a browser that has the plain user's session.
    static var bySession: HTTP2Fields {
        [
            "cookie": "covenant_session=\(Self.sessionToken)",
            "x-csrf-token": SessionToken(Self.sessionToken)?.antiForgeryToken ?? "",
        ]
    }

    /// The credentials of the plain user and the admin.
    static let asUser = (userEmail, userKey)
    static let asAdmin = (adminEmail, adminKey)
}
