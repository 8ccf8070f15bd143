import Storage

extension DatabaseConformance {
    private static func onLeases(
        _ description: String,
        _ check: @escaping @Sendable (any Database, Leases, ManualWallClock) async throws -> Void
    ) -> DatabaseConformance {
        DatabaseConformance(description) { store in
            let clock = ManualWallClock()
            let database = try await store.open([Leases.migration, FenceRegister.migration])
            try await check(database, Leases(clock: clock), clock)
            try await database.close()
        }
    }

    static let ownership = [
        onLeases("a lease has one holder until it ends, and its fence grows with each") {
            database, leases, clock in
            @Sendable func acquire(_ owner: String) async throws -> Lease? {
                try await database.write {
                    try leases.acquire("job", owner: owner, milliseconds: 1000, in: $0)
                }
            }
            try expectEqual(try await acquire("a")?.fence, 1, "first")
            try expectEqual(try await acquire("b"), nil, "while held")
            clock.advance(milliseconds: 999)
            try expectEqual(try await acquire("b"), nil, "just before the end")
            clock.advance(milliseconds: 1)
            try expectEqual(try await acquire("b")?.fence, 2, "at the end")
            try expectEqual(try await acquire("b")?.fence, 3, "by the holder again")
        },
        onLeases("a lease that was taken over can be neither used nor renewed nor given up") {
            database, leases, clock in
            let (old, new) = try await database.write { transaction in
                let old = try leases.acquire("job", owner: "a", milliseconds: 10, in: transaction)
                clock.advance(milliseconds: 10)
                let new = try leases.acquire("job", owner: "b", milliseconds: 10, in: transaction)
                return (old, new)
            }
            guard let old, let new else { throw ConformanceFailure(description: "no lease") }
            try await database.write { try leases.check(new, in: $0) }
            try await expectError(.fenced, "use") {
                try await database.write { try leases.check(old, in: $0) }
            }
            try await expectError(.fenced, "renewal") {
                try await database.write { try leases.renew(old, milliseconds: 10, in: $0) }
            }
            try await expectError(.fenced, "release") {
                try await database.write { try leases.release(old, in: $0) }
            }
        },
        onLeases("a renewed lease keeps its fence, one given up can be taken at once") {
            database, leases, clock in
            let fences = try await database.write { transaction in
                let held = try leases.acquire("job", owner: "a", milliseconds: 10, in: transaction)
                guard let held else { throw ConformanceFailure(description: "no lease") }
                clock.advance(milliseconds: 9)
                let renewed = try leases.renew(held, milliseconds: 10, in: transaction)
                clock.advance(milliseconds: 9)
                let none = try leases.acquire("job", owner: "b", milliseconds: 10, in: transaction)
                try leases.release(renewed, in: transaction)
                let next = try leases.acquire("job", owner: "b", milliseconds: 10, in: transaction)
                return [held.fence, renewed.fence, none?.fence, next?.fence]
            }
            try expectEqual(fences, [1, 1, nil, 2], "fences")
        },
        onLeases("an overtaken fence is refused") { database, _, _ in
            let register = FenceRegister()
            for fence: Int64 in [3, 3, 5] {
                try await database.write { try register.admit("peer", fence: fence, in: $0) }
            }
            try await expectError(.fenced, "an overtaken fence") {
                try await database.write { try register.admit("peer", fence: 4, in: $0) }
            }
            try await database.write { try register.admit("other", fence: 1, in: $0) }
        },
    ]
}
