/// The phantom types that tell identifiers apart; they have no values.
public enum IdentifierKinds {
    /// A white-label installation.
    public enum Tenant: Sendable {}
    /// A person or service account.
    public enum User: Sendable {}
    /// A customer agreement.
    public enum Contract: Sendable {}
    /// A pending invitation into a contract.
    public enum Invite: Sendable {}
    /// A workspace of a contract.
    public enum Workspace: Sendable {}
    /// A developer team of a contract.
    public enum Team: Sendable {}
    /// An integration component.
    public enum Component: Sendable {}
    /// One immutable bundle of a component.
    public enum ComponentVersion: Sendable {}
    /// An integration flow.
    public enum Flow: Sendable {}
    /// A credential used by flow steps.
    public enum Credential: Sendable {}
    /// One external stimulus and its thread of messages.
    public enum Execution: Sendable {}
    /// One failure of one step.
    public enum FlowError: Sendable {}
    /// One supervised worker process.
    public enum Worker: Sendable {}
    /// One run of a lifecycle command (a suspension or a deletion).
    public enum Operation: Sendable {}
    /// A browser's time with the console, from signing in to signing out.
    public enum Session: Sendable {}
    /// A public key of a user.
    public enum SSHKey: Sendable {}
    /// One request made by a client, for logs and audit.
    public enum Request: Sendable {}
    /// A place that is told of events.
    public enum Webhook: Sendable {}
    /// One message to such a place.
    public enum WebhookDelivery: Sendable {}
}

public typealias TenantID = Identifier<IdentifierKinds.Tenant>
public typealias UserID = Identifier<IdentifierKinds.User>
public typealias ContractID = Identifier<IdentifierKinds.Contract>
public typealias InviteID = Identifier<IdentifierKinds.Invite>
public typealias WorkspaceID = Identifier<IdentifierKinds.Workspace>
public typealias TeamID = Identifier<IdentifierKinds.Team>
public typealias ComponentID = Identifier<IdentifierKinds.Component>
public typealias ComponentVersionID = Identifier<IdentifierKinds.ComponentVersion>
public typealias FlowID = Identifier<IdentifierKinds.Flow>
public typealias CredentialID = Identifier<IdentifierKinds.Credential>
public typealias ExecutionID = Identifier<IdentifierKinds.Execution>
public typealias FlowErrorID = Identifier<IdentifierKinds.FlowError>
public typealias WorkerID = Identifier<IdentifierKinds.Worker>
public typealias OperationID = Identifier<IdentifierKinds.Operation>
public typealias SessionID = Identifier<IdentifierKinds.Session>
public typealias SSHKeyID = Identifier<IdentifierKinds.SSHKey>
public typealias RequestID = Identifier<IdentifierKinds.Request>
public typealias WebhookID = Identifier<IdentifierKinds.Webhook>
public typealias WebhookDeliveryID = Identifier<IdentifierKinds.WebhookDelivery>
