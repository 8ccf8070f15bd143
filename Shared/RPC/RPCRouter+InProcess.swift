import Synchronization

extension RPCRouter {
    /// Answers a call whose request is followed by elements.
    ///
    /// - Throws: as ``answer(route:body:context:now:)``.
    public func answer(
        route: Int, body: [UInt8], elements: RPCMessages, context: CallContext,
        now: MonotonicInstant = .now
    ) async throws -> RPCAnswer {
        var context = context
        context.incoming = self.elements(elements, ofRoute: route)
        return try await self.answer(route: route, body: body, context: context, now: now)
    }

    /// A carrier that calls this router in process, as the given peer.
    ///
    /// It behaves as the one over HTTP/2 does: messages are encoded and decoded, the deadline is
    /// kept by the carrier, and what a handler may not send is `internal`. Only a handler that
    /// ignores being cancelled makes its caller wait.
    public func carry(as caller: PeerName?) -> Carry {
        { call in
            let path = Array(call.path.text.utf8)
            guard let route = path.withUnsafeBufferPointer({ self.route(ofPath: $0) }) else {
                throw RPCError(.unimplemented, "no method \(call.path.text)")
            }
            try call.context.metadata.check()
            var context = call.context
            context.caller = caller
            context.deadline = self.deadline(ofRoute: route, asked: context.deadline)
            let elements = call.elements.map { CarriedElements($0.messages) }
            context.incoming = elements.map { self.elements($0.messages, ofRoute: route) }
            let (scope, body) = (context, call.body)
            do {
                let answer = try await DeadlineRace.run(until: context.deadline) {
                    try await self.answer(route: route, body: body, context: scope)
                }
                if let failure = elements?.failure { throw failure }
                return try Self.carried(answer, in: scope, elements)
            } catch {
                throw elements?.failure ?? RPCError(sending: error)
            }
        }
    }

    /// The answer as it would have come over a wire.
    private static func carried(
        _ answer: RPCAnswer, in context: CallContext, _ elements: CarriedElements?
    ) throws -> RPCAnswer {
        switch answer {
        case .message(let bytes, let metadata):
            if metadata.problem != nil { throw RPCError.unsendableMetadata }
            return .message(bytes, metadata)
        case .messages(let messages):
            if messages.leading.problem != nil { throw RPCError.unsendableMetadata }
            return .messages(CarriedAnswer(messages, in: context, elements).messages)
        }
    }
}

extension RPCError {
    /// The error as a peer may see it, its metadata included: see ``init(crossing:)``.
    public init(sending error: any Error) {
        self.init(crossing: error)
        if self.metadata.problem != nil { self = .unsendableMetadata }
    }

    /// A handler wanted to say what may not be said.
    public static let unsendableMetadata = RPCError(
        .internal, "the answer's metadata may not be sent")
}

/// A caller's elements on their way to a handler in the same process.
///
/// They are pulled in the caller's context. When they fail, the handler sees its call cancelled,
/// and the caller gets the error.
private final class CarriedElements: Sendable {
    private let source: RPCMessages
    private let caller = CallContext.current
    private let failed = Mutex<RPCError?>(nil)

    init(_ source: RPCMessages) { self.source = source }

    var failure: RPCError? { self.failed.withLock { $0 } }

    var messages: RPCMessages {
        self.source.pulled { pull in
            do {
                let element = try await CallContext.$current.withValue(self.caller) {
                    try await pull()
                }
                // Elements that end because they were cancelled are not whole.
                if element == nil { try Task.checkCancellation() }
                return element
            } catch {
                // A pull that was cancelled failed for a reason that the call knows already.
                if !Task.isCancelled { self.failed.withLock { $0 = RPCError(crossing: error) } }
                throw RPCError(.canceled, "the caller cancelled the call")
            }
        }
    }
}

/// A streamed answer on its way to a caller in the same process: pulled in the handler's context.
private final class CarriedAnswer: Sendable {
    private let source: RPCMessages
    private let context: CallContext
    private let elements: CarriedElements?
    private let hasEnded = Mutex(false)

    init(_ source: RPCMessages, in context: CallContext, _ elements: CarriedElements?) {
        self.source = source
        self.context = context
        self.elements = elements
    }

    var messages: RPCMessages {
        let pulled = self.source.pulled { pull in
            do {
                let message = try await DeadlineRace.run(until: self.context.deadline) {
                    try await CallContext.$current.withValue(self.context) { try await pull() }
                }
                if let failure = self.elements?.failure { throw failure }
                if message == nil { try self.end() }
                return message
            } catch {
                throw self.elements?.failure ?? RPCError(sending: error)
            }
        }
        return RPCMessages(
            leading: pulled.leading,
            trailing: { self.hasEnded.withLock { $0 } ? self.source.trailing : RPCMetadata() },
            pulling: pulled)
    }

    private func end() throws {
        if self.source.trailing.problem != nil { throw RPCError.unsendableMetadata }
        self.hasEnded.withLock { $0 = true }
    }
}

/// Work that a clock may cut short.
private enum DeadlineRace {
    /// Runs `work`, and cancels it when `deadline` comes first.
    ///
    /// - Throws: `deadline_exceeded`, `CancellationError`, or what `work` throws.
    static func run<Result: Sendable>(
        until deadline: MonotonicInstant?,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let deadline else {
            let result = try await work()
            try Task.checkCancellation()
            return result
        }
        return try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            // Begun here and now, so that a busy pool of threads does not eat into the deadline.
            group.addImmediateTask { try await work() }
            group.addTask {
                try await Task.sleep(for: MonotonicInstant.now.duration(to: deadline))
                throw RPCError(.deadlineExceeded, "the deadline has passed")
            }
            guard let result = try await group.next() else { throw CancellationError() }
            try Task.checkCancellation()
            return result
        }
    }
}
