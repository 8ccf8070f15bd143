package import ContractLifecycle
package import ContractsServer
package import DeletionOrchestratorAPI
package import FlowRuntimeAPI
package import Identifiers
package import IdentityAPI
import RPC
import Synchronization

/// The three services that contracts calls, with people in them.
package final class FakePeers: Sendable {
    /// The tenant of everybody.
    package static let tenant =
        TenantID("000000010000000000000001") ?? TenantID(secondsSince1970: 1)

    private struct State {
        var people: [UserID: UserSummary] = [:]
        var passwords: [UserID: String] = [:]
        var released: [UserID] = []
        var gates: [ContractID: LifecycleCommand] = [:]
        var suspensions: [BeginSuspension] = []
        var deletions: [BeginDeletion] = []
        var blockers: [PrepareDeletion.Blocker] = []
        var closedWorkspaces: [WorkspaceID] = []
        var components: [TeamID: [ComponentID]] = [:]
        var flowKinds: [KindCount] = []
    }

    private let state = Mutex(State())
    /// Who people are.
    package let identity = FakePeer<Identity>()
    /// What runs.
    package let flowRuntime = FakePeer<FlowRuntime>()
    /// What erases.
    package let orchestrator = FakePeer<DeletionOrchestrator>()

    /// Makes peers without people.
    package init() {
        self.teachIdentity()
        self.flowRuntime.on(ApplyContractState<FlowRuntime>.self) { self.apply($0.command) }
        self.flowRuntime.on(PrepareDeletion.self) { request in
            let blockers = self.state.withLock { $0.blockers }
            guard blockers.isEmpty else {
                return .refused(blockers: blockers, total: blockers.count)
            }
            _ = self.apply(request.command)
            return .prepared
        }
        self.flowRuntime.on(FindDeletionBlockers.self) { _ in
            let blockers = self.blockers
            return .init(blockers: blockers, total: blockers.count)
        }
        self.flowRuntime.on(CountKinds<FlowRuntime>.self) { _ in
            .init(kinds: self.flowKinds)
        }
        self.flowRuntime.on(CloseWorkspace.self) { request in
            self.state.withLock { $0.closedWorkspaces.append(request.workspace) }
            return .init(flows: 0)
        }
        self.flowRuntime.on(CloseTeam.self) { request in
            let components = self.state.withLock { $0.components[request.team, default: []] }
            return components.isEmpty
                ? .closed : .inUse(components: components, total: components.count)
        }
        self.orchestrator.on(BeginSuspension.self) { request in
            self.state.withLock { $0.suspensions.append(request) }
            return .applied
        }
        self.orchestrator.on(BeginDeletion.self) { request in
            self.state.withLock { $0.deletions.append(request) }
            return .applied
        }
    }

    /// The clients of all three.
    package var clients: ContractsService.Peers {
        .init(
            identity: self.identity.client, flowRuntime: self.flowRuntime.client,
            orchestrator: self.orchestrator.client)
    }

    private func teachIdentity() {
        self.identity.on(ListRoles.self) { _ in .init(roles: DefaultRoles.roles) }
        self.identity.on(ApplyContractState<Identity>.self) { _ in .applied }
        self.identity.on(CountKinds<Identity>.self) { _ in .init(kinds: []) }
        self.identity.on(GetUsers.self) { request in
            self.state.withLock { state in
                .init(users: request.users.compactMap { state.people[$0] })
            }
        }
        self.identity.on(FindUser.self) { request in
            .init(user: self.person(request.email))
        }
        self.identity.on(CheckNewUser.self) { Self.check($0) }
        self.identity.on(RegisterUser.self) { try self.register($0) }
        self.identity.on(ReleaseUsers.self) { request in
            self.state.withLock { state in
                state.released += request.users
                for user in request.users { state.people[user] = nil }
            }
            return .init(deleted: [])
        }
        self.identity.on(Authenticate.self) { request in
            guard let person = self.person(request.email),
                request.secret == "key of \(person.email)"
            else { return .refused }
            return .accepted(
                .init(
                    user: person.user, tenant: person.tenant, email: person.email,
                    isTenantAdmin: person.isProtected))
        }
    }

    private func person(_ email: String) -> UserSummary? {
        self.state.withLock { state in
            state.people.values.first { $0.email.lowercased() == email.lowercased() }
        }
    }

    /// Rules like those of identity, so far as tests break them.
    private static func check(_ request: CheckNewUser) -> CheckNewUser.Reply {
        var faults: [CheckNewUser.Fault] = []
        if request.email?.contains("..") == true {
            faults.append(.init(part: "email", reason: "must be an e-mail address."))
        }
        for (part, name) in [("first_name", request.firstName), ("last_name", request.lastName)]
        where name?.allSatisfy(\.isWhitespace) == true {
            faults.append(.init(part: part, reason: "must not be blank."))
        }
        if let password = request.password, password.count < 8 {
            faults.append(.init(part: "password", reason: "must have at least 8 characters."))
        }
        return .init(faults: faults)
    }

    private func register(_ request: RegisterUser) throws -> RegisterUser.Reply {
        let check = CheckNewUser(
            email: request.email, firstName: request.firstName, lastName: request.lastName,
            password: request.password)
        guard Self.check(check).faults.isEmpty else {
            throw RPCError(.invalidArgument, "something is wrong with the person")
        }
        if let known = self.person(request.email) {
            let isSame = self.state.withLock { $0.passwords[known.user] } == request.password
            guard isSame, known.firstName == request.firstName else {
                throw RPCError(.alreadyExists, "the address belongs to another account")
            }
            return .init(user: known)
        }
        let user = self.addPerson(request.email, firstName: request.firstName)
        self.state.withLock { $0.passwords[user] = request.password }
        guard let person = self.person(request.email) else {
            throw RPCError(.internal, "the user is gone")
        }
        return .init(user: person)
    }

    private func apply(_ command: LifecycleCommand) -> LifecycleAcknowledgement {
        self.state.withLock { state in
            if let known = state.gates[command.contract], known.epoch > command.epoch {
                return .superseded(by: known.epoch)
            }
            state.gates[command.contract] = command
            return .applied
        }
    }
}

extension FakePeers {
    /// Makes a user of the tenant, or of another one.
    @discardableResult
    package func addPerson(
        _ email: String, firstName: String = "Ada", isTenantAdmin: Bool = false,
        isServiceAccount: Bool = false,
        tenant: TenantID = FakePeers.tenant, id: UserID = UserID(secondsSince1970: 2)
    ) -> UserID {
        let person = UserSummary(
            user: id, tenant: tenant, email: email, firstName: firstName, lastName: "King",
            isProtected: isTenantAdmin || isServiceAccount,
            isServiceAccount: isServiceAccount ? true : nil)
        self.state.withLock { $0.people[id] = person }
        return id
    }

    /// What stands against every deletion from now on.
    package var blockers: [PrepareDeletion.Blocker] {
        get { self.state.withLock { $0.blockers } }
        set { self.state.withLock { $0.blockers = newValue } }
    }

    /// What the flow runtime says it holds of every contract.
    package var flowKinds: [KindCount] {
        get { self.state.withLock { $0.flowKinds } }
        set { self.state.withLock { $0.flowKinds = newValue } }
    }

    /// The workspaces the flow runtime was told are gone.
    package var closedWorkspaces: [WorkspaceID] { self.state.withLock { $0.closedWorkspaces } }

    /// Says that a team has components, or none any more.
    package func setComponents(_ components: [ComponentID], of team: TeamID) {
        self.state.withLock { $0.components[team] = components }
    }

    /// The users identity was told to delete.
    package var released: [UserID] { self.state.withLock { $0.released } }

    /// The newest command the flow runtime knows for a contract.
    package func gate(of contract: ContractID) -> LifecycleCommand? {
        self.state.withLock { $0.gates[contract] }
    }

    /// The suspensions the orchestrator was told to drive.
    package var suspensions: [BeginSuspension] { self.state.withLock { $0.suspensions } }

    /// The deletions the orchestrator was told to drive.
    package var deletions: [BeginDeletion] { self.state.withLock { $0.deletions } }
}
