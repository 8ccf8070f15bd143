import ContractLifecycle
import ContractParticipant
import Identifiers
import JSONAPI
import RPC
import Testing

@Suite("What a contract's state allows")
struct StandingTests {
    static let contract = ContractID(secondsSince1970: 1)
    static let operation = OperationID(secondsSince1970: 2)

    static func standing(_ state: ContractState) -> ContractStanding {
        ContractStanding(
            state: state, epoch: 4, operation: Self.operation, reason: "unpaid", since: 99)
    }

    static func allows(_ state: ContractState, _ use: ContractUse) -> Bool {
        do {
            try Self.standing(state).check(Self.contract, allows: use)
            return true
        } catch {
            return false
        }
    }

    @Test("new work needs an active contract", arguments: ContractState.allCases)
    func newWork(_ state: ContractState) {
        #expect(Self.allows(state, .newWork) == (state == .active))
    }

    @Test("own things may be deleted until a deletion begins", arguments: ContractState.allCases)
    func ownThings(_ state: ContractState) {
        let allowed: Set<ContractState> = [.active, .suspending, .suspended]
        #expect(Self.allows(state, .deletingOwnThings) == allowed.contains(state))
    }

    @Test("purging needs deleting", arguments: ContractState.allCases)
    func purging(_ state: ContractState) {
        let use = ContractUse.purge(operation: Self.operation, epoch: 4)
        #expect(Self.allows(state, use) == (state == .deleting))
    }

    @Test("purging needs the operation and the epoch in force")
    func purgingByOthers() {
        let stranger = OperationID(secondsSince1970: 3)
        #expect(!Self.allows(.deleting, .purge(operation: stranger, epoch: 4)))
        #expect(!Self.allows(.deleting, .purge(operation: Self.operation, epoch: 3)))
        #expect(!Self.allows(.deleting, .purge(operation: Self.operation, epoch: 5)))
    }

    @Test("a contract never heard of is active")
    func neverHeardOf() throws {
        try ContractStanding.neverHeardOf.check(Self.contract, allows: .newWork)
    }

    @Test(
        "a refusal is a 409 that names state, reason and since",
        arguments: zip(
            [ContractState.suspending, .suspended, .preparing, .deleting, .deleted],
            [
                "contract_suspended", "contract_suspended", "contract_deleting",
                "contract_deleting", "contract_deleting",
            ]))
    func publicRefusal(_ state: ContractState, code: String) throws {
        let refusal = try #require(throws: ContractGateRefusal.self) {
            try Self.standing(state).check(Self.contract, allows: .newWork)
        }
        let error = refusal.apiError
        #expect(error.status == 409)
        #expect(error.code == code)
        #expect(error.meta["state"]?.string == state.rawValue)
        #expect(error.meta["status"]?.string == state.publicStatus)
        #expect(error.meta["reason"]?.string == "unpaid")
        #expect(error.meta["since"] == "1970-01-01T00:00:00.099Z")
    }

    @Test("a refusal crosses to a peer as failed_precondition and is read back there")
    func crossing() throws {
        let refusal = try #require(throws: ContractGateRefusal.self) {
            try Self.standing(.suspended).check(Self.contract, allows: .newWork)
        }
        let crossed = RPCError(crossing: refusal)
        #expect(crossed.code == .failedPrecondition)
        #expect(ContractGateRefusal(crossed) == refusal)
        #expect(ContractGateRefusal(RPCError(.failedPrecondition, "something else")) == nil)
    }
}
