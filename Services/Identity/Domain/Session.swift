package import Identifiers

/// A browser's time with the console, from signing in to signing out.
package struct Session: Hashable, Sendable {
    /// The session.
    package var id: SessionID
    /// Whose it is.
    package var user: UserID
    /// When it began, in milliseconds since 1970.
    package var createdAt: Int64
    /// When it was last seen in use, in milliseconds since 1970.
    package var lastUsedAt: Int64
    /// The IP address it began at, if that is known.
    package var address: String?
    /// What the browser calls itself, if it says.
    package var agent: String?

    /// Makes a session.
    package init(
        id: SessionID, user: UserID, createdAt: Int64, lastUsedAt: Int64, address: String?,
        agent: String?
    ) {
        self.id = id
        self.user = user
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.address = address
        self.agent = agent
    }
}

/// How long sessions last.
package struct SessionRule: Hashable, Sendable {
    /// Without being used.
    package var idleMilliseconds: Int64
    /// In all, however much they are used.
    package var totalMilliseconds: Int64
    /// How much of their use may go unnoted.
    package var noteMilliseconds: Int64

    /// Makes a rule.
    package init(idleMilliseconds: Int64, totalMilliseconds: Int64, noteMilliseconds: Int64) {
        self.idleMilliseconds = idleMilliseconds
        self.totalMilliseconds = totalMilliseconds
        self.noteMilliseconds = noteMilliseconds
    }

    /// When a session ends unless it is used again, in milliseconds since 1970.
    package func end(of session: Session) -> Int64 {
        min(
            session.lastUsedAt + self.idleMilliseconds,
            session.createdAt + self.totalMilliseconds)
    }

    /// What becomes of a session that is used.
    package enum Verdict: Hashable, Sendable {
        /// It lives, and its use need not be noted.
        case lives
        /// It lives, and its use is to be noted.
        case livesNoted
        /// It is over.
        case over
    }

    /// Decides on a session that is used now.
    package func use(of session: Session, at now: Int64) -> Verdict {
        guard now < self.end(of: session) else { return .over }
        return now - session.lastUsedAt >= self.noteMilliseconds ? .livesNoted : .lives
    }
}
