import HTTP2
import NIOCore
import RPC
import Synchronization

/// What happens to a pool besides calls: endpoints come and go, are ejected and readmitted.
extension PeerPool {
    /// Looks after the endpoints from now on, until the pool is shut down or let go of.
    func beginUpkeep() {
        let clock = self.clock
        // Owned: it is cancelled and waited for in `shutDown`, and ends with the pool.
        let upkeep = Task.detached { [weak self] in
            while !Task.isCancelled, self?.tick() != nil {
                do {
                    try await clock.sleep(.seconds(CarrierBounds.upkeepSeconds))
                } catch {
                    return
                }
            }
        }
        self.state.withLock { $0.upkeep = upkeep }
    }

    private func tick() {
        let now = self.clock.now()
        self.state.withLock { state in
            state.leaving.removeAll { $0.isGone }
            if self.resolver != nil, !state.isShutDown, state.schedule.ticked(at: now) == .resolve {
                state.resolution = self.resolve()
            }
            guard now - state.judged >= .seconds(self.limits.ejection.intervalSeconds) else {
                return
            }
            state.judged = now
            let tallies = state.members.map { ($0.id, $0.tally.take()) }
            let actions = state.ejector.intervalEnded(
                Dictionary(uniqueKeysWithValues: tallies), at: now)
            if !actions.isEmpty { self.apply(actions, to: &state) }
        }
    }

    /// Carries out what the ejector decided.
    func apply(_ actions: [OutlierEjector.Action], to state: inout State) {
        for action in actions {
            switch action {
            case .eject: self.settings.metrics.endpointEjected()
            case .readmit(let id): state.members.first { $0.id == id }?.tally.clear()
            }
        }
        self.endpointsChanged(&state)
    }

    private func endpointsChanged(_ state: inout State) {
        state.eligible = state.members.filter { !state.ejector.isEjected($0.id) }
        self.settings.metrics.endpointsChanged(
            to: state.members.count, ejected: state.ejector.ejectedCount)
    }

    // MARK: Finding endpoints

    /// Looks the endpoints up soon: one of them failed.
    func wantResolution() {
        guard self.resolver != nil else { return }
        let now = self.clock.now()
        self.state.withLock { state in
            if !state.isShutDown, state.schedule.wanted(at: now) == .resolve {
                state.resolution = self.resolve()
            }
        }
    }

    /// The endpoints, once there are any.
    ///
    /// - Throws: `notProcessed` when they cannot be found now.
    func found(until deadline: NIODeadline?) async throws -> [RPCEndpoint] {
        self.wantResolution()
        try await FirstResult<Void>().value(
            until: deadline, late: HTTP2ClientError.timedOut, on: self.settings.group.any()
        ) { waiter in
            let result = self.state.withLock { state -> Result<Void, any Error>? in
                if !state.eligible.isEmpty { return .success(()) }
                guard !state.isShutDown, state.schedule.isUnderWay else {
                    return .failure(HTTP2ClientError.notProcessed("no endpoint is known"))
                }
                state.waiters.append(waiter)
                return nil
            }
            switch result {
            case .success: waiter.succeed(())
            case .failure(let error): waiter.fail(error)
            case nil: break
            }
        }
        return self.state.withLock { $0.eligible }
    }

    private func resolve() -> Task<Void, Never> {
        // Owned: one at a time, waited for in `shutDown`.
        Task.detached { [weak self, resolver = self.resolver] in
            let addresses = (try? await resolver?.resolve()) ?? []
            self?.resolved(addresses)
        }
    }

    private func resolved(_ addresses: [HTTP2Address]) {
        let now = self.clock.now()
        let waiters = self.state.withLock { state in
            state.schedule.ended(isSuccess: !addresses.isEmpty, at: now)
            defer { state.waiters = [] }
            return state.waiters
        }
        if addresses.isEmpty {
            self.settings.metrics.resolveFailed()
        } else {
            self.use(addresses)
        }
        for waiter in waiters {
            if addresses.isEmpty {
                waiter.fail(HTTP2ClientError.notProcessed("the endpoints cannot be looked up"))
            } else {
                waiter.succeed(())
            }
        }
    }

    /// Uses these endpoints: keeps those it has, adds the new ones, and lets the others drain.
    func use(_ addresses: [HTTP2Address]) {
        var wanted: [HTTP2Address] = []
        for address in addresses.prefix(self.limits.endpointsMax) where !wanted.contains(address) {
            wanted.append(address)
        }
        let removed = self.state.withLock { state -> [RPCEndpoint] in
            guard !state.isShutDown else { return [] }
            let known = Dictionary(uniqueKeysWithValues: state.members.map { ($0.address, $0) })
            let removed = state.members.filter { !wanted.contains($0.address) }
            state.leaving += removed
            state.members = wanted.map { address in
                if let endpoint = known[address] { return endpoint }
                let id = EndpointID(state.endpointsMade)
                state.endpointsMade += 1
                state.ejector.add(id)
                return RPCEndpoint(id, address, self.settings) { [weak self] in
                    self?.wantResolution()
                }
            }
            for endpoint in removed {
                self.apply(state.ejector.remove(endpoint.id), to: &state)
            }
            self.endpointsChanged(&state)
            return removed
        }
        for endpoint in removed { endpoint.retire() }
    }
}
