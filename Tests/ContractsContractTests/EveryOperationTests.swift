import ContractLifecycle
import ContractsDomain
import ContractsFakes
import HTTP2
import Identifiers
import JSONAPI
import TestKit
import Testing

@Suite("Every public operation of contracts")
struct EveryOperationTests {
    @Test("is tried here, and answers who may use it")
    func succeeds() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            // Revoking is tried on an invite of its own.
            let revoked = try await running.request(
                "POST", "/v2/contracts/\(world.contract)/invites", as: World.ada,
                body: Body.of("contract-invite", ["email": "hal@example.com", "role": "member"])
            ).id
            let samples =
                [
                    Sample(
                        .revokeInvite, "DELETE",
                        "/v2/contracts/\(world.contract)/invites/\(revoked)", status: 204)
                ] + world.samples
            #expect(Set(samples.map(\.call)) == Set(PublicCall.allCases))
            #expect(samples.count == PublicCall.allCases.count)
            for sample in samples {
                let answer = try await Self.send(sample, to: running)
                #expect(answer.status == sample.status, "\(sample.call): \(answer.text)")
            }
        }
    }

    @Test("refuses query parameters it does not know, and callers it does not know")
    func strictness() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            for sample in world.samples {
                var odd = sample
                odd.path += (sample.path.contains("?") ? "&" : "?") + "colour=red"
                let answer = try await Self.send(odd, to: running)
                #expect(answer.status == 400, "\(sample.call)")
                #expect(answer.errors == ["unknown_parameter colour"], "\(sample.call)")
                guard sample.email != nil else { continue }
                var anonymous = sample
                anonymous.email = nil
                let refused = try await Self.send(anonymous, to: running)
                #expect(refused.status == 401, "\(sample.call)")
                #expect(refused.fields.first("www-authenticate") != nil, "\(sample.call)")
            }
        }
    }

    @Test("tells a stranger the same of what there is and of what there is not")
    func strangers() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            let known = [
                world.contract, world.workspace, world.team, world.invite, world.workspaceInvite,
                world.bob.text,
            ]
            for sample in world.samples where sample.call.rule.act != .outside {
                if sample.call.rule.member == .anybody { continue }
                var strange = sample
                strange.email = World.eve
                let answer = try await Self.send(strange, to: running)
                #expect(answer.status == 404, "\(sample.call): \(answer.text)")
                var nowhere = strange
                for id in known {
                    let other = Identifier<IdentifierKinds.Contract>(secondsSince1970: 9).text
                    nowhere.path = nowhere.path.replacing(id, with: other)
                    nowhere.body = try nowhere.body.map {
                        try JSON(parsing: $0.text.replacing(id, with: other))
                    }
                }
                let nothing = try await Self.send(nowhere, to: running)
                // A body must name what its path names: both were replaced by different ids.
                if nothing.errors == ["id_mismatch /data/id"] { continue }
                #expect(nothing.text == answer.text, "\(sample.call)")
            }
        }
    }

    @Test("while a contract is suspended, is refused unless it reads or deletes one's own")
    func suspended() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            _ = try await running.request(
                "POST", "/v2/contracts/\(world.contract)/suspend",
                body: ["reason": "unpaid"])
            for sample in world.samples where sample.call.rule.act != .lifecycle {
                let answer = try await Self.send(sample, to: running)
                if sample.call.rule.act.isAllowed(in: .suspending) {
                    #expect(answer.status == sample.status, "\(sample.call): \(answer.text)")
                } else {
                    #expect(answer.status == 409, "\(sample.call): \(answer.text)")
                    #expect(answer.errors == ["contract_suspended"], "\(sample.call)")
                    let meta = answer.json["errors"]?.array?.first?["meta"]
                    #expect(meta?["reason"] == "unpaid", "\(sample.call)")
                }
            }
        }
    }

    @Test("while a contract is being deleted, is refused unless it reads the contract itself")
    func deleting() async throws {
        try await RunningContracts.with { running in
            let world = try await World.make(in: running)
            _ = try await running.request("DELETE", "/v2/contracts/\(world.contract)")
            for sample in world.samples where sample.call.rule.act != .lifecycle {
                let answer = try await Self.send(sample, to: running)
                switch (sample.call, sample.call.rule.act) {
                case (.getInvite, _): #expect(answer.status == 404)
                case (_, .outside), (_, .readContract):
                    #expect(answer.status == sample.status, "\(sample.call): \(answer.text)")
                default:
                    #expect(answer.status == 409, "\(sample.call): \(answer.text)")
                    #expect(answer.errors == ["contract_deleting"], "\(sample.call)")
                }
            }
        }
    }

    private static func send(
        _ sample: Sample, to running: RunningContracts
    ) async throws -> PublicAnswer {
        try await running.request(
            sample.method, sample.path, as: sample.email, body: sample.body)
    }
}
