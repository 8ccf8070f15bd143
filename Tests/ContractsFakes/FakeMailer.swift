package import ContractsServer
import Synchronization

/// Keeps the e-mails it is handed.
package final class FakeMailer: Mailer {
    private let kept = Mutex<[MailMessage]>([])

    /// Makes a mailer without e-mails.
    package init() {}

    package func deliver(_ message: MailMessage) async throws {
        self.kept.withLock { $0.append(message) }
    }

    /// The e-mails, in the order they were handed over.
    package var messages: [MailMessage] { self.kept.withLock { $0 } }
}
