import CBOR
import ContractLifecycle
import ContractsAPI
import FlowRuntimeAPI
import FlowRuntimeDomain
import Foundation
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

@testable import FlowRuntimeServer

/// A flow runtime behind its two real listeners, with real workers.
final class RunningRuntime: Sendable {
    static let tenant = TenantID("000000010000000000000001")
    static let contract = ContractID("000000040000000000000004")
    static let workspace = WorkspaceID("000000060000000000000006")
    /// A developer team of the contract, called `Acme`.
    static let team = TeamID("0000000b000000000000000b")
    /// Another contract of the tenant, and a workspace of it.
    static let otherContract = ContractID("000000040000000000000044")
    static let otherWorkspace = WorkspaceID("000000060000000000000066")
    /// Somebody who may do everything in the other contract, and nothing in the first.
    static let neighbour = "neighbour"
    /// Somebody who may do everything in the workspace.
    static let builder = "builder"
    /// Somebody who may only look.
    static let guest = "guest"
    /// Somebody whom the workspace does not know.
    static let stranger = "stranger"

    struct Missing: Error {}

    let contracts: FakeContracts
    let routes: [Route]
    /// What workers have reported, once it is durable: the execution and whether it comes again.
    let reports: AsyncStream<RPCMethodDeclaration>
    private let database: SQLiteDatabase
    let service: FlowRuntimeService
    private let rpc: RPCListener
    private let edge: PublicListener
    private let connection: HTTP2ClientConnection
    private let supervision: Task<Void, any Error>
    private let group = MultiThreadedEventLoopGroup.singleton

    /// Starts a runtime on a folder, lets `body` use it and stops it.
    static func with<T>(
        _ folder: TemporaryFolder? = nil, clock: any WallClock = SystemWallClock(),
        change: (inout WorkerSettings) -> Void = { _ in },
        _ body: (RunningRuntime) async throws -> T
    ) async throws -> T {
        let folder = try folder ?? TemporaryFolder()
        let running = try await RunningRuntime(folder, clock, change)
        do {
            let result = try await body(running)
            await running.stop()
            return result
        } catch {
            await running.stop()
            throw error
        }
    }

    private init(
        _ folder: TemporaryFolder, _ clock: any WallClock, _ change: (inout WorkerSettings) -> Void
    ) async throws {
        guard let tenant = Self.tenant, let contract = Self.contract,
            let workspace = Self.workspace, let team = Self.team,
            let otherContract = Self.otherContract, let otherWorkspace = Self.otherWorkspace
        else { throw Missing() }
        let logger = Logger(label: "flow-runtime") { _ in SwiftLogNoOpLogHandler() }
        self.database = try await SQLiteDatabase.open(
            at: folder.file("flow-runtime.sqlite"), migrations: FlowRuntimeMigrations.all)
        self.contracts = FakeContracts(
            workspace: workspace, contract: contract, tenant: tenant)
        self.contracts.know(.team(team), of: contract, named: "Acme")
        self.contracts.know(.workspace(otherWorkspace), of: otherContract)
        let all: Set = [
            "workspaces.flow.edit", "workspaces.flow.toggleStatus", "contracts.repository.edit",
        ]
        self.contracts.admit(KnownPeople.id(Self.builder), all)
        self.contracts.admit(KnownPeople.id(Self.neighbour), all, to: otherContract)
        self.contracts.admit(KnownPeople.id(Self.guest), [])
        let socket = folder.file("flow-runtime.sock")
        var workers = WorkerSettings(
            program: BuiltPrograms.path(of: "flow-worker"), socket: socket,
            peerToken: WorkerSettings.newPeerToken(), folder: folder.file("workers"))
        workers.allowedNetworks = ["127.0.0.0/8"]
        workers.controlGroupName = WorkerSettings.groupName(of: folder.path)
        change(&workers)
        self.service = FlowRuntimeService(
            database: self.database, contracts: self.contracts.client, workers: workers,
            clock: clock,
            logger: logger)
        self.routes = self.service.publicRoutes.routes
        let (reports, report) = AsyncStream<RPCMethodDeclaration>.makeStream()
        self.reports = reports
        let router = try RPCRouter(
            [self.service.rpcRoutes],
            access: try AllowedPeers(configuration: "deploy/flow-runtime/config.yaml").accessList,
            interceptors: [
                RPCInterceptor { method, handler in
                    { body in
                        let reply = try await handler(body)
                        if method.name.hasPrefix("Report") { report.yield(method) }
                        return reply
                    }
                }
            ])
        let tokens = RawCaller.tokens(
            of: ["contracts", "identity", "deletion-orchestrator", "operator"])
            .merging(PeerTokens(tokens: workers.peerTokens.mapValues { $0.reveal() }))
        self.rpc = try await RPCListener.bind(
            to: .unixSocket(path: socket), router: router, tokens: tokens,
            group: self.group, logger: logger)
        self.edge = try await PublicListener.bind(
            host: "127.0.0.1", port: 0,
            edge: try PublicEdge(
                self.service.publicRoutes, authenticator: KnownPeople(tenant: tenant),
                logger: logger),
            group: self.group)
        self.connection = try await HTTP2ClientConnection.connect(
            to: .tcp(host: "127.0.0.1", port: self.edge.port), group: self.group)
        let service = self.service
        self.supervision = Task { try await service.superviseWorkers() }
    }

    private func stop() async {
        self.connection.close()
        await self.connection.closed()
        await self.edge.drain(grace: .seconds(5))
        self.supervision.cancel()
        try? await self.supervision.value
        await self.rpc.drain(grace: .seconds(5))
        try? await self.database.close()
    }

    /// The state of the only workers there are.
    var workers: [WorkerRow] {
        get async throws {
            guard let contract = Self.contract else { throw Missing() }
            return try await self.database.read { try WorkerStore.workers(of: contract, in: $0) }
        }
    }

    /// Waits until the worker of a flow works, and says which process it is.
    func workerAtWork() async throws -> ProcessMark {
        while true {
            if let row = try await self.workers.first, row.state == .running,
                let process = row.process
            {
                return process
            }
            await Task.yield()
        }
    }

    /// Calls a method as a peer.
    func call<Method: RPCMethod>(_ request: Method, as peer: String) async throws -> Method.Reply {
        let bytes = try await self.call(
            .of(Method.self), try CBOREncoder().encode(request), as: peer)
        return try CBORDecoder().decode(Method.Reply.self, from: bytes)
    }

    /// Calls a method with the bytes of a request, as a peer, and gives the bytes of the reply.
    func call(
        _ path: MethodPath, _ body: [UInt8], as peer: String?, token: String? = nil
    ) async throws -> [UInt8] {
        try await RawCaller(of: self.rpc.address, group: self.group)
            .call(path, body, as: peer, token: token)
    }

    /// Makes a public request.
    func request(
        _ method: String, _ path: String, as who: String? = nil, body: String? = nil,
        fields: HTTP2Fields = [:]
    ) async throws -> PublicAnswer {
        var fields = fields
        if let who {
            let credentials = Base64Text.encode("\(who):key")
            fields.append("authorization", "Basic \(credentials)")
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
}

/// Everybody is who they say.
struct KnownPeople: Authenticator {
    let tenant: TenantID

    func authenticate(_ credentials: BasicCredentials) async throws -> Principal? {
        guard credentials.secret.reveal() == "key" else { return nil }
        return Principal(
            user: Self.id(credentials.email), tenant: self.tenant, email: credentials.email,
            isTenantAdmin: credentials.email == "admin")
    }

    func authenticate(_ session: SessionToken) async throws -> Principal? { nil }

    /// The same identifier for the same name, always.
    static func id(_ name: String) -> UserID {
        var digits = name.utf8.map { String($0, radix: 16) }.joined().prefix(24)
        digits += String(repeating: "0", count: 24 - digits.count)
        return UserID(digits) ?? UserID(secondsSince1970: 0)
    }
}

/// The programs that were built beside the tests.
enum BuiltPrograms {
    static func path(of name: String) -> String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: name).path
    }
}
