import HTTP2
import RPC
import Testing

@testable import RPCOverHTTP2

@Suite("Failures are held against an endpoint where they tell about it")
struct EndpointVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let error: any Error
        let verdict: EndpointVerdict
        var testDescription: String { "\(self.error)" }

        init(_ error: any Error, _ verdict: EndpointVerdict) {
            self.error = error
            self.verdict = verdict
        }
    }

    static let cases: [Case] = [
        Case(HTTP2ClientError.connectionLost(""), .broken),
        Case(HTTP2ClientError.reset(code: 0x2), .broken),
        Case(HTTP2ClientError.reset(code: 0x8), .nothing),
        Case(HTTP2ClientError.reset(code: 0xb), .nothing),
        Case(HTTP2ClientError.notProcessed(""), .nothing),
        Case(HTTP2ClientError.timedOut, .suspect),
        Case(HTTP2ClientError.responseTooLarge, .works),
        Case(RPCError(.unavailable, ""), .broken),
        Case(RPCError(.unavailable, "", retryPushbackMilliseconds: 100), .nothing),
        Case(RPCError(.internal, ""), .suspect),
        Case(RPCError(.unknown, ""), .suspect),
        Case(RPCError(.dataLoss, ""), .suspect),
        Case(RPCError(.deadlineExceeded, ""), .suspect),
        Case(RPCError(.canceled, ""), .nothing),
        Case(RPCError(.notFound, ""), .works),
        Case(RPCError(.permissionDenied, ""), .works),
        Case(RPCError(.resourceExhausted, ""), .works),
        Case(CancellationError(), .nothing),
    ]

    @Test("the table", arguments: Self.cases)
    func verdict(example: Case) {
        #expect(EndpointVerdict(example.error) == example.verdict)
    }
}
