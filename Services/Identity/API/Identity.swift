import ContractLifecycle
public import RPC

/// Who people are: tenants, users, keys, and the roles there are.
///
/// The table of contents of what peers may ask.
public enum Identity: RPCService {
    public static let name = "identity.v1"
    public static let methods: [RPCMethodDeclaration] = [
        .unary(Authenticate.self),
        .unary(AuthenticateSession.self),
        .unary(GetUsers.self),
        .unary(FindUser.self),
        .unary(CheckNewUser.self),
        .unary(RegisterUser.self),
        .unary(ListRoles.self),
        .unary(ReleaseUsers.self),
        .unary(ApplyContractState<Identity>.self),
        .unary(CountKinds<Identity>.self),
        .unary(SealKinds<Identity>.self),
    ]
}
