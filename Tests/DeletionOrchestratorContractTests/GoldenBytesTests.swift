import DeletionOrchestratorAPI
import RPC
import Testing

/// The bytes were made by Python's `cbor2`.
@Suite("The deletion orchestrator on the wire")
struct GoldenBytesTests {
    struct Exchange: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: MethodPath
        var caller: String
        var request: String
        var reply: String
    }

    static let applied = "a1676170706c696564a0"
    static let deletion = "a1017818356630633161326233633464356536663730383139323034"

    /// One after the other, each on what the ones before have left.
    static let exchanges = [
        Exchange(
            testDescription: "a suspension", path: .of(BeginSuspension.self), caller: "contracts",
            request: "a201a70178183566306331613262336334643565366637303831393230320278"
                + "183566306331613262336334643565366637303831393230330303046a737573"
                + "70656e64696e6705781835663063316132623363346435653666373038313932"
                + "30380666756e70616964071b0000018bcfe56418021b0000018bd01c5680",
            reply: Self.applied),
        Exchange(
            testDescription: "a deletion", path: .of(BeginDeletion.self), caller: "contracts",
            request: RunningOrchestrator.beginDeletion, reply: Self.applied),
        Exchange(
            testDescription: "the deletion again", path: .of(BeginDeletion.self),
            caller: "contracts", request: RunningOrchestrator.beginDeletion, reply: Self.applied),
        Exchange(
            testDescription: "a deletion of an earlier epoch", path: .of(BeginDeletion.self),
            caller: "contracts",
            request: "a301a70178183566306331613262336334643565366637303831393230320278"
                + "183566306331613262336334643565366637303831393230330306046864656c"
                + "6574696e67057818356630633161326233633464356536663730383139323034"
                + "067174686520637573746f6d6572206c656674071b0000018bcfe56418027818"
                + "356630633161326233633464356536663730383139323035031b0000018bcfe5"
                + "6030",
            reply: "a16a73757065727365646564a162627907"),
        Exchange(
            testDescription: "how far it is", path: .of(DeletionStatus.self), caller: "contracts",
            request: Self.deletion,
            reply: "a501781835663063316132623363346435653666373038313932303202686163"
                + "63657074656403800400050a"),
        Exchange(
            testDescription: "a retry", path: .of(RetryDeletion.self), caller: "operator",
            request: Self.deletion, reply: "a0"),
    ]

    @Test("requests of these bytes are answered with these")
    func golden() async throws {
        try await RunningOrchestrator.with { orchestrator in
            for exchange in Self.exchanges {
                let reply = try await orchestrator.call(
                    exchange.path, exchange.request, as: exchange.caller)
                #expect(reply == exchange.reply, "\(exchange.testDescription)")
            }
        }
    }

    @Test("every method has an exchange")
    func complete() {
        let covered = Set(Self.exchanges.map(\.path.declaration.name))
        #expect(covered == Set(DeletionOrchestrator.methods.map(\.name)))
    }
}
