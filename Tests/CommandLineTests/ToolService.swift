import CBOR
import Foundation
import HTTP2
import Logging
import NIOPosix
import RPC
import RPCOverHTTP2
import TestKit

/// A service that the tool was not built with.
enum ToolService: RPCService {
    static let name = "tool.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(Mirror.self), .unary(Fail.self), .stream(Tick.self), .clientStream(Add.self),
        .bidirectional(Echo.self),
    ]
}

/// Answers with what was sent, and what came beside it.
@Message
struct Mirror: RPCMethod {
    typealias Service = ToolService
    static let name = "Mirror"
    static let repetition = Repetition.safe
    var text: String
    var photo: [UInt8]?
    var big: UInt64?
    var colour: Colour?
    enum CodingKeys: Int, CodingKey { case text = 1, photo, big, colour }

    @Message
    enum Colour: String, Codable, Sendable { case red, green }

    @Message
    struct Reply: Codable, Sendable {
        var text: String
        var photo: [UInt8]?
        var big: UInt64?
        var colour: Colour?
        var caller: String?
        var key: String?
        enum CodingKeys: Int, CodingKey { case text = 1, photo, big, colour, caller, key }
    }
}

@Message
struct Fail: RPCMethod {
    typealias Service = ToolService
    static let name = "Fail"
    static let repetition = Repetition.unsafe
    @Message
    struct Reply: Codable, Sendable {}
}

/// Counts up to a number, then ends well or not.
@Message
struct Tick: RPCStreamMethod {
    typealias Service = ToolService
    static let name = "Tick"
    static let repetition = Repetition.safe
    var upTo: Int
    var fails: Bool?
    @Message
    struct Element: Codable, Sendable { var number: Int }
}

@Message
struct Add: RPCClientStreamMethod {
    typealias Service = ToolService
    static let name = "Add"
    static let repetition = Repetition.idempotent
    var start: Int
    @Message
    struct RequestElement: Codable, Sendable { var number: Int }
    @Message
    struct Reply: Codable, Sendable { var sum: Int }
}

@Message
struct Echo: RPCBidirectionalMethod {
    typealias Service = ToolService
    static let name = "Echo"
    static let repetition = Repetition.safe
    @Message
    struct RequestElement: Codable, Sendable { var text: String }
    @Message
    struct Element: Codable, Sendable { var text: String }
}

extension ToolService {
    static func routes() -> RPCRoutes<ToolService> {
        var routes = RPCRoutes(ToolService.self)
        routes.on(Mirror.self) { request, metadata in
            let context = CallContext.current
            metadata.leading.append(contentsOf: context.metadata)
            return Mirror.Reply(
                text: request.text, photo: request.photo, big: request.big, colour: request.colour,
                caller: context.caller?.text, key: context.idempotencyKey)
        }
        routes.on(Fail.self) { _ in
            throw RPCError(
                .failedPrecondition, "not now",
                details: [.init(type: "tool.v1.Why", value: [0x82, 1, 2])],
                retryPushbackMilliseconds: 250)
        }
        routes.onStream(Tick.self) { request, metadata in
            metadata.leading = ["first": "a"]
            metadata.trailing = ["last": "z"]
            return AsyncThrowingStream<Tick.Element, any Error> { continuation in
                for number in 1...request.upTo { continuation.yield(.init(number: number)) }
                continuation.finish(
                    throwing: request.fails == true ? RPCError(.dataLoss, "the rest is gone") : nil)
            }
        }
        routes.onClientStream(Add.self) { request, elements in
            var sum = request.start
            for try await element in elements { sum += element.number }
            return Add.Reply(sum: sum)
        }
        routes.onBidirectional(Echo.self) { _, elements in
            elements.echoed
        }
        return routes
    }
}

extension RPCElements where Element == Echo.RequestElement {
    /// Each element, sent back.
    fileprivate var echoed: AsyncThrowingMapSequence<Self, Echo.Element> {
        self.map { Echo.Element(text: $0.text) }
    }
}

/// The service as processes of their own reach it: by socket and by TLS.
struct RunningTool {
    let folder: TemporaryFolder
    let socket: String
    let port: Int

    private static let group = MultiThreadedEventLoopGroup.singleton

    static func run(_ body: (RunningTool) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let tls = try TestCertificates.write(to: folder)
        let everyone: Set<PeerName> = [PeerName("operator"), PeerName("contracts")]
        let access = Dictionary(
            uniqueKeysWithValues: ToolService.methods.map { ($0.name, everyone) })
        let router = try RPCRouter([ToolService.routes()], access: AccessList(access))
        let logger = Logger(label: "tool") { _ in SwiftLogNoOpLogHandler() }
        let socket = folder.file("s")
        let local = try await RPCListener.bind(
            to: .unixSocket(path: socket), router: router,
            tokens: PeerTokens(tokens: [PeerName("operator"): "secret"]), group: self.group,
            logger: logger)
        let remote = try await RPCListener.bind(
            to: .tcp(host: "127.0.0.1", port: 0), router: router,
            tls: try tls.server.serverContext(), group: self.group, logger: logger)
        guard case .tcp(_, let port) = remote.address else { return }
        do {
            try await body(RunningTool(folder: folder, socket: socket, port: port))
        } catch {
            await local.drain(grace: .zero)
            await remote.drain(grace: .zero)
            throw error
        }
        await local.drain(grace: .seconds(1))
        await remote.drain(grace: .seconds(1))
    }

    /// Runs `covenant rpc` as the operator.
    func rpc(_ arguments: [String], input: String = "") async throws -> Program.Result {
        let token = self.folder.file("token")
        try "operator:secret\n".write(toFile: token, atomically: true, encoding: .utf8)
        return try await self.rpc(
            arguments, at: ["--socket", self.socket, "--token-file", token], input: input)
    }

    /// Runs `covenant rpc` against the service at these options.
    func rpc(
        _ arguments: [String], at place: [String], input: String = ""
    ) async throws -> Program.Result {
        try await Program.run(
            Program.product("covenant"), ["rpc"] + arguments + place, input: Array(input.utf8))
    }

    /// The options for TLS, as the peer `contracts`.
    var remote: [String] {
        [
            "--host", "localhost", "--port", "\(self.port)", "--ca", self.folder.file("ca.pem"),
            "--cert", self.folder.file("client.pem"), "--key", self.folder.file("client.key"),
        ]
    }
}
