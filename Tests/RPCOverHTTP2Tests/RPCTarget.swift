import AttackBench
import NIOCore
import RPC
import TestKit

@testable import HTTP2
@testable import RPCOverHTTP2

/// A listener for calls, with all the methods of ``TestService`` and ``WireService``.
struct RPCTarget: AttackTarget {
    /// What a `Fail` may carry.
    static let failBytesMax = 1000

    private let listener: RPCListener
    private let limits: HTTP2Limits
    private let folder: TemporaryFolder

    init(_ state: TestState, limits: HTTP2Limits, on group: any EventLoopGroup) async throws {
        self.folder = try TemporaryFolder()
        self.limits = limits
        var callLimits = RPCServerLimits()
        callLimits.methods["Fail"] = RPCMethodLimits()
        callLimits.methods["Fail"]?.requestBytesMax = Self.failBytesMax
        self.listener = try await RPCListener.bind(
            to: .unixSocket(path: self.folder.file("s")),
            router: try RPCRouter(
                [testRoutes(state), WireService.routes()], access: .everyone, limits: callLimits),
            connectionLimits: limits, group: group, logger: CarrierTests.logger)
    }

    var address: HTTP2Address { self.listener.address }

    func neighbour() async throws -> Neighbour {
        let peer = RPCPeer([self.address], group: CarrierTests.group)
        let client = RPCClient(
            TestService.self, carry: peer.carry,
            options: RPCClientOptions(timeout: .seconds(60), retry: .never))
        return Neighbour {
            _ = try await client.send(Echo(text: "neighbour"))
        } close: {
            await peer.shutDown()
        }
    }

    func excesses() async throws -> [String] {
        try await ServerUsage.all(of: self.listener.listener).flatMap { $0.excesses(self.limits) }
    }

    func drain() async { await self.listener.drain(grace: .zero) }
}

extension AttackBench where Target == RPCTarget {
    /// Attacks a listener for calls.
    static func run<Found: Sendable>(
        _ state: TestState = TestState(), limits: HTTP2Limits = .internalPeers,
        attack: @escaping @Sendable (AttackBench) async throws -> Found
    ) async throws -> Found {
        try await Self.run {
            try await RPCTarget(state, limits: limits, on: $0)
        } attack: {
            try await attack($0)
        }
    }
}

/// What is said of a call in raw frames.
struct RawCall: Sendable {
    let name: String
    var method = "POST"
    var scheme = "http"
    var path = "/rpc/test.v1/Echo"
    var fields: [(String, String)] = [("content-type", "application/cbor")]
    var body = WireTests.echo
    /// The answer.
    let status: Int
    let code: String?

    /// The frames of the call.
    func frames(_ stream: UInt32) -> [UInt8] { self.opening(stream) + Raw.body(stream, self.body) }

    /// The frames of its header.
    func opening(_ stream: UInt32) -> [UInt8] {
        let all =
            [
                (":method", self.method), (":scheme", self.scheme), (":authority", "test"),
                (":path", self.path),
            ] + self.fields
        return Raw.block(stream, all.flatMap { Raw.field($0, $1) })
    }
}

extension Raw {
    private static let frameBytesMax = 16_384

    /// A header block in as many frames as it takes.
    static func block(_ stream: UInt32, _ fields: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = fields[...]
        repeat {
            let piece = Array(rest.prefix(self.frameBytesMax))
            rest = rest.dropFirst(piece.count)
            bytes += self.frame(
                bytes.isEmpty ? .headers : .continuation, flags: rest.isEmpty ? self.endHeaders : 0,
                stream: stream, piece)
        } while !rest.isEmpty
        return bytes
    }

    /// A body, to its end, in as many frames as it takes.
    static func body(_ stream: UInt32, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = body[...]
        repeat {
            let piece = Array(rest.prefix(self.frameBytesMax))
            rest = rest.dropFirst(piece.count)
            bytes += self.data(stream, piece, end: rest.isEmpty)
        } while !rest.isEmpty
        return bytes
    }
}
