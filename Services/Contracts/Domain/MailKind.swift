/// The e-mails that are sent; the raw value is the template's name in the API and in rows.
package enum MailKind: String, CaseIterable, Hashable, Sendable {
    /// Somebody is invited.
    case invite = "contract-invite"
    /// Nothing of a contract runs any more.
    case suspended = "contract-suspended"
    /// A contract is active again.
    case unsuspended = "contract-unsuspended"
    /// A contract and everything in it is being erased.
    case deleted = "contract-deleted"
    /// Somebody is no member any more.
    case removed = "user-removed-from-contract"

    /// What a template of this kind may name in `{{…}}`.
    package var variables: [String] {
        switch self {
        case .invite: ["contract_name", "link", "expires_at"]
        case .suspended: ["contract_name", "reason", "until"]
        case .unsuspended, .deleted, .removed: ["contract_name"]
        }
    }

    /// The template of a tenant that has none of its own.
    package var standard: MailTemplate {
        switch self {
        case .invite:
            MailTemplate(
                subject: "You are invited to {{contract_name}}",
                text: """
                    You are invited to join {{contract_name}}.

                    The invitation:

                    {{link}}

                    It can be accepted until {{expires_at}}, once, with
                    POST {{link}}/accept
                    signed in under this address, or, if you are new, with first_name, last_name
                    and password.

                    If you did not expect this, do nothing.

                    """,
                html: """
                    <p>You are invited to join <b>{{contract_name}}</b>.</p>
                    <p><a href="{{link}}">The invitation</a></p>
                    <p>It can be accepted until {{expires_at}}, once, with
                    <code>POST {{link}}/accept</code>, signed in under this address, or, if you are
                    new, with first_name, last_name and password.</p>
                    <p>If you did not expect this, do nothing.</p>

                    """)
        case .suspended:
            Self.notice(
                "{{contract_name}} is suspended",
                "{{contract_name}} is suspended: all its flows are stopped. {{reason}}")
        case .unsuspended:
            Self.notice(
                "{{contract_name}} is active again",
                "{{contract_name}} is active again. Flows that were stopped are started by hand.")
        case .deleted:
            Self.notice(
                "{{contract_name}} is being deleted",
                "{{contract_name}} and everything in it is being deleted.")
        case .removed:
            Self.notice(
                "You are no longer a member of {{contract_name}}",
                "You are no longer a member of {{contract_name}}.")
        }
    }

    private static func notice(_ subject: String, _ sentence: String) -> MailTemplate {
        MailTemplate(subject: subject, text: "\(sentence)\n", html: "<p>\(sentence)</p>\n")
    }
}
