public import RPC

/// A store of answers to be put through ``AnswerStoreConformance``, empty at first.
public protocol AnswerStoreUnderTest: Sendable {
    /// The store, with these limits.
    func open(_ limits: AnswerLimits) async throws -> any AnswerStore
    /// Moves the time the store goes by.
    func advance(seconds: Int)
}

/// What every implementation of `AnswerStore` does, as checks that take an implementation.
public struct AnswerStoreConformance: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// Checks a fresh store; throws ``ConformanceFailure`` when it does something else.
    public let check: @Sendable (any AnswerStoreUnderTest) async throws -> Void

    private init(
        _ description: String,
        _ check: @escaping @Sendable (any AnswerStoreUnderTest) async throws -> Void
    ) {
        self.description = description
        self.check = check
    }

    private static let call = Self.call("key")

    private static func call(
        _ key: String, from caller: String = "contracts", method: String = "test.v1/Do"
    ) -> KeyedCallID {
        KeyedCallID(caller: PeerName(caller), method: method, key: key)
    }

    private static let error = RPCError(
        .failedPrecondition, "not now",
        details: [RPCError.Detail(type: "test.v1.Why", value: [1, 2])], metadata: ["why": "so"])

    /// A check on a store with the default limits.
    private static func onStore(
        _ description: String, _ check: @escaping @Sendable (any AnswerStore) async throws -> Void
    ) -> AnswerStoreConformance {
        AnswerStoreConformance(description) { try await check(try await $0.open(AnswerLimits())) }
    }

    /// Every check.
    public static let cases: [AnswerStoreConformance] = Self.answers + Self.bounds

    private static let answers = [
        onStore("a call nobody knows is begun") { store in
            try expectEqual(try await store.begin(call, content: [1]), .began, "first")
        },
        onStore("a reply is given back byte for byte") { store in
            _ = try await store.begin(call, content: [1])
            try await store.finish(call, .answered(.reply([0xff, 0x00, 0x01])))
            for _ in 1...2 {
                try expectEqual(
                    try await store.begin(call, content: [1]),
                    .answered(.reply([0xff, 0x00, 0x01])), "repeated")
            }
        },
        onStore("what was said beside a reply is given back with it") { store in
            var said: RPCMetadata = ["page": "2", "page": "3"]
            said.append("mark-bin", [0, 0xff])
            _ = try await store.begin(call, content: [1])
            try await store.finish(call, .answered(.reply([1], said)))
            try expectEqual(
                try await store.begin(call, content: [1]), .answered(.reply([1], said)), "repeated")
        },
        onStore("an empty reply is a reply") { store in
            _ = try await store.begin(call, content: [])
            try await store.finish(call, .answered(.reply([])))
            try expectEqual(
                try await store.begin(call, content: []), .answered(.reply([])), "repeated")
        },
        onStore("an error is given back with all its parts") { store in
            _ = try await store.begin(call, content: [1])
            try await store.finish(call, .answered(.error(error)))
            try expectEqual(
                try await store.begin(call, content: [1]), .answered(.error(error)), "repeated")
        },
        onStore("the first answer stays") { store in
            _ = try await store.begin(call, content: [1])
            try await store.finish(call, .answered(.reply([1])))
            for outcome in [KeyedOutcome.answered(.reply([2])), .notCarriedOut, .unknown] {
                try await store.finish(call, outcome)
            }
            try expectEqual(
                try await store.begin(call, content: [1]), .answered(.reply([1])), "repeated")
        },
        onStore("another content under the same key is told apart, answered or not") { store in
            _ = try await store.begin(call, content: [1])
            try expectEqual(
                try await store.begin(call, content: [2]), .otherContent, "before the answer")
            try await store.finish(call, .answered(.reply([1])))
            try expectEqual(
                try await store.begin(call, content: [2]), .otherContent, "after the answer")
        },
        onStore("callers, methods and keys are told apart") { store in
            _ = try await store.begin(call, content: [1])
            for other in [
                call("other"), call("key", from: "identity"), call("key", method: "test.v1/Undo"),
                KeyedCallID(caller: nil, method: "test.v1/Do", key: "key"),
            ] {
                try expectEqual(try await store.begin(other, content: [2]), .began, "\(other)")
            }
        },
        onStore("a call that was begun and not finished has an unknown outcome") { store in
            _ = try await store.begin(call, content: [1])
            try expectEqual(try await store.begin(call, content: [1]), .unknown, "unfinished")
            try await store.finish(call, .unknown)
            try expectEqual(try await store.begin(call, content: [1]), .unknown, "told so")
            try await store.finish(call, .answered(.reply([1])))
            try expectEqual(
                try await store.begin(call, content: [1]), .answered(.reply([1])), "answered later")
        },
        onStore("a call that was not carried out is begun again, with any content") { store in
            _ = try await store.begin(call, content: [1])
            try await store.finish(call, .notCarriedOut)
            try expectEqual(try await store.begin(call, content: [2]), .began, "again")
        },
    ]

    private static let bounds = [
        AnswerStoreConformance("an answer is kept for its time and then forgotten, in batches") {
            tested in
            var limits = AnswerLimits()
            limits.keptSeconds = 100
            limits.forgottenPerBatchMax = 2
            let store = try await tested.open(limits)
            for number in 1...5 {
                _ = try await store.begin(call("\(number)"), content: [1])
                try await store.finish(call("\(number)"), .answered(.reply([1])))
            }
            tested.advance(seconds: 99)
            _ = try await store.begin(call("young"), content: [1])
            try expectEqual(try await store.forgetExpired(), 0, "forgotten too soon")
            try expectEqual(
                try await store.begin(call("1"), content: [1]), .answered(.reply([1])), "kept")
            tested.advance(seconds: 1)
            try expectEqual(
                try await store.begin(call("1"), content: [2]), .began, "expired, not yet forgotten"
            )
            try expectEqual(try await store.forgetExpired(), 4, "forgotten")
            try expectEqual(try await store.begin(call("2"), content: [2]), .began, "forgotten")
            try expectEqual(try await store.begin(call("young"), content: [1]), .unknown, "young")
        },
        AnswerStoreConformance("no more calls are remembered than may be, and known ones still are")
        { tested in
            var limits = AnswerLimits()
            limits.answersMax = 2
            limits.keptSeconds = 100
            let store = try await tested.open(limits)
            _ = try await store.begin(call("1"), content: [1])
            try await store.finish(call("1"), .answered(.reply([1])))
            _ = try await store.begin(call("2"), content: [1])
            try expectEqual(try await store.begin(call("3"), content: [1]), .full, "a third")
            try expectEqual(
                try await store.begin(call("1"), content: [1]), .answered(.reply([1])), "known")
            try await store.finish(call("2"), .notCarriedOut)
            try expectEqual(try await store.begin(call("3"), content: [1]), .began, "room again")
            tested.advance(seconds: 100)
            try await store.forgetExpired()
            try expectEqual(try await store.begin(call("4"), content: [1]), .began, "expired")
        },
        AnswerStoreConformance("no more bytes of answers are kept than may be") { tested in
            var limits = AnswerLimits()
            limits.answersBytesMax = 100
            let store = try await tested.open(limits)
            _ = try await store.begin(call("1"), content: [1])
            try await store.finish(
                call("1"), .answered(.reply([UInt8](repeating: 7, count: 200))))
            try expectEqual(try await store.begin(call("2"), content: [1]), .full, "a second")
        },
    ]
}
