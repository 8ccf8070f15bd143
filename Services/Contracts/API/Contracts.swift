import ContractLifecycle
public import RPC

/// What customers agreed to and who may act for them.
///
/// The table of contents of what peers may ask.
public enum Contracts: RPCService {
    public static let name = "contracts.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(Authorize.self),
        .unary(ListContractStates.self),
        .unary(FinishSuspension.self),
        .unary(LiftSuspension.self),
        .unary(UsersToRelease.self),
        .unary(ConfirmUsersReleased.self),
        .unary(FinishDeletion.self),
        .unary(RemoveUser.self),
        .unary(RetireRoles.self),
        .unary(ReleaseTenant.self),
        .unary(PurgeChunk<Contracts>.self),
        .unary(CountKinds<Contracts>.self),
        .unary(SealKinds<Contracts>.self),
    ]
}
