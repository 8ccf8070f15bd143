import CBOR
import ContractLifecycle
import FlowRuntimeAPI
import Identifiers
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

/// The bytes were made by an encoder that is not this repository's.
@Suite("The flow runtime on the wire")
struct GoldenBytesTests {
    struct Exchange: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: MethodPath
        var caller: String
        /// A state that is put into force first.
        var before: (epoch: Int64, state: ContractState)?
        var request: String
        var reply: String
    }

    static let exchanges: [Exchange] = [
        Exchange(
            testDescription: "a contract's state", path: .of(ApplyContractState<FlowRuntime>.self),
            caller: "contracts", before: nil,
            request: "a101a70178183030303030303061303030303030303030303030303030610278"
                + "183030303030303031303030303030303030303030303030310307046a737573"
                + "70656e64696e6705781830303030303030353030303030303030303030303030"
                + "30350666756e70616964071b0000018bcfe56807",
            reply: "a1676170706c696564a0"),
        Exchange(
            testDescription: "a state that is older",
            path: .of(ApplyContractState<FlowRuntime>.self), caller: "contracts",
            before: (7, .suspending),
            request: "a101a70178183030303030303061303030303030303030303030303030610278"
                + "1830303030303030313030303030303030303030303030303103060469737573"
                + "70656e6465640578183030303030303035303030303030303030303030303030"
                + "350666756e70616964071b0000018bcfe56806",
            reply: "a16a73757065727365646564a162627907"),
        Exchange(
            testDescription: "a preparation", path: .of(PrepareDeletion.self), caller: "contracts",
            before: nil,
            request: "a101a70178183030303030303061303030303030303030303030303030610278"
                + "1830303030303030313030303030303030303030303030303103030469707265"
                + "706172696e670578183030303030303035303030303030303030303030303030"
                + "350666756e70616964071b0000018bcfe56803",
            reply: "a1687072657061726564a0"),
        Exchange(
            testDescription: "a preparation that comes late", path: .of(PrepareDeletion.self),
            caller: "contracts", before: (9, .suspended),
            request: "a101a70178183030303030303061303030303030303030303030303030610278"
                + "1830303030303030313030303030303030303030303030303103030469707265"
                + "706172696e670578183030303030303035303030303030303030303030303030"
                + "350666756e70616964071b0000018bcfe56803",
            reply: "a16a73757065727365646564a162627909"),
        Exchange(
            testDescription: "what stands against a deletion",
            path: .of(FindDeletionBlockers.self), caller: "contracts", before: nil,
            request: "a1017818303030303030306130303030303030303030303030303061",
            reply: "a201800200"),
        Exchange(
            testDescription: "a workspace that is gone", path: .of(CloseWorkspace.self),
            caller: "contracts", before: nil,
            request: "a2017818303030303030306130303030303030303030303030303061027818"
                + "303030303030303330303030303030303030303030303033",
            reply: "a10100"),
        Exchange(
            testDescription: "a team that is to go", path: .of(CloseTeam.self),
            caller: "contracts", before: nil,
            request: "a2017818303030303030306130303030303030303030303030303061027818"
                + "303030303030306230303030303030303030303030303062",
            reply: "a166636c6f736564a0"),
        Exchange(
            testDescription: "workers that are to stop", path: .of(StopFlows.self),
            caller: "deletion-orchestrator", before: (5, .deleting),
            request: "a301781830303030303030353030303030303030303030303030303502781830"
                + "30303030303061303030303030303030303030303030610305",
            reply: "a201000200"),
        Exchange(
            testDescription: "an attestation", path: .of(AttestDrained.self),
            caller: "deletion-orchestrator", before: (5, .deleting),
            request: "a301781830303030303030353030303030303030303030303030303502781830"
                + "30303030303061303030303030303030303030303030610305",
            reply: "a501000200037273657373696f6e2b746f6b656e2d7363616e0401051b000001"
                + "8bcfe56800"),
        Exchange(
            testDescription: "a chunk of nothing", path: .of(PurgeChunk<FlowRuntime>.self),
            caller: "deletion-orchestrator", before: (5, .deleting),
            request: "a601781830303030303030353030303030303030303030303030303502781830"
                + "303030303030613030303030303030303030303030306103050465666c6f7773"
                + "0500061901f4",
            reply: "a2010002f5"),
        Exchange(
            testDescription: "what there is of a contract", path: .of(CountKinds<FlowRuntime>.self),
            caller: "deletion-orchestrator", before: nil,
            request: "a1017818303030303030306130303030303030303030303030303061",
            reply: "a1018ca2016f657865637574696f6e5f73746570730200a2016f717565756564"
                + "5f6d657373616765730200a2016a657865637574696f6e730200a20166657272"
                + "6f72730200a2016e636f6d706f6e656e745f757365730200a2016d666c6f775f"
                + "76657273696f6e730200a20165666c6f77730200a20171636c6f7365645f776f"
                + "726b7370616365730200a2016f636f6d706f6e656e745f66696c65730200a201"
                + "72636f6d706f6e656e745f76657273696f6e730200a2016a636f6d706f6e656e"
                + "74730200a2016c636c6f7365645f7465616d730200"),
        Exchange(
            testDescription: "the seal of a deletion", path: .of(SealKinds<FlowRuntime>.self),
            caller: "deletion-orchestrator", before: nil,
            request: "a201781830303030303030353030303030303030303030303030303502781830"
                + "3030303030306130303030303030303030303030303061",
            reply: "a0"),
    ]

    /// Asked by workers only, who need a pass that a runtime has made.
    static let askedByWorkers = [
        "WorkerFeed", "FetchBundle", "ReportExecution", "ReportFailure",
    ]

    @Test(
        "a request of these bytes is answered with these, and so is its repetition",
        arguments: exchanges)
    func golden(exchange: Exchange) async throws {
        let clock = ManualWallClock()
        try await RunningRuntime.with(clock: clock, change: { $0.controlGroupName = nil }) {
            runtime in
            if let (epoch, state) = exchange.before {
                _ = try await Commands.apply(epoch, state, to: Self.contract, in: runtime)
            }
            for _ in 0..<2 {
                let reply = try await runtime.call(
                    exchange.path, Hex.bytes(exchange.request), as: exchange.caller)
                #expect(Hex.text(reply) == exchange.reply)
            }
        }
    }

    @Test("every method has an exchange or is asked by workers")
    func complete() {
        let covered = Self.exchanges.map(\.path.declaration.name) + Self.askedByWorkers
        #expect(Set(covered) == Set(FlowRuntime.methods.map(\.name)))
    }

    @Test("what passes between the runtime and its workers has these bytes")
    func workers() throws {
        try Self.check(
            WorkerFeed(pass: Self.pass),
            "a101a20178183030303030303039303030303030303030303030303030390243"
                + "010203")
        try Self.check(
            WorkerFeed.Element.stop,
            "a16473746f70a0")
        try Self.check(
            WorkerFeed.Element.execution(
                .init(execution: Self.execution, message: "{}", attempt: 2)),
            "a169657865637574696f6ea1625f30a301781830303030303030383030303030"
                + "303030303030303030306202627b7d0302")
        try Self.check(
            WorkerFeed.Element.flow(.init(flow: Self.flow, steps: [Self.step])),
            "a164666c6f77a1625f30a2017818303030303030303730303030303030303030"
                + "3030303030610281a4016173026e636f72652f66696c7465723a6a7103627b7d"
                + "0481a301616802622e6103622e62")
        var external = Self.step
        external.program = StepProgram(
            version: Self.version, function: "f", command: ["a", "b"], millisecondsMax: 1_000)
        try Self.check(
            WorkerFeed.Element.flow(.init(flow: Self.flow, steps: [external])),
            "a164666c6f77a1625f30a2017818303030303030303730303030303030303030"
                + "3030303030610281a5016173026e636f72652f66696c7465723a6a7103627b7d"
                + "0481a301616802622e6103622e6205a401781830303030303030633030303030"
                + "3030303030303030303063026166038261616162041903e8")
        try Self.check(
            FetchBundle(pass: Self.pass, version: Self.version),
            "a201a20178183030303030303039303030303030303030303030303030390243"
                + "010203027818303030303030306330303030303030303030303030303063")
        try Self.check(
            FetchBundle.Reply(
                files: [BundleFile(path: "a/b", content: [1, 2], isExecutable: true)]),
            "a10181a30163612f620242010203f5")
        try Self.check(
            ReportExecution(
                pass: Self.pass, execution: Self.execution, steps: [Self.outcome],
                failure: Self.failure),
            "a401a20178183030303030303039303030303030303030303030303030390243"
                + "0102030278183030303030303038303030303030303030303030303030620381"
                + "a401617302613103f4040504a401617302616303616d04f5")
        try Self.check(
            ReportExecution.Reply(willRetry: true),
            "a101f5")
        try Self.check(
            ReportFailure(pass: Self.pass, failure: Self.failure),
            "a201a20178183030303030303039303030303030303030303030303030390243"
                + "01020302a401617302616303616d04f5")
        try Self.check(
            ReportFailure.Reply(),
            "a0")
    }

    /// A contract of this suite's own: workers of other tests must not stand against attesting.
    private static let contract = ContractID("0000000a000000000000000a")

    private static let pass = WorkerPass(
        worker: WorkerID("000000090000000000000009") ?? WorkerID(secondsSince1970: 0),
        token: [1, 2, 3])
    private static let flow = FlowID("00000007000000000000000a") ?? FlowID(secondsSince1970: 0)
    private static let version =
        ComponentVersionID("0000000c000000000000000c") ?? ComponentVersionID(secondsSince1970: 0)
    private static let execution =
        ExecutionID("00000008000000000000000b") ?? ExecutionID(secondsSince1970: 0)
    private static let step = FlowStep(
        id: "s", command: "core/filter:jq", fields: "{}",
        inputs: [FlowInput(source: "h", mapper: ".a", condition: ".b")])
    private static let outcome = StepOutcome(step: "s", output: "1", microseconds: 5)
    private static let failure = StepFailure(
        step: "s", code: "c", message: "m", isTransient: true)

    private static func check<Value: Codable & Sendable>(
        _ value: Value, _ hexadecimal: String
    ) throws {
        #expect(Hex.text(try CBOREncoder().encode(value)) == hexadecimal)
        let read = try CBORDecoder().decode(
            Value.self, from: Hex.bytes(hexadecimal))
        let again = try CBOREncoder().encode(read)
        #expect(Hex.text(again) == hexadecimal)
    }
}
