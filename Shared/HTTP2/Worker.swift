import NIOCore

/// A long-lived task that runs one request handler after another.
///
/// While handlers do not suspend, one worker answers a whole batch; when one suspends, the next
/// worker takes the rest. Making a task for each request costs a quarter more.
final class Worker {
    var task: Task<Void, Never>?
    /// Set while the worker is parked.
    var continuation: UnsafeContinuation<Void, Never>?
    /// A worker whose task was cancelled ends after its request: cancellation cannot be taken back.
    var isDiscarded = false
}

/// Carries a loop-confined value into a task that never leaves the loop.
///
/// Sound only because the task's executor is the loop's: whoever uses this says why.
struct LoopConfined<Value>: @unchecked Sendable {
    let value: Value
}

extension LoopExecutor {
    /// Puts a complete request behind the others.
    @inline(__always)
    func enqueueReady(_ stream: ServerStreamReference) {
        stream.pointee.next = nil
        if let tail = self.state.pointee.readyTail {
            tail.pointee.next = stream
        } else {
            self.state.pointee.readyHead = stream
        }
        self.state.pointee.readyTail = stream
    }

    @inline(__always)
    private func popReady() -> ServerStreamReference? {
        guard let stream = self.state.pointee.readyHead else { return nil }
        self.state.pointee.readyHead = stream.pointee.next
        if stream.pointee.next == nil { self.state.pointee.readyTail = nil }
        stream.pointee.next = nil
        return stream
    }

    /// Wakes a parked worker, or makes one: either takes the ready list from its head.
    func startWorker() {
        if let worker = self.state.pointee.parkedWorkers.popLast() {
            let continuation = worker.continuation
            worker.continuation = nil
            continuation?.resume()
            return
        }
        let worker = Worker()
        // Detached: neither task-locals nor cancellation of whoever happens to run the loop may
        // leak into requests. The executor preference keeps the task, and with it everything in
        // `confined`, on this loop.
        let confined = LoopConfined(value: (self, worker))
        worker.task = Task.immediateDetached(executorPreference: self) {
            let (executor, worker) = confined.value
            await executor.work(worker)
        }
    }

    private func work(_ worker: Worker) async {
        while true {
            while let stream = self.popReady() {
                await self.serve(stream, worker)
                if worker.isDiscarded { return }
            }
            if self.state.pointee.parkedWorkers.count >= FixedLimits.parkedWorkersMax
                || self.state.pointee.connections.isEmpty
            {
                return
            }
            await withUnsafeContinuation { continuation in
                worker.continuation = continuation
                self.state.pointee.parkedWorkers.append(worker)
            }
            if worker.isDiscarded { return }
        }
    }

    // Inlined: every asynchronous layer looks the task's executor up once more, under a lock.
    @inline(__always)
    private func serve(_ stream: ServerStreamReference, _ worker: Worker) async {
        // The connection lives while any of its streams is running: see `HTTP2ServerConnection`.
        let core = stream.pointee.core
        guard !stream.pointee.isClosed, let handler = core.pointee.handler else {
            core.handlerEnded(stream)
            return
        }
        stream.pointee.worker = Unmanaged.passUnretained(worker)
        do {
            try await handler.respond(
                to: HTTP2Request(stream), with: HTTP2Responder(stream))
            stream.pointee.worker = nil
            core.handlerReturned(stream)
        } catch {
            stream.pointee.worker = nil
            core.handlerThrew(stream)
        }
        core.handlerEnded(stream)
    }

    /// Ends the parked workers.
    func retireWorkers() {
        let workers = self.state.pointee.parkedWorkers
        self.state.pointee.parkedWorkers.removeAll()
        for worker in workers {
            worker.isDiscarded = true
            worker.continuation?.resume()
            worker.continuation = nil
        }
    }
}
