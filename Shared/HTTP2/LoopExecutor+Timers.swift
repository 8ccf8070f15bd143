import NIOCore

extension LoopExecutor {
    /// Adds a connection to those the loop looks after.
    func add(_ connection: any LoopConnection) {
        self.state.pointee.connections[ObjectIdentifier(connection)] = connection
        guard self.state.pointee.secondsTimer == nil else { return }
        self.state.pointee.secondsTimer = self.loop.scheduleRepeatedTask(
            initialDelay: .seconds(1), delay: .seconds(1)
        ) { _ in
            let connections = Array(self.state.pointee.connections.values)
            self.lookAfter(
                connections[...],
                atOnce: max(
                    FixedLimits.connectionsPerTurnMin,
                    connections.count / FixedLimits.turnsPerSecondMax + 1))
        }
    }

    /// Looks after connections a few at a time, so that thousands of idle ones hold up no other.
    ///
    /// The rest waits for a moment: the loop carries out everything that need not wait before it
    /// looks at its sockets again.
    private func lookAfter(_ connections: ArraySlice<any LoopConnection>, atOnce count: Int) {
        let now = self.loop.now
        for connection in connections.prefix(count)
        where self.state.pointee.connections[ObjectIdentifier(connection)] != nil {
            connection.everySecond(now)
        }
        let others = connections.dropFirst(count)
        guard !others.isEmpty else { return }
        // The loop's own, and handed to nobody else.
        let rest = LoopConfined(value: others)
        self.loop.scheduleTask(in: .milliseconds(1)) { self.lookAfter(rest.value, atOnce: count) }
    }

    /// Removes a connection; with the last one goes everything that waits for work.
    func remove(_ connection: any LoopConnection) {
        self.state.pointee.connections[ObjectIdentifier(connection)] = nil
        guard self.state.pointee.connections.isEmpty else { return }
        self.state.pointee.secondsTimer?.cancel()
        self.state.pointee.secondsTimer = nil
        self.state.pointee.expiryTimer?.cancel()
        self.state.pointee.expiryTimer = nil
        self.state.pointee.nextExpiry = .distantFuture
        self.retireWorkers()
        self.freeSpareStreams()
        self.state.pointee.output = ByteBuffer()
        LoopExecutors.shared.forget(self)
    }

    /// Makes sure that ``LoopConnection/expire(_:)`` is called at `deadline` or a little later.
    ///
    /// One timer a loop, set to the earliest deadline: calls that end in time cost nothing.
    @inline(__always)
    func armExpiry(_ deadline: NIODeadline) {
        if deadline < self.state.pointee.nextExpiry { self.setExpiryTimer(deadline) }
    }

    private func setExpiryTimer(_ deadline: NIODeadline) {
        self.state.pointee.expiryTimer?.cancel()
        self.state.pointee.nextExpiry = deadline
        self.state.pointee.expiryTimer = self.loop.scheduleTask(deadline: deadline) {
            self.runExpiry()
        }
    }

    private func runExpiry() {
        let now = self.loop.now
        self.state.pointee.nextExpiry = .distantFuture
        self.state.pointee.expiryTimer = nil
        var next = NIODeadline.distantFuture
        for connection in self.state.pointee.connections.values {
            next = min(next, connection.expire(now))
        }
        if next < .distantFuture { self.armExpiry(next) }
        if !self.state.pointee.isTicking { self.tick() }
    }
}
