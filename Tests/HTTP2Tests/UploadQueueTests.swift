import Synchronization
import TestKit
import Testing

@testable import HTTP2

/// What an upload hands to the library, without a connection.
@Suite("An upload's queue")
struct UploadQueueTests {
    private static func take(_ count: Int, of upload: HTTP2Upload) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let start = buffer.baseAddress else { return }
            upload.take(count, into: start)
            initialized = count
        }
    }

    private static func connection(
        _ resumed: Tally = Tally(), _ aborted: Journal<any Error> = Journal()
    ) -> HTTP2Upload.Connection {
        HTTP2Upload.Connection(resume: { resumed.add() }, abort: { aborted.append($0) })
    }

    @Test("frames are filled across pieces, and the last one says so")
    func frames() async {
        let upload = HTTP2Upload([1, 2])
        upload.attach(Self.connection(), waitingBytesMax: 100)
        #expect(await upload.write([3, 4, 5]))
        #expect(upload.next(room: 3)?.count == 3)
        #expect(upload.next(room: 3)?.isLast == false)
        #expect(Self.take(3, of: upload) == [1, 2, 3])
        upload.finish()
        #expect(upload.next(room: 1)?.isLast == false)
        #expect(upload.next(room: 2)?.isLast == true)
        #expect(Self.take(2, of: upload) == [4, 5])
        #expect(upload.next(room: 9)?.count == 0)
        #expect(upload.next(room: 9)?.isLast == true)
    }

    @Test("the library is told once that there is something again, and only if it asked")
    func resumption() async {
        let upload = HTTP2Upload()
        let resumed = Tally()
        upload.attach(Self.connection(resumed), waitingBytesMax: 100)
        #expect(await upload.write([1]))
        #expect(resumed.count == 0)
        #expect(Self.take(1, of: upload) == [1])
        #expect(upload.next(room: 9) == nil)
        #expect(await upload.write([]))
        #expect(resumed.count == 0, "nothing is nothing to ask for")
        #expect(await upload.write([2]))
        #expect(await upload.write([3]))
        #expect(resumed.count == 1)
        #expect(Self.take(2, of: upload) == [2, 3])
        #expect(upload.next(room: 9) == nil)
        upload.finish()
        #expect(resumed.count == 2, "its end is something")
    }

    @Test("a writer goes on when half of the room is free, and no sooner")
    func room() async {
        let upload = HTTP2Upload()
        upload.attach(Self.connection(), waitingBytesMax: 10)
        let isDone = Mutex(false)
        let writing = Task {
            let isTaken = await upload.write([UInt8](repeating: 1, count: 12))
            isDone.withLock { $0 = true }
            return isTaken
        }
        while upload.next(room: 12) == nil { await Task.yield() }
        _ = Self.take(6, of: upload)
        for _ in 0..<100 { await Task.yield() }
        #expect(!isDone.withLock { $0 })
        _ = Self.take(1, of: upload)
        #expect(await writing.value)
    }

    @Test("the end of the call drops what waits, and the writer with it")
    func end() async {
        let upload = HTTP2Upload()
        upload.attach(Self.connection(), waitingBytesMax: 10)
        let writing = Task { await upload.write([UInt8](repeating: 1, count: 12)) }
        while upload.next(room: 12) == nil { await Task.yield() }
        #expect(!upload.end(), "the library does not wait for data")
        #expect(await !writing.value)
        #expect(await !upload.write([1]))
        #expect(upload.next(room: 9)?.count == 0)
        #expect(upload.next(room: 9)?.isLast == true)
    }

    @Test("the end of the call says whether the library waits for data")
    func endWhileDeferred() {
        let upload = HTTP2Upload()
        upload.attach(Self.connection(), waitingBytesMax: 10)
        #expect(upload.next(room: 9) == nil)
        #expect(upload.end())
        #expect(!upload.end(), "once")
    }

    @Test("aborting reaches the call, be it attached before or after", arguments: [true, false])
    func abort(isAttached: Bool) {
        let upload = HTTP2Upload([1])
        let aborted = Journal<any Error>()
        let connection = Self.connection(Tally(), aborted)
        if isAttached { upload.attach(connection, waitingBytesMax: 10) }
        upload.abort(UploadTests.Failure())
        if !isAttached { upload.attach(connection, waitingBytesMax: 10) }
        #expect(aborted.entries.map { $0 is UploadTests.Failure } == [true])
    }
}
