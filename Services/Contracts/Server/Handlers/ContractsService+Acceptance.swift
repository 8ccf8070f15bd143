import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import PublicHTTP
import RPC
import Storage

/// What somebody new says when accepting an invite.
struct Newcomer: Sendable {
    /// The given name.
    var firstName: String
    /// The family name.
    var lastName: String
    /// The password the account is to have.
    var password: Secret
}

extension ContractsService {
    /// Accepts an invite as somebody who is signed in under the address it was sent to.
    ///
    /// Accepting again as the same user gives the same answer.
    func acceptInvite(
        _ token: String, as principal: Principal, requestID: String
    ) async throws -> MemberView {
        let token = InviteToken(presented: token)
        let (invite, contract) = try await self.invite(token)
        guard contract.lifecycle.tenant == principal.tenant else {
            throw Refusal.inviteNotFound
        }
        if let email = invite.email {
            let isTheirs =
                InviteRules.key(ofEmail: email) == InviteRules.key(ofEmail: principal.email)
            guard isTheirs else { throw Refusal.inviteForAnother }
        }
        let person = try await self.person(principal.user)
        let roles = try await self.accept(token, as: principal.user, requestID: requestID)
        return MemberView(user: principal.user, roles: roles, person: person)
    }

    /// Accepts an invite as somebody new: makes the account, then the membership.
    ///
    /// A request that failed on the way may be repeated: the account is recognised by its names and
    /// password. Once the invite is used, the token is worth nothing to who does not sign in, so
    /// that it cannot be used to try passwords.
    func acceptInvite(
        _ token: String, as newcomer: Newcomer, requestID: String
    ) async throws -> MemberView {
        let token = InviteToken(presented: token)
        let (invite, contract) = try await self.invite(token)
        let email = try self.address(of: invite, contract)
        let person: UserSummary
        do {
            person = try await self.peers.identity.send(
                RegisterUser(
                    tenant: contract.lifecycle.tenant, email: email,
                    firstName: newcomer.firstName, lastName: newcomer.lastName,
                    password: newcomer.password.reveal())
            ).user
        } catch let error as RPCError where error.code == .alreadyExists {
            throw Refusal.accountExists
        } catch let error as RPCError where error.code == .invalidArgument {
            throw Refusal.personRefused(
                try await self.faults(
                    of: CheckNewUser(
                        email: email, firstName: newcomer.firstName,
                        lastName: newcomer.lastName, password: newcomer.password.reveal())))
        }
        let roles = try await self.accept(token, as: person.user, requestID: requestID)
        return MemberView(user: person.user, roles: roles, person: person)
    }

    /// What is wrong with somebody new, by the rules of who keeps accounts.
    func faults(of person: CheckNewUser) async throws -> [Refusal.PersonFault] {
        try await self.peers.identity.send(person).faults.map {
            .init(part: $0.part, reason: $0.reason)
        }
    }

    /// The address an account is to be made for, if the invite could be accepted now.
    private func address(of invite: InviteRow, _ contract: ContractRow) throws -> String {
        guard let email = invite.email, invite.expiresAt > self.clock.nowMilliseconds else {
            throw Refusal.inviteNotFound
        }
        try contract.lifecycle.check(PublicCall.acceptInvite.rule.act)
        return email
    }

    /// Makes the user a member of what the invite leads into, once.
    private func accept(
        _ token: InviteToken, as user: UserID, requestID: String
    ) async throws -> [String] {
        let digest = token.digest
        let now = self.clock.nowMilliseconds
        let author = AuditEvent.Author.user(user, requestID: requestID)
        return try await self.database.write { transaction in
            guard let invite = try InviteStore.find(tokenDigest: digest, in: transaction),
                let contract = try ContractStore.find(invite.contract, in: transaction)
            else { throw Refusal.inviteNotFound }
            let acceptance = try InviteRules.accept(
                .init(expiresAt: invite.expiresAt, acceptedBy: invite.acceptedBy), by: user,
                at: now)
            if acceptance == .alreadyJoined {
                let roles = try MemberStore.roles(of: user, in: contract.id, transaction)
                guard let roles else { throw Refusal.inviteNotFound }
                return roles
            }
            try contract.lifecycle.check(PublicCall.acceptInvite.rule.act)
            try self.join(
                user, contract, invite.roles, at: now, by: author, in: transaction)
            if let workspace = invite.workspace {
                try WorkspaceMemberStore.insert(
                    .init(user: user, roles: invite.workspaceRoles), into: workspace,
                    of: contract.id, at: now, in: transaction)
            }
            try InviteStore.accept(invite.id, by: user, at: now, in: transaction)
            try self.record(
                "invite.accept", of: contract.lifecycle, by: author,
                before: ["invite": .string(invite.id.text)], in: transaction)
            return invite.roles
        }
    }
}
