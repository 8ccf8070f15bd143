import RPC

/// Decides which endpoints are passed over because their calls fail (after gRPC proposal A50).
///
/// Three rules, the first at once and the others when an interval ends: failures one after another;
/// a success rate far below the mean of all; more failures than anybody may have. An endpoint's
/// second ejection is longer than its first, and each interval it behaves makes the next shorter
/// again. Never are all endpoints ejected.
struct OutlierEjector: Sendable {
    /// What is to be done.
    enum Action: Hashable, Sendable {
        /// Choose the endpoint no more.
        case eject(EndpointID)
        /// Choose it again.
        case readmit(EndpointID)
    }

    /// The outcomes of an endpoint's calls over an interval.
    struct Tally: Hashable, Sendable {
        var successes: Int
        var failures: Int

        var calls: Int { self.successes + self.failures }
        /// From 0 to 1.
        var successRate: Double { Double(self.successes) / Double(max(self.calls, 1)) }
    }

    private struct Member {
        /// Since when the endpoint is ejected; `nil` while it is not.
        var ejected: Duration?
        /// How often the base time it is ejected for, the next time once more.
        var multiplier = 0
    }

    private let limits: EjectionLimits
    private var members: [EndpointID: Member] = [:]

    init(_ limits: EjectionLimits) {
        self.limits = limits
    }

    /// Whether an endpoint is ejected.
    func isEjected(_ endpoint: EndpointID) -> Bool { self.members[endpoint]?.ejected != nil }

    /// How many endpoints are ejected.
    var ejectedCount: Int { self.members.values.count { $0.ejected != nil } }

    /// An endpoint has come.
    mutating func add(_ endpoint: EndpointID) { self.members[endpoint] = Member() }

    /// An endpoint is gone, and what was known of it; others may have to be chosen again then.
    mutating func remove(_ endpoint: EndpointID) -> [Action] {
        self.members[endpoint] = nil
        guard self.ejectedCount == self.members.count,
            let oldest = self.members.min(by: {
                ($0.value.ejected ?? .zero) < ($1.value.ejected ?? .zero)
            })
        else { return [] }
        self.members[oldest.key]?.ejected = nil
        return [.readmit(oldest.key)]
    }

    /// A call failed, the last of so many one after another.
    mutating func failed(
        _ endpoint: EndpointID, consecutive: Int, at now: Duration
    ) -> Action? {
        let limit = self.limits.consecutiveFailures
        guard limit > 0, consecutive >= limit else { return nil }
        return self.eject(endpoint, at: now)
    }

    /// An interval has ended, in which the calls of the endpoints came out so.
    mutating func intervalEnded(
        _ tallies: [EndpointID: Tally], at now: Duration
    ) -> [Action] {
        var actions: [Action] = []
        for endpoint in self.outliers(tallies) {
            if let action = self.eject(endpoint, at: now) { actions.append(action) }
        }
        for (endpoint, member) in self.members.sorted(by: { $0.key.number < $1.key.number }) {
            if let ejected = member.ejected {
                guard now >= ejected + self.time(member.multiplier) else { continue }
                self.members[endpoint]?.ejected = nil
                actions.append(.readmit(endpoint))
            } else {
                self.members[endpoint]?.multiplier = max(0, member.multiplier - 1)
            }
        }
        return actions
    }

    /// Those that stand out among the endpoints with enough calls, the worst first.
    private func outliers(_ tallies: [EndpointID: Tally]) -> [EndpointID] {
        let judged = tallies.filter {
            $0.value.calls >= self.limits.callsMin && self.members[$0.key] != nil
        }
        guard judged.count >= self.limits.endpointsMin else { return [] }
        let rates = judged.values.map(\.successRate)
        let mean = rates.reduce(0, +) / Double(rates.count)
        let variance =
            rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
        let floor =
            mean - variance.squareRoot() * Double(self.limits.deviationThousandths) / 1000
        return judged.filter { _, tally in
            tally.successRate < floor
                || tally.failures * 100 > tally.calls * self.limits.failurePercentMax
        }.sorted {
            ($0.value.successRate, $0.key.number) < ($1.value.successRate, $1.key.number)
        }.map(\.key)
    }

    private mutating func eject(_ endpoint: EndpointID, at now: Duration) -> Action? {
        guard let member = self.members[endpoint], member.ejected == nil else { return nil }
        let ejected = self.ejectedCount + 1
        guard ejected < self.members.count,
            ejected == 1 || ejected * 100 <= self.members.count * self.limits.percentMax
        else { return nil }
        self.members[endpoint] = Member(ejected: now, multiplier: member.multiplier + 1)
        return .eject(endpoint)
    }

    private func time(_ multiplier: Int) -> Duration {
        .seconds(min(self.limits.baseSeconds * multiplier, self.limits.secondsMax))
    }
}
