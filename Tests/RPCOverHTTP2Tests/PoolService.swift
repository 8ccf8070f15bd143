import CBOR
import HTTP2
import Logging
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit

/// A service of which there are several servers.
enum PoolService: RPCService {
    static let name = "pool.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(AskName.self), .unary(TakeOnce.self), .unary(HoldOpen.self),
    ]
}

/// Who answers.
@Message
struct AskName: RPCMethod {
    typealias Service = PoolService
    static let name = "AskName"
    static let repetition = Repetition.safe
    @Message
    struct Reply: Codable, Sendable { var name: String }
}

/// Counts: twice would not be the same as once.
@Message
struct TakeOnce: RPCMethod {
    typealias Service = PoolService
    static let name = "TakeOnce"
    static let repetition = Repetition.unsafe
    @Message
    struct Reply: Codable, Sendable { var name: String }
}

/// Is answered when the server is told to.
@Message
struct HoldOpen: RPCMethod {
    typealias Service = PoolService
    static let name = "HoldOpen"
    static let repetition = Repetition.unsafe
    @Message
    struct Reply: Codable, Sendable { var name: String }
}

/// One server of the service.
final class PoolServer: Sendable {
    let name: String
    let address: HTTP2Address
    let asked = Tally()
    let taken = Tally()
    let held = Tally()
    /// Counts what several servers hold together.
    let heldByAny: Tally
    let release: Gate
    private let listener: RPCListener

    init(
        _ name: String, at address: HTTP2Address, takesOver: Bool = false,
        failing error: RPCError? = nil, limits: HTTP2Limits = .internalPeers,
        heldByAny: Tally = Tally()
    ) async throws {
        self.name = name
        self.heldByAny = heldByAny
        let (asked, taken, held, release) = (self.asked, self.taken, self.held, Gate())
        var routes = RPCRoutes(PoolService.self)
        routes.on(AskName.self) { _ in
            asked.add()
            if let error { throw error }
            return AskName.Reply(name: name)
        }
        routes.on(TakeOnce.self) { _ in
            taken.add()
            if let error { throw error }
            // Half of the calls are not answered in the turn they come in.
            if taken.count.isMultiple(of: 2) { await Task.yield() }
            return TakeOnce.Reply(name: name)
        }
        routes.on(HoldOpen.self) { _ in
            held.add()
            heldByAny.add()
            await release.pass()
            return HoldOpen.Reply(name: name)
        }
        self.release = release
        self.listener = try await RPCListener.bind(
            to: address, takesOver: takesOver,
            router: try RPCRouter([routes], access: .everyone), connectionLimits: limits,
            group: CarrierTests.group, logger: CarrierTests.logger)
        self.address = self.listener.address
    }

    var connectionCount: Int { self.listener.connectionCount }

    func drain(grace: Duration = .seconds(20)) async { await self.listener.drain(grace: grace) }
}

/// A resolver that gives what it is told, and counts how often it was asked.
final class ListResolver: EndpointResolver {
    let asked = Tally()
    private let answer: Mutex<Result<[HTTP2Address], any Error>>

    init(_ addresses: [HTTP2Address]) { self.answer = Mutex(.success(addresses)) }

    func set(_ addresses: [HTTP2Address]) { self.answer.withLock { $0 = .success(addresses) } }

    func fail() { self.answer.withLock { $0 = .failure(CancellationError()) } }

    func resolve() async throws -> [HTTP2Address] {
        defer { self.asked.add() }
        return try self.answer.withLock { try $0.get() }
    }
}
