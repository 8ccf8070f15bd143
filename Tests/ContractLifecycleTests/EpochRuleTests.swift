import ContractLifecycle
import Identifiers
import Testing

@Suite("The epoch rule")
struct EpochRuleTests {
    static let digest: [UInt8] = [1]
    static let other: [UInt8] = [2]

    static func gate(_ epoch: Int64, _ state: ContractState) -> ContractGate {
        ContractGate(
            epoch: epoch, state: state, operation: nil, digest: Self.digest, reason: nil, since: 0)
    }

    struct Case: CustomTestStringConvertible {
        var name: String
        var epoch: Int64
        var digest: [UInt8]
        var gate: ContractGate?
        var decision: LifecycleDecision
        var acknowledgement: LifecycleAcknowledgement
        var testDescription: String { self.name }
    }

    static let cases: [Case] = [
        Case(
            name: "a contract never heard of", epoch: 7, digest: Self.digest, gate: nil,
            decision: .apply, acknowledgement: .applied),
        Case(
            name: "a higher epoch", epoch: 6, digest: Self.other, gate: Self.gate(5, .suspended),
            decision: .apply, acknowledgement: .applied),
        Case(
            name: "the same again", epoch: 5, digest: Self.digest, gate: Self.gate(5, .suspended),
            decision: .alreadyApplied, acknowledgement: .applied),
        Case(
            name: "another of the same epoch", epoch: 5, digest: Self.other,
            gate: Self.gate(5, .suspended), decision: .conflict, acknowledgement: .conflict),
        Case(
            name: "a lower epoch", epoch: 4, digest: Self.other, gate: Self.gate(5, .suspended),
            decision: .superseded(by: 5), acknowledgement: .superseded(by: 5)),
        Case(
            name: "a higher epoch after deleted", epoch: 9, digest: Self.other,
            gate: Self.gate(5, .deleted), decision: .gone, acknowledgement: .gone),
        Case(
            name: "a lower epoch after deleted", epoch: 1, digest: Self.other,
            gate: Self.gate(5, .deleted), decision: .gone, acknowledgement: .gone),
        Case(
            name: "deleted again", epoch: 5, digest: Self.digest, gate: Self.gate(5, .deleted),
            decision: .alreadyApplied, acknowledgement: .applied),
    ]

    @Test("only the newest command counts, and deleted absorbs", arguments: Self.cases)
    func decides(_ example: Case) {
        let command = LifecycleCommand(
            contract: ContractID(secondsSince1970: 1), tenant: TenantID(secondsSince1970: 1),
            epoch: example.epoch, state: .active, since: 0)
        let decision = ContractGate.decide(
            command, digest: example.digest, remembered: example.gate)
        #expect(decision == example.decision)
        #expect(decision.acknowledgement == example.acknowledgement)
    }

    @Test("nothing follows deleted, and only deleting leads there")
    func deletedIsTheEnd() {
        #expect(ContractState.deleted.followers.isEmpty)
        let before = ContractState.allCases.filter { $0.followers.contains(.deleted) }
        #expect(before == [.deleting])
    }

    @Test("from scheduled back the way leads through suspended only")
    func undoing() {
        #expect(ContractState.scheduled.followers == [.suspended, .deleting])
    }
}
