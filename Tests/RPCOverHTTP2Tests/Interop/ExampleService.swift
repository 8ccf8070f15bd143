import HTTP2
import RPC
import RPCOverHTTP2
import TestKit

/// The service that `CallingWithOtherClients.md` calls.
enum ExampleService: RPCService {
    static let name = "example.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(Greet.self), .unary(WaitLong.self), .stream(CountDown.self),
        .clientStream(AddUp.self), .bidirectional(Chat.self),
    ]
}

@Message
struct Greet: RPCMethod {
    typealias Service = ExampleService
    static let name = "Greet"
    static let repetition = Repetition.safe
    var name: String
    @Message
    struct Reply: Codable, Sendable { var text: String }
}

/// Waits until it is cancelled.
@Message
struct WaitLong: RPCMethod {
    typealias Service = ExampleService
    static let name = "Wait"
    static let repetition = Repetition.unsafe
    @Message
    struct Reply: Codable, Sendable {}
}

/// Counts down to 1; from a negative number it fails half-way, and from 0 it never ends.
@Message
struct CountDown: RPCStreamMethod {
    typealias Service = ExampleService
    static let name = "CountDown"
    static let repetition = Repetition.safe
    var from: Int
    @Message
    struct Element: Codable, Sendable { var number: Int }
}

/// Adds numbers to the one it starts from.
@Message
struct AddUp: RPCClientStreamMethod {
    typealias Service = ExampleService
    static let name = "Add"
    static let repetition = Repetition.idempotent
    var start: Int
    @Message
    struct RequestElement: Codable, Sendable { var number: Int }
    @Message
    struct Reply: Codable, Sendable { var sum: Int }
}

/// Says what it is told.
@Message
struct Chat: RPCBidirectionalMethod {
    typealias Service = ExampleService
    static let name = "Chat"
    static let repetition = Repetition.safe
    @Message
    struct RequestElement: Codable, Sendable { var text: String }
    @Message
    struct Element: Codable, Sendable { var text: String }
}

/// The example service on both kinds of socket.
struct ExampleListener {
    let folder: TemporaryFolder
    /// `host:port`.
    let address: String
    /// What happens to calls that wait.
    let waiting: TestState

    /// What snippets and scripts find in their environment.
    var environment: [String: String] {
        ["SOCKET": self.folder.file("s"), "ADDRESS": self.address, "FOLDER": self.folder.path]
    }

    static func run(_ body: (ExampleListener) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let waiting = TestState()
        let router = try RPCRouter([Self.routes(waiting)], access: .everyone)
        var listeners: [RPCListener] = []
        for address in [
            HTTP2Address.unixSocket(path: folder.file("s")), .tcp(host: "127.0.0.1", port: 0),
        ] {
            listeners.append(
                try await RPCListener.bind(
                    to: address, router: router, group: CarrierTests.group,
                    logger: CarrierTests.logger))
        }
        let example = ExampleListener(
            folder: folder, address: "\(listeners[1].address)", waiting: waiting)
        do {
            try await body(example)
        } catch {
            for listener in listeners { await listener.drain(grace: .zero) }
            throw error
        }
        for listener in listeners { await listener.drain(grace: .seconds(1)) }
    }

    private init(folder: TemporaryFolder, address: String, waiting: TestState) {
        self.folder = folder
        self.address = address
        self.waiting = waiting
    }

    private static func routes(_ waiting: TestState) -> RPCRoutes<ExampleService> {
        var routes = RPCRoutes(ExampleService.self)
        routes.on(Greet.self) { request in
            guard !request.name.isEmpty else {
                throw RPCError(.invalidArgument, "a name is not empty")
            }
            return Greet.Reply(text: "Hello, \(request.name)!")
        }
        routes.on(WaitLong.self) { _ in
            waiting.began.open()
            defer { waiting.ended.open() }
            await Gate().pass()
            try Task.checkCancellation()
            return WaitLong.Reply()
        }
        routes.onStream(CountDown.self) { request in
            AsyncThrowingStream<CountDown.Element, any Error> { continuation in
                for number in stride(from: abs(request.from), to: 0, by: -1) {
                    continuation.yield(CountDown.Element(number: number))
                }
                if request.from == 0 {
                    continuation.onTermination = { _ in waiting.ended.open() }
                    continuation.yield(CountDown.Element(number: 0))
                    return waiting.began.open()
                }
                continuation.finish(
                    throwing: request.from < 0 ? RPCError(.dataLoss, "the rest is gone") : nil)
            }
        }
        routes.onClientStream(AddUp.self) { request, elements in
            var sum = request.start
            for try await element in elements { sum += element.number }
            return AddUp.Reply(sum: sum)
        }
        routes.onBidirectional(Chat.self) { _, elements in
            elements.map { Chat.Element(text: $0.text) }
        }
        return routes
    }
}
