/// What a password must be like.
package struct PasswordRule: Hashable, Sendable {
    /// Characters at least.
    package var charactersMin: Int
    /// UTF-8 bytes at most: the work of hashing grows with them.
    package var bytesMax: Int
    /// Kinds of characters at least, of the three: letters, digits, all others.
    package var kindsMin: Int

    /// Makes a rule; the defaults are the platform's.
    package init(charactersMin: Int = 8, bytesMax: Int = 1_024, kindsMin: Int = 3) {
        self.charactersMin = charactersMin
        self.bytesMax = bytesMax
        self.kindsMin = kindsMin
    }

    /// What is wrong with a password, one sentence each; empty when nothing is.
    ///
    /// The sentences say nothing of the password itself.
    package func faults(of password: String) -> [String] {
        var faults: [String] = []
        if password.count < self.charactersMin {
            faults.append("must have at least \(self.charactersMin) characters.")
        }
        if password.utf8.count > self.bytesMax {
            faults.append("must have at most \(self.bytesMax) bytes.")
        }
        if Self.kinds(of: password) < self.kindsMin {
            faults.append(
                self.kindsMin >= 3
                    ? "must have letters, digits and special characters."
                    : "must have \(self.kindsMin) of: letters, digits, special characters.")
        }
        if APIKey(password) != nil { faults.append("must not look like an API key.") }
        return faults
    }

    private static func kinds(of password: String) -> Int {
        var hasLetter = false
        var hasDigit = false
        var hasSpecial = false
        for character in password {
            if character.isLetter {
                hasLetter = true
            } else if character.isWholeNumber {
                hasDigit = true
            } else {
                hasSpecial = true
            }
        }
        return [hasLetter, hasDigit, hasSpecial].count(where: { $0 })
    }
}
