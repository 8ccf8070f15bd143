import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers

/// The deletion and the suspension of one contract, with fixed ids.
enum Sample {
    static let contract = ContractID("5f0c1a2b3c4d5e6f70819202") ?? ContractID(secondsSince1970: 1)
    static let tenant = TenantID("5f0c1a2b3c4d5e6f70819203") ?? TenantID(secondsSince1970: 2)
    static let operation =
        OperationID("5f0c1a2b3c4d5e6f70819204") ?? OperationID(secondsSince1970: 3)
    static let admin = UserID("5f0c1a2b3c4d5e6f70819205") ?? UserID(secondsSince1970: 4)
    static let users = [
        UserID("5f0c1a2b3c4d5e6f70819206") ?? UserID(secondsSince1970: 5),
        UserID("5f0c1a2b3c4d5e6f70819207") ?? UserID(secondsSince1970: 6),
    ]
    /// When the tests begin, in milliseconds since 1970.
    static let now: Int64 = 1_700_000_000_000

    static func command(
        _ state: ContractState = .deleting, epoch: Int64 = 7,
        operation: OperationID? = Self.operation, contract: ContractID = Self.contract
    ) -> LifecycleCommand {
        LifecycleCommand(
            contract: contract, tenant: Self.tenant, epoch: epoch, state: state,
            operation: operation, reason: "the customer left", since: Self.now - 1_000)
    }

    static func deletion(
        epoch: Int64 = 7, operation: OperationID = Self.operation,
        contract: ContractID = Self.contract
    ) -> BeginDeletion {
        BeginDeletion(
            Self.command(epoch: epoch, operation: operation, contract: contract),
            requestedBy: Self.admin, requestedAt: Self.now - 2_000)
    }

    /// A plan of two kinds, so that tables of events stay short.
    static let plan = DeletionPlan(
        version: 3,
        entries: [
            .init(service: .flowRuntime, kind: "flows"),
            .init(service: .contracts, kind: "members"),
        ])

    static func job(_ state: DeletionState = .accepted) -> DeletionJob {
        var job = DeletionJob(
            Self.command(), operation: Self.operation, requestedBy: Self.admin,
            requestedAt: Self.now - 2_000, plan: Self.plan, at: Self.now)
        job.state = state
        return job
    }
}
