import NIOCore

/// Points a peer spends by frames that cost it nothing and us something.
///
/// The points come back slowly. A well-behaved peer never notices; one that floods runs out and
/// loses the connection (CVE-2019-9512, -9513, -9515, -9518, CVE-2025-8671 and their kind).
struct PenaltyBucket {
    /// What a frame costs.
    enum Offence: Int {
        /// PING: 20 at once, then one a second.
        case ping = 50
        /// SETTINGS: the same.
        case settings = 51
        /// PRIORITY: 200 at once, then ten a second.
        case priority = 5
        /// DATA without data: 100 at once, then five a second.
        case emptyData = 10
        /// WINDOW_UPDATE beyond those our own DATA calls for: 1000 at once, then 50 a second.
        case windowUpdate = 1
        /// GOAWAY, of which a client has one or two to send: 18 at once.
        case goAway = 53
        /// A frame of a type that nobody here knows: 500 at once, then 25 a second.
        case unknown = 2
        /// RST_STREAM that the library had to send: 20 at once, then one a second.
        case forcedReset = 52
        /// The same for a stream beyond the limit, which a peer may open until it has read our
        /// SETTINGS: 250 at once.
        case refusedStream = 4
    }

    /// Points of a full bucket.
    static let pointsMax = 1000
    /// Points that come back in a second.
    static let pointsPerSecond = 50
    /// WINDOW_UPDATE frames that may be saved up by receiving responses.
    static let windowUpdatesEarnedMax = 4096
    /// Sent bytes that call for one WINDOW_UPDATE.
    static let bytesPerWindowUpdate = 1024

    private var points = Self.pointsMax
    private var windowUpdatesEarned = 64
    private var unratedBytes = 0

    /// Takes the points of an offence; whether there were enough.
    mutating func take(_ offence: Offence) -> Bool {
        if offence == .windowUpdate, self.windowUpdatesEarned > 0 {
            self.windowUpdatesEarned -= 1
            return true
        }
        self.points -= offence.rawValue
        return self.points >= 0
    }

    /// Gives back what a second brings.
    mutating func refill(seconds: Int) {
        self.points = min(Self.pointsMax, self.points + seconds * Self.pointsPerSecond)
    }

    /// A response, or a part of one, was sent: the peer may answer it with window updates.
    @inline(__always)
    mutating func earn(sentBytes: Int, isEnd: Bool) {
        self.unratedBytes += sentBytes
        var earned = isEnd ? 2 : 0
        if self.unratedBytes >= Self.bytesPerWindowUpdate {
            earned += self.unratedBytes / Self.bytesPerWindowUpdate
            self.unratedBytes %= Self.bytesPerWindowUpdate
        }
        if earned > 0 {
            self.windowUpdatesEarned = min(
                Self.windowUpdatesEarnedMax, self.windowUpdatesEarned + earned)
        }
    }
}
