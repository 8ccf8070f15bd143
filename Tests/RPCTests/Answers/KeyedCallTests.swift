import CBOR
import RPC
import TestKit
import Testing

@Suite("A call with an idempotency key is carried out once", .timeLimit(.minutes(1)))
struct KeyedCallTests {
    @Test("a repetition gets the first answer and has no effect")
    func repeated() async throws {
        let state = TillState()
        let till = try state.client(answers: MemoryAnswerStore())
        for _ in 1...3 {
            #expect(try await till.send(Pay(amount: 5), idempotencyKey: "a") == 5)
        }
        #expect(state.paid == 5)
        #expect(try await till.send(Pay(amount: 5), idempotencyKey: "b") == 10)
        #expect(try await till.send(Pay(amount: 5)) == 15)
    }

    @Test("a repetition is marked, the first answer is not, and their bytes are the same")
    func marked() async throws {
        let router = try RPCRouter(
            [TillState().routes], access: .everyone, answers: MemoryAnswerStore())
        let path = Array(MethodPath.of(Pay.self).text.utf8)
        let route = try #require(path.withUnsafeBufferPointer { router.route(ofPath: $0) })
        let body = try CBOREncoder().encode(Pay(amount: 5))
        var bytes: [[UInt8]] = []
        for isReplay in [false, true] {
            let answer = await router.keyedAnswer(
                route: route, body: body, context: CallContext(idempotencyKey: "a"))
            #expect(answer.isReplay == isReplay)
            if case .message(let message, _) = try answer.result.get() { bytes.append(message) }
        }
        #expect(bytes == [[0x05], [0x05]])
    }

    @Test("a refusal is answered again as it was")
    func refusal() async throws {
        let refusal = RPCError(
            .failedPrecondition, "shut", details: [.init(type: "till.v1.Shut", value: [1])])
        let state = TillState(failures: [refusal])
        let till = try state.client(answers: MemoryAnswerStore())
        for _ in 1...2 {
            await #expect(throws: refusal) {
                try await till.send(Pay(amount: 5), idempotencyKey: "a")
            }
        }
        #expect(state.paid == 5)
    }

    @Test("another request under the same key is refused")
    func otherContent() async throws {
        let state = TillState()
        let till = try state.client(answers: MemoryAnswerStore())
        _ = try await till.send(Pay(amount: 5), idempotencyKey: "a")
        let error = await #expect(throws: RPCError.self) {
            try await till.send(Pay(amount: 6), idempotencyKey: "a")
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.details.map(\.type) == ["rpc.v1.IdempotencyKeyReused"])
        #expect(state.paid == 5)
    }

    @Test("the same key of another caller or for another method is another key")
    func toldApart() async throws {
        let state = TillState()
        let answers = MemoryAnswerStore()
        let till = try state.client(answers: answers)
        #expect(try await till.send(Pay(amount: 1), idempotencyKey: "a") == 1)
        #expect(try await till.send(Settle(amount: 1), idempotencyKey: "a") == 2)
        let other = try state.client(as: PeerName("bank"), answers: answers)
        #expect(try await other.send(Pay(amount: 1), idempotencyKey: "a") == 3)
    }

    @Test("while the first call is being answered a second is asked to wait, whatever it asks")
    func running() async throws {
        let state = TillState(waits: true)
        let till = try state.client(answers: MemoryAnswerStore())
        async let first = till.send(Pay(amount: 5), idempotencyKey: "a")
        await state.began.pass()
        let again = await #expect(throws: RPCError.self) {
            try await till.send(Pay(amount: 5), idempotencyKey: "a")
        }
        #expect(again?.code == .aborted)
        #expect(again?.retryPushbackMilliseconds == 50)
        let other = await #expect(throws: RPCError.self) {
            try await till.send(Pay(amount: 6), idempotencyKey: "a")
        }
        #expect(other?.code == .invalidArgument)
        state.mayEnd.open()
        #expect(try await first == 5)
        #expect(try await till.send(Pay(amount: 5), idempotencyKey: "a") == 5)
    }

    @Test("a client that asks again while the first attempt runs waits and gets its answer")
    func clientWaits() async throws {
        let state = TillState(waits: true)
        let router = try RPCRouter(
            [state.routes], access: .everyone, answers: MemoryAnswerStore())
        let carry = router.carry(as: PeerName("shop"))
        let refused = Gate()
        let watched: Carry = { call in
            do {
                return try await carry(call)
            } catch let error as RPCError where error.code == .aborted {
                refused.open()
                throw error
            }
        }
        let till = RPCClient(
            Till.self, carry: watched, options: RPCClientOptions(timeout: .seconds(600)))
        async let one = till.send(Pay(amount: 5), idempotencyKey: "a")
        await state.began.pass()
        async let two = till.send(Pay(amount: 5), idempotencyKey: "a")
        await refused.pass()
        state.mayEnd.open()
        #expect(try await [one, two] == [5, 5])
        #expect(state.paid == 5)
    }

    @Test("an answer lost on the way is fetched by the next attempt of an unsafe call")
    func lostAnswer() async throws {
        let state = TillState()
        let router = try RPCRouter(
            [state.routes], access: .everyone, answers: MemoryAnswerStore())
        let carry = router.carry(as: nil)
        let lossy: Carry = { call in
            let answer = try await carry(call)
            guard call.context.attempt > 1 else {
                throw RPCError(.unavailable, "the connection was lost")
            }
            return answer
        }
        let till = RPCClient(
            Till.self, carry: lossy,
            options: RPCClientOptions(
                timeout: .seconds(600), retry: RetryPolicy(firstWaitMilliseconds: 1)))
        #expect(try await till.send(Pay(amount: 5), idempotencyKey: "a") == 5)
        #expect(state.paid == 5)
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        let error: RPCError
        let isRepeated: Bool
        var testDescription: String {
            "\(self.error), pushback \(self.error.retryPushbackMilliseconds ?? -2)"
        }
    }

    @Test(
        "an unsafe call that failed is carried out again only when its handler asked for it",
        arguments: [
            Ending(
                error: RPCError(.unavailable, "", retryPushbackMilliseconds: 1), isRepeated: true),
            Ending(
                error: RPCError(.resourceExhausted, "", retryPushbackMilliseconds: 0),
                isRepeated: true),
            Ending(error: RPCError(.unavailable, ""), isRepeated: false),
            Ending(error: RPCError(.internal, ""), isRepeated: false),
            Ending(error: RPCError(.canceled, ""), isRepeated: false),
            Ending(error: RPCError(.deadlineExceeded, ""), isRepeated: false),
            Ending(
                error: RPCError(.unavailable, "", retryPushbackMilliseconds: -1), isRepeated: false),
        ])
    func failed(ending: Ending) async throws {
        let state = TillState(failures: [ending.error])
        let till = try state.client(answers: MemoryAnswerStore())
        await #expect(throws: RPCError.self) {
            try await till.send(Pay(amount: 5), idempotencyKey: "a")
        }
        if ending.isRepeated {
            #expect(try await till.send(Pay(amount: 5), idempotencyKey: "a") == 10)
        } else {
            let error = await #expect(throws: RPCError.self) {
                try await till.send(Pay(amount: 5), idempotencyKey: "a")
            }
            #expect(error?.code == .aborted)
            #expect(error?.details.map(\.type) == ["rpc.v1.OutcomeUnknown"])
            #expect(error?.retryPushbackMilliseconds == -1)
            #expect(state.paid == 5)
        }
    }

    @Test("an idempotent call whose outcome is unknown is carried out again, then answered")
    func idempotent() async throws {
        let state = TillState(failures: [RPCError(.internal, "")])
        let till = try state.client(answers: MemoryAnswerStore())
        await #expect(throws: RPCError.self) {
            try await till.send(Settle(amount: 5), idempotencyKey: "a")
        }
        for _ in 1...2 {
            #expect(try await till.send(Settle(amount: 5), idempotencyKey: "a") == 10)
        }
    }

    @Test("a service that keeps no answers says so; a stream takes no key")
    func refused() async throws {
        let none = await #expect(throws: RPCError.self) {
            try await TillState().client(answers: nil)
                .send(Pay(amount: 5), idempotencyKey: "a")
        }
        #expect(none?.code == .unimplemented)
        let router = try RPCRouter(
            [TillState().routes], access: .everyone, answers: MemoryAnswerStore())
        let stream = await #expect(throws: RPCError.self) {
            _ = try await router.carry(as: nil)(
                RPCCall(
                    path: MethodPath.of(Receipts.self), body: [0xa0],
                    context: CallContext(idempotencyKey: "a")))
        }
        #expect(stream?.code == .invalidArgument)
    }

    @Test("a call that is refused for load or by the access list is not remembered")
    func refusedEarly() async throws {
        let state = TillState()
        let answers = MemoryAnswerStore()
        var limits = RPCServerLimits()
        limits.methods["Pay"] = RPCMethodLimits()
        limits.methods["Pay"]?.requestBytesMax = 1
        let small = try state.client(answers: answers, limits: limits)
        await #expect(throws: RPCError.self) {
            try await small.send(Pay(amount: 5), idempotencyKey: "a")
        }
        let closed = try RPCRouter([state.routes], access: AccessList([:]), answers: answers)
        await #expect(throws: RPCError.self) {
            try await RPCClient(Till.self, carry: closed.carry(as: PeerName("shop")))
                .send(Pay(amount: 5), idempotencyKey: "a")
        }
        let till = try state.client(answers: answers)
        #expect(try await till.send(Pay(amount: 6), idempotencyKey: "a") == 6)
    }

    @Test("when as many answers are kept as may be, further calls wait")
    func full() async throws {
        var limits = AnswerLimits()
        limits.answersMax = 1
        let till = try TillState().client(answers: MemoryAnswerStore(limits: limits))
        _ = try await till.send(Pay(amount: 5), idempotencyKey: "a")
        await #expect(
            throws: RPCError(
                .resourceExhausted, "as many answers are kept as may be",
                retryPushbackMilliseconds: 1000)
        ) { try await till.send(Pay(amount: 5), idempotencyKey: "b") }
    }
}
