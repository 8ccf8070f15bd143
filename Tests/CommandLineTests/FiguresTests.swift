import CBOR
import CommandLineDomain
import RPC
import Testing

@Suite("Figures and failures as they are told")
struct FiguresTests {
    @Test("percentiles are those of the calls that were answered, by nearest rank")
    func percentiles() {
        var figures = CallFigures()
        #expect(figures.microseconds(atPercents: [50]) == [])
        for number in (1...60).reversed() { figures.answered(after: .microseconds(number)) }
        var others = CallFigures()
        for number in 61...100 { others.answered(after: .microseconds(number)) }
        others.failed(.unavailable)
        others.failed(.internal)
        others.failed(.unavailable)
        figures.add(others)
        #expect(figures.answeredCount == 100)
        #expect(figures.microseconds(atPercents: [0, 50, 90, 99, 100]) == [1, 50, 90, 99, 100])
        #expect(figures.failures.map(\.code) == [.unavailable, .internal])
        #expect(figures.failures.map(\.count) == [2, 1])
    }

    @Test("every code has an exit status of its own, from 65 to 80")
    func statuses() {
        let statuses = RPCError.Code.allCases.map { ExitStatus.of($0) }
        #expect(Set(statuses) == Set(65...80))
        #expect(ExitStatus.of(.notFound) == 69)
        #expect(ExitStatus.of(.unauthenticated) == 80)
    }

    @Test("a failure is told with its details and the wait it asks for")
    func failure() throws {
        let details = [
            RPCError.Detail(type: "t.v1.Why", value: try CBOREncoder().encode([1, 2])),
            RPCError.Detail(type: "t.v1.Odd", value: [0xff]),
        ]
        let error = RPCError(
            .failedPrecondition, "not now", details: details, retryPushbackMilliseconds: 250)
        #expect(
            FailureText(error).text == """
                failed_precondition: not now
                  t.v1.Why: [1, 2]
                  t.v1.Odd: h'ff'
                  the service asks to wait 250 ms before trying again
                """)
        #expect(
            FailureText(RPCError(.unavailable, "no", retryPushbackMilliseconds: -1)).text
                == "unavailable: no\n  the service asks not to try again")
    }
}
