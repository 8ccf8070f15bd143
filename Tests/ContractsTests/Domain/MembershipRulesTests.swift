import ContractsDomain
import Identifiers
import Testing

@Suite("The rules of membership")
struct MembershipRulesTests {
    static func refusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "joining needs an owner first, and nobody joins twice or while being removed",
        arguments: [
            (0, ["owner"], false, false, nil),
            (0, ["admin", "owner"], false, false, nil),
            (0, ["admin"], false, false, Refusal.firstMemberMustBeOwner),
            (1, ["member"], false, false, nil),
            (1, ["member"], true, false, .alreadyMember),
            (1, ["member"], false, true, .userIsBeingRemoved),
        ])
    func joining(
        members: Int, roles: [String], isMember: Bool, isBeingRemoved: Bool, refusal: Refusal?
    ) {
        let found = Self.refusal { () throws(Refusal) in
            try MembershipRules.join(
                .init(
                    hasMembers: members > 0, isMember: isMember, isBeingRemoved: isBeingRemoved),
                roles: roles)
        }
        #expect(found == refusal)
    }

    @Test(
        "the last owner leaves only as the last member",
        arguments: [
            (1, 1, ["owner"], nil),
            (2, 1, ["owner"], Refusal.lastOwner),
            (2, 2, ["owner"], nil),
            (2, 1, ["member"], nil),
        ])
    func leaving(members: Int, owners: Int, roles: [String], refusal: Refusal?) {
        let found = Self.refusal { () throws(Refusal) in
            try MembershipRules.leave(.init(members: members, owners: owners), roles: roles)
        }
        #expect(found == refusal)
    }

    @Test(
        "the last owner does not step down",
        arguments: [
            (1, ["owner"], ["admin"], Refusal.lastOwner),
            (2, ["owner"], ["admin"], nil),
            (1, ["owner"], ["admin", "owner"], nil),
            (1, ["member"], ["admin"], nil),
        ])
    func changing(owners: Int, old: [String], new: [String], refusal: Refusal?) {
        let found = Self.refusal { () throws(Refusal) in
            try MembershipRules.change(.init(members: 3, owners: owners), from: old, to: new)
        }
        #expect(found == refusal)
    }

    @Test(
        "only members of the contract join its workspaces and teams, once",
        arguments: [
            (true, false, nil), (false, false, Refusal.notContractMember),
            (true, true, .alreadyInPart),
        ])
    func joiningParts(isContractMember: Bool, isMember: Bool, refusal: Refusal?) {
        let found = Self.refusal { () throws(Refusal) in
            try MembershipRules.joinPart(isContractMember: isContractMember, isMember: isMember)
        }
        #expect(found == refusal)
    }

    @Test(
        "a workspace's last owner neither steps down nor goes",
        arguments: [
            (1, ["owner"], ["admin"], Refusal.lastWorkspaceOwner),
            (1, ["owner"], [], .lastWorkspaceOwner),
            (2, ["owner"], [], nil),
            (1, ["guest"], [], nil),
            (1, ["owner"], ["owner", "admin"], nil),
        ])
    func changingInWorkspaces(owners: Int, old: [String], new: [String], refusal: Refusal?) {
        let found = Self.refusal { () throws(Refusal) in
            try MembershipRules.changeInWorkspace(owners: owners, from: old, to: new)
        }
        #expect(found == refusal)
    }

    @Test("who removes a member inherits, else an owner who stays, else nobody")
    func heirs() {
        #expect(MembershipRules.heir(of: 1, remover: 2, owners: [1, 3]) == 2)
        #expect(MembershipRules.heir(of: 1, remover: 1, owners: [1, 3]) == 3)
        #expect(MembershipRules.heir(of: 1, remover: nil, owners: [1, 3]) == 3)
        #expect(MembershipRules.heir(of: 1, remover: nil, owners: [1]) == nil)
    }

    @Test(
        "the invite of a contract's first owner stays one",
        arguments: [
            (0, 1, ["owner"], ["member"], Refusal.firstMemberMustBeOwner),
            (0, 2, ["owner"], ["member"], nil),
            (1, 1, ["owner"], ["member"], nil),
            (0, 1, ["owner"], ["owner", "admin"], nil),
        ])
    func changingInvites(
        members: Int, owners: Int, old: [String], new: [String], refusal: Refusal?
    ) {
        let found = Self.refusal { () throws(Refusal) in
            try InviteRules.change(
                .init(
                    members: members, pendingOwners: owners, pendingUntil: nil, isMember: false),
                from: old, to: new)
        }
        #expect(found == refusal)
    }

    @Test(
        "an invite's e-mail leaves at most once a minute, whatever the clock does",
        arguments: [
            (Int64(0), Refusal.resentTooSoon(seconds: 60)), (59_999, .resentTooSoon(seconds: 1)),
            (60_000, nil), (-5_000, nil),
        ])
    func resending(passed: Int64, refusal: Refusal?) {
        let found = Self.refusal { () throws(Refusal) in
            try InviteRules.resend(sentAt: 1_000_000, at: 1_000_000 + passed)
        }
        #expect(found == refusal)
    }

    @Test("the platform forgets a user with the last membership, not before")
    func forgetting() {
        #expect(MembershipRules.forgetsUser(membershipsLeft: 0))
        #expect(!MembershipRules.forgetsUser(membershipsLeft: 1))
    }

    static let day = InviteRules.dayMilliseconds

    @Test(
        "an address is invited once, members not at all, and owners first",
        arguments: [
            (0, 0, nil, false, ["owner"], nil),
            (0, 0, nil, false, ["admin"], Refusal.firstMemberMustBeOwner),
            (0, 1, nil, false, ["admin"], nil),
            (1, 0, nil, false, ["member"], nil),
            (1, 0, nil, true, ["member"], .alreadyMember),
            (1, 0, 101, false, ["member"], .alreadyInvited),
            (1, 0, 100, false, ["member"], nil),
        ] as [(Int, Int, Int64?, Bool, [String], Refusal?)])
    func inviting(
        members: Int, owners: Int, until: Int64?, isMember: Bool, roles: [String],
        refusal: Refusal?
    ) {
        let found = Self.refusal { () throws(Refusal) in
            try InviteRules.invite(
                .init(
                    members: members, pendingOwners: owners, pendingUntil: until,
                    isMember: isMember),
                roles: roles, at: 100)
        }
        #expect(found == refusal)
    }

    @Test("an invite is accepted once, in time, and again only by the same user")
    func accepting() throws {
        let user = UserID(secondsSince1970: 1)
        let other = UserID(secondsSince1970: 2)
        let pending = InviteRules.Invite(expiresAt: 100, acceptedBy: nil)
        let used = InviteRules.Invite(expiresAt: 100, acceptedBy: user)
        #expect(try InviteRules.accept(pending, by: user, at: 99) == .join)
        #expect(try InviteRules.accept(used, by: user, at: 500) == .alreadyJoined)
        #expect(throws: Refusal.inviteNotFound) {
            try InviteRules.accept(pending, by: user, at: 100)
        }
        #expect(throws: Refusal.inviteNotFound) {
            try InviteRules.accept(used, by: other, at: 99)
        }
    }
}
