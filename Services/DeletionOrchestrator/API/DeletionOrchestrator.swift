public import RPC

/// Long-running lifecycle work: suspensions and deletions that finish whatever crashes.
///
/// The table of contents of what peers may ask.
public enum DeletionOrchestrator: RPCService {
    public static let name = "deletion-orchestrator.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(BeginSuspension.self),
        .unary(BeginDeletion.self),
        .unary(DeletionStatus.self),
        .unary(RetryDeletion.self),
    ]
}
