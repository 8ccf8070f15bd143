public import Identifiers
public import RPC

/// Closes a tenant for good, so that identity can delete it.
///
/// Refused while a contract of the tenant exists, also one that is being deleted. From a release on
/// nothing is made for the tenant any more, and its webhook endpoints and e-mail templates are gone;
/// the audit trails of its contracts stay. Repeating it does nothing.
@Message
public struct ReleaseTenant: RPCMethod {
    public typealias Service = Contracts
    public static let name = "ReleaseTenant"
    public static let repetition = Repetition.idempotent

    /// The tenant.
    public var tenant: TenantID

    /// What came of it.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// The tenant has no contract and never will have one again.
        case released
        /// So many contracts exist.
        case refused(contracts: Int)
    }

    /// Makes the request.
    public init(tenant: TenantID) { self.tenant = tenant }

    enum CodingKeys: Int, CodingKey { case tenant = 1 }
}
