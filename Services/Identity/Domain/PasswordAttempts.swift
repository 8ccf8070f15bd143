/// When an account stops taking passwords after wrong ones.
package struct LockoutRule: Hashable, Sendable {
    /// Wrong passwords in a row that lock the account.
    package var failuresMax: Int
    /// How long a lock lasts.
    package var lockedMilliseconds: Int64

    /// Makes a rule; the defaults are the platform's.
    package init(failuresMax: Int = 5, lockedMilliseconds: Int64 = 15 * 60 * 1_000) {
        self.failuresMax = failuresMax
        self.lockedMilliseconds = lockedMilliseconds
    }
}

/// The wrong passwords an account was given in a row, and the lock that follows from them.
///
/// ```
/// open(n) ── wrong, n+1 < max ──▶ open(n+1)      open(n) ── right ──▶ open(0)
/// open(n) ── wrong, n+1 = max ──▶ locked         locked ── any, before its end ──▶ locked
///                                                locked ── any, after its end ──▶ as open(0)
/// ```
/// A lock concerns passwords only: an API key cannot be guessed, and whoever holds one must not be
/// shut out by a stranger's guesses at the password.
package struct PasswordAttempts: Hashable, Sendable {
    /// Wrong passwords since the last right one.
    package var failures: Int
    /// Until when passwords are refused, in milliseconds since 1970.
    package var lockedUntil: Int64?

    /// Makes a state; by default that of an account nobody has failed at.
    package init(failures: Int = 0, lockedUntil: Int64? = nil) {
        self.failures = failures
        self.lockedUntil = lockedUntil
    }

    /// What an attempt comes to.
    package enum Verdict: Hashable, Sendable {
        /// Let the user in.
        case accepted
        /// The password is wrong.
        case wrong
        /// The account is locked; it does not matter what the password was.
        case locked
    }

    /// Takes note of an attempt whose password was compared.
    ///
    /// Attempts are settled one after another, so guesses made side by side are bounded as those
    /// made in turn: a right one that settles after the lock is refused.
    package mutating func settle(
        isRight: Bool, at now: Int64, rule: LockoutRule
    ) -> Verdict {
        if let end = self.lockedUntil {
            if now < end { return .locked }
            self = PasswordAttempts()
        }
        if isRight {
            self = PasswordAttempts()
            return .accepted
        }
        self.failures += 1
        if self.failures >= rule.failuresMax {
            self.lockedUntil = now + rule.lockedMilliseconds
        }
        return .wrong
    }
}
