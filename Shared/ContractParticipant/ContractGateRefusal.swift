import CBOR
public import ContractLifecycle
public import Identifiers
public import JSONAPI
public import RPC

/// A contract's state does not allow what was asked.
///
/// Between services it crosses as `failed_precondition` with the particulars as a detail; at the
/// public edge it is a 409 that names the state, the reason given for it and since when.
public struct ContractGateRefusal: Error, Hashable, Sendable {
    /// The contract.
    public var contract: ContractID
    /// What was asked.
    public var use: ContractUse
    /// The state in force.
    public var state: ContractState
    /// Why, in the words of who asked for the state.
    public var reason: String?
    /// Since when, in milliseconds since 1970.
    public var since: Int64

    /// Makes a refusal.
    public init(
        contract: ContractID, use: ContractUse, state: ContractState, reason: String?,
        since: Int64
    ) {
        self.contract = contract
        self.use = use
        self.state = state
        self.reason = reason
        self.since = since
    }

    /// The stable word for programs.
    public var code: String {
        switch self.state {
        case .active, .suspending, .suspended: "contract_suspended"
        case .preparing, .scheduled, .deleting, .deleted: "contract_deleting"
        }
    }

    /// What the state forbids, for people.
    public var message: String {
        switch self.use {
        case .newWork, .deletingOwnThings: "the contract is \(self.state.publicStatus)"
        case .purge:
            "the contract is \(self.state.rawValue), not being deleted by this operation at this "
                + "epoch"
        }
    }
}

extension ContractGateRefusal: RPCErrorConvertible {
    /// The name of the detail's type on the wire.
    public static let detailType = "contract-lifecycle.v1.Refusal"

    /// What the detail carries.
    struct Particulars: Codable, Hashable {
        var contract: ContractID
        var state: ContractState
        var reason: String?
        var since: Int64

        enum CodingKeys: Int, CodingKey {
            case contract = 1
            case state = 2
            case reason = 3
            case since = 4
        }
    }

    /// The refusal as a peer sees it: `failed_precondition` with its particulars.
    public var rpcError: RPCError {
        let particulars = Particulars(
            contract: self.contract, state: self.state, reason: self.reason, since: self.since)
        let value = try? CBOREncoder().encode(particulars)
        return RPCError(
            .failedPrecondition, self.message,
            details: value.map { [RPCError.Detail(type: Self.detailType, value: $0)] } ?? [])
    }

    /// Reads a refusal of new work that a peer sent; `nil` when the error is something else.
    public init?(_ error: RPCError) {
        guard error.code == .failedPrecondition,
            let detail = error.details.first(where: { $0.type == Self.detailType }),
            let told = try? CBORDecoder().decode(Particulars.self, from: detail.value)
        else { return nil }
        self.init(
            contract: told.contract, use: .newWork, state: told.state, reason: told.reason,
            since: told.since)
    }
}

extension ContractGateRefusal {
    /// The refusal as the public API tells it: 409 with `state`, `status`, `reason` and `since`.
    public var apiError: APIError {
        let because = self.reason.map { ": \($0)" } ?? ""
        return APIError.conflict(
            self.code, "The contract is \(self.state.publicStatus)\(because).",
            meta: [
                "contract": .string(self.contract.text), "state": .string(self.state.rawValue),
                "status": .string(self.state.publicStatus), "reason": .optional(self.reason),
                "since": .time(self.since),
            ])
    }
}
