import ContractLifecycle
public import RPC

/// The integration flows that run for customers, and the workers that run them.
///
/// The table of contents of what peers may ask.
public enum FlowRuntime: RPCService {
    public static let name = "flow-runtime.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(ApplyContractState<FlowRuntime>.self),
        .unary(PrepareDeletion.self),
        .unary(FindDeletionBlockers.self),
        .unary(CloseWorkspace.self),
        .unary(CloseTeam.self),
        .unary(StopFlows.self),
        .unary(AttestDrained.self),
        .unary(PurgeChunk<FlowRuntime>.self),
        .unary(CountKinds<FlowRuntime>.self),
        .unary(SealKinds<FlowRuntime>.self),
        .stream(WorkerFeed.self),
        .unary(FetchBundle.self),
        .unary(ReportExecution.self),
        .unary(ReportFailure.self),
    ]
}
