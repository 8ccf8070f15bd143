import ContractsAPI
import ContractsDomain
package import DeletionOrchestratorAPI
package import FlowRuntimeAPI
import Identifiers
package import IdentityAPI
package import Logging
package import RPC
package import Storage

/// What the contracts service is made of; its handlers are extensions of it, one a file.
///
/// RPC routes and public resources are two skins over the same handlers.
package struct ContractsService: Sendable {
    let database: any Database
    let reads: FrequentReads
    let outbox: Outbox
    let peers: Peers
    let roles: RoleCatalogues
    let persons: PersonLookUp
    let clock: any WallClock
    let waiting: any Clock<Duration>
    let mail: MailSettings
    let webhooks: any WebhookSender
    let limits: ContractsLimits
    let logger: Logger

    /// The services that are called.
    package struct Peers: Sendable {
        let identity: RPCClient<Identity>
        let flowRuntime: RPCClient<FlowRuntime>
        let orchestrator: RPCClient<DeletionOrchestrator>

        /// Names the peers.
        package init(
            identity: RPCClient<Identity>, flowRuntime: RPCClient<FlowRuntime>,
            orchestrator: RPCClient<DeletionOrchestrator>
        ) {
            self.identity = identity
            self.flowRuntime = flowRuntime
            self.orchestrator = orchestrator
        }
    }

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: the time of day, for what is stored.
    ///   - waiting: what is waited on between attempts.
    package init(
        database: any Database, peers: Peers, mail: MailSettings,
        webhooks: any WebhookSender = CurlWebhookSender(mayBePrivate: false),
        limits: ContractsLimits = ContractsLimits(), clock: any WallClock = SystemWallClock(),
        waiting: any Clock<Duration> = ContinuousClock(),
        logger: Logger = Logger(label: "contracts")
    ) {
        self.database = database
        self.reads = FrequentReads(database)
        self.outbox = Outbox(clock: clock)
        self.peers = peers
        self.roles = RoleCatalogues(
            identity: peers.identity, clock: clock,
            lifetimeMilliseconds: limits.catalogueMillisecondsMax)
        self.persons = PersonLookUp(identity: peers.identity)
        self.clock = clock
        self.waiting = waiting
        self.mail = mail
        self.webhooks = webhooks
        self.limits = limits
        self.logger = logger
    }

    /// An identifier for something that is made now.
    func newID<Kind>() -> Identifier<Kind> {
        Identifier(secondsSince1970: self.clock.nowMilliseconds / 1000)
    }
}
