public import RPC
import Synchronization

/// The service that ``CarrierConformance`` calls.
public enum CarrierProbe: RPCService {
    public static let name = "probe.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(Ask.self), .stream(Count.self), .clientStream(Sum.self),
        .bidirectional(Converse.self),
    ]

    /// What a handler is to do besides answering.
    @Message
    enum Manner: String, Codable, Sendable {
        /// Nothing.
        case plain
        /// Fail before the first answer.
        case fail
        /// Fail after the last answer.
        case failLate
        /// Wait until the call is cancelled.
        case wait
        /// End without taking what is sent.
        case hurry
        /// Say what may not be said.
        case babble
    }

    @Message
    struct Ask: RPCMethod {
        typealias Service = CarrierProbe
        static let name = "Ask"
        static let repetition = Repetition.safe
        var text: String
        var manner: Manner = .plain
        @Message
        struct Reply: Codable, Sendable, Equatable { var text: String }
    }

    @Message
    struct Count: RPCStreamMethod {
        typealias Service = CarrierProbe
        typealias Element = Int
        static let name = "Count"
        static let repetition = Repetition.safe
        var upTo: Int
        var manner: Manner = .plain
    }

    @Message
    struct Sum: RPCClientStreamMethod {
        typealias Service = CarrierProbe
        typealias RequestElement = [UInt8]
        typealias Reply = Int
        static let name = "Sum"
        static let repetition = Repetition.unsafe
        var start: Int
        var manner: Manner = .plain
    }

    @Message
    struct Converse: RPCBidirectionalMethod {
        typealias Service = CarrierProbe
        typealias RequestElement = String
        typealias Element = String
        static let name = "Converse"
        static let repetition = Repetition.unsafe
        var greeting: String
        var manner: Manner = .plain
    }

    /// What checks look at, and wait for.
    final class State: Sendable {
        /// The context of the last handler.
        let seen = Mutex<CallContext?>(nil)
        /// Elements that a handler has given or taken.
        let handled = Mutex(0)
        /// A handler has begun.
        let began = Gate()
        /// A handler waits to be cancelled.
        let waits = Gate()
        /// A handler was cancelled.
        let cancelled = Gate()

        /// A handler begins: notes its context, and does what it is told to.
        func begin(_ manner: Manner, _ metadata: RPCAnswerMetadata) async throws {
            let context = CallContext.current
            self.seen.withLock { $0 = context }
            self.began.open()
            switch manner {
            case .fail: throw CarrierProbe.refusal
            case .wait: try await self.waitUntilCancelled()
            case .babble: metadata.leading.append("Shouting", "x")
            case .plain, .failLate, .hurry: break
            }
            for entry in context.metadata.entries {
                switch entry.value {
                case .text(let text): metadata.leading.append(entry.name, text)
                case .bytes(let bytes): metadata.trailing.append(entry.name, bytes)
                }
            }
        }

        func waitUntilCancelled() async throws {
            let never = Gate()
            self.waits.open()
            await withTaskCancellationHandler {
                await never.pass()
            } onCancel: {
                never.open()
            }
            self.cancelled.open()
            throw CancellationError()
        }
    }

    /// A request that no handler of `Ask` can read.
    @Message
    struct Unreadable: RPCMethod {
        typealias Service = CarrierProbe
        typealias Reply = String
        static let name = "Ask"
        static let repetition = Repetition.safe
    }

    /// A method that nobody has.
    @Message
    struct Nothing: RPCMethod {
        typealias Service = CarrierProbe
        typealias Reply = String
        static let name = "Nothing"
        static let repetition = Repetition.safe
    }

    static let refusal = RPCError(
        .failedPrecondition, "not now", details: [.init(type: "probe.v1.Why", value: [1, 2])],
        retryPushbackMilliseconds: 250, metadata: ["reason": "tired"])

    static func routes(_ state: State) -> RPCRoutes<CarrierProbe> {
        var routes = RPCRoutes(CarrierProbe.self)
        routes.on(Ask.self) { request, metadata in
            try await state.begin(request.manner, metadata)
            return Ask.Reply(text: request.text)
        }
        routes.onStream(Count.self) { request, metadata in
            let isWaiting = request.manner == .wait
            try await state.begin(isWaiting ? .plain : request.manner, metadata)
            let next = Mutex(0)
            return AsyncThrowingStream {
                let number = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                if number < request.upTo {
                    state.handled.withLock { $0 += 1 }
                    return number
                }
                if isWaiting { try await state.waitUntilCancelled() }
                if request.manner == .failLate { throw CarrierProbe.refusal }
                return nil
            }
        }
        routes.onClientStream(Sum.self) { request, elements, metadata in
            try await state.begin(request.manner, metadata)
            var sum = request.start
            if request.manner == .hurry { return sum }
            state.waits.open()
            do {
                for try await element in elements {
                    state.handled.withLock { $0 += 1 }
                    sum += element.count
                }
            } catch {
                state.cancelled.open()
                throw error
            }
            return sum
        }
        routes.onBidirectional(Converse.self) { request, elements, metadata in
            try await state.begin(request.manner, metadata)
            let hasGreeted = Mutex(false)
            let heard = Heard(elements)
            return AsyncThrowingStream {
                if !hasGreeted.withLock({ $0 }) {
                    hasGreeted.withLock { $0 = true }
                    return request.greeting
                }
                if request.manner == .hurry { return nil }
                state.waits.open()
                do {
                    guard let element = try await heard.next() else {
                        if request.manner == .failLate { throw CarrierProbe.refusal }
                        return nil
                    }
                    return "you say \(element)"
                } catch {
                    state.cancelled.open()
                    throw error
                }
            }
        }
        return routes
    }
}

/// Pulls a stream's elements from a closure, one after another.
final class Heard<Element: Sendable>: Sendable {
    private let elements: RPCElements<Element>

    init(_ elements: RPCElements<Element>) { self.elements = elements }

    func next() async throws -> Element? {
        // Every iterator pulls from the same stream.
        var iterator = self.elements.makeAsyncIterator()
        return try await iterator.next()
    }
}
