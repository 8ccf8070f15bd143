import Synchronization

/// What was last read of the store, used for as long as nothing is written to it.
///
/// Only this process writes the store, and ``Database/version`` has grown before a write is
/// acknowledged. So what is kept with the version that was asked for before it was read is what a
/// read would find now, for as long as the version is the same: nobody needs to know what a write
/// changes, and no write can be forgotten. Any write makes all of it old.
public final class ReadCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry {
        let value: Value
        let version: Int64
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let entriesMax: Int

    /// Makes a cache of at most so many entries.
    ///
    /// When there is no room for one more, what is older than it goes, and if that is not enough,
    /// everything.
    public init(entriesMax: Int) { self.entriesMax = entriesMax }

    /// What is kept under a key, if it was read at this version; `nil` otherwise.
    public func value(of key: Key, at version: Int64) -> Value? {
        self.entries.withLock { entries in
            guard let entry = entries[key], entry.version == version else { return nil }
            return entry.value
        }
    }

    /// Keeps what was read; the version is the one that was asked for before the read.
    public func keep(_ value: Value, of key: Key, readAt version: Int64) {
        self.entries.withLock { entries in
            if entries.count >= self.entriesMax, entries[key] == nil {
                entries = entries.filter { $0.value.version >= version }
                if entries.count >= self.entriesMax { entries = [:] }
            }
            entries[key] = Entry(value: value, version: version)
        }
    }
}
