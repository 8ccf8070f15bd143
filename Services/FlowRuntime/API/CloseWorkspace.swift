public import Identifiers
public import RPC

/// Says that a workspace was deleted: its flows stop and are erased, and none is made in it again.
///
/// Answered once that is stored; stopping and erasing go on afterwards, also after a crash. Of a
/// contract that is being deleted nothing changes: its purge takes everything.
@Message
public struct CloseWorkspace: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "CloseWorkspace"
    public static let repetition = Repetition.idempotent

    /// The contract the workspace belonged to.
    public var contract: ContractID
    /// The workspace.
    public var workspace: WorkspaceID

    /// What becomes of its flows.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Flows that this request deleted; those deleted before are not counted.
        public var flows: Int

        /// Makes the reply.
        public init(flows: Int) { self.flows = flows }

        enum CodingKeys: Int, CodingKey { case flows = 1 }
    }

    /// Makes the request.
    public init(contract: ContractID, workspace: WorkspaceID) {
        self.contract = contract
        self.workspace = workspace
    }

    enum CodingKeys: Int, CodingKey {
        case contract = 1
        case workspace = 2
    }
}
