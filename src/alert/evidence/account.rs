//! Users, mailboxes and logon sessions.

use crate::alert::Text;
use crate::alert::members::{Members, is_mail_address};

/// Somebody with an account.
#[derive(Debug, Clone, Default)]
pub struct Account<'a> {
    /// The account's name; the principal or display name where the vendor gives no other.
    pub name: Option<Text<'a>>,
    /// For a local account this may be the host's name.
    pub domain: Option<Text<'a>>,
    pub sid: Option<Text<'a>>,
    pub entra_id: Option<Text<'a>>,
    /// The principal name or mailbox address, where it has the form of an address.
    pub mail_address: Option<Text<'a>>,
    pub display_name: Option<Text<'a>>,
}

impl<'a> Account<'a> {
    /// From `userEvidence` or `mailboxEvidence`.
    pub(super) fn take_owner(members: &mut Members<'a>) -> Self {
        let mut account = members.part("userAccount", Self::take).unwrap_or_default();
        if account.mail_address.is_none() {
            account.mail_address = members.mail_address("primaryAddress").or_else(|| members.mail_address("upn"));
        }
        if account.display_name.is_none() {
            account.display_name = members.text("displayName");
        }
        account.named()
    }

    /// From a mailbox of Defender XDR or Azure.
    pub(super) fn take_mailbox(members: &mut Members<'a>) -> Self {
        let mut account = Self::take(members);
        for name in ["mailboxPrimaryAddress", "mailboxAddress", "upn"] {
            if account.mail_address.is_none() {
                account.mail_address = members.mail_address(name);
            }
        }
        if account.display_name.is_none() {
            account.display_name = members.text("mailboxDisplayName");
        }
        account.named()
    }

    /// From an `account` of Azure, whose principal name is in two pieces.
    pub(super) fn take_azure(members: &mut Members<'a>) -> Self {
        let pieces = (members.peek_text("name"), members.peek_text("upnSuffix"));
        let whole = match pieces {
            (Some(name), Some(suffix)) => Some(format!("{name}@{suffix}")).filter(|whole| is_mail_address(whole)),
            _ => None,
        };
        if whole.is_some() {
            members.text("upnSuffix");
        }
        let name = members.text("name");
        Self {
            mail_address: whole.map(Text::Owned).or_else(|| name.clone().filter(|name| is_mail_address(name))),
            name,
            domain: members.text("ntDomain"),
            sid: members.text("sid"),
            entra_id: members.text("aadUserId"),
            display_name: members.text("displayName"),
        }
        .named()
    }

    /// The account among other members that are no account; these stay when they name nobody.
    pub(super) fn take_here(members: &mut Members<'a>) -> Option<Self> {
        Some(Self::take(&mut members.clone())).filter(Self::is_somebody)?;
        Some(Self::take(members))
    }

    /// From a `userAccount`, or the same members in a flat shape.
    pub(super) fn take(members: &mut Members<'a>) -> Self {
        let mail_address = members.mail_address("userPrincipalName");
        let name = members.text("accountName");
        Self {
            name: name.or_else(|| members.text("userPrincipalName")),
            domain: members.text("domainName"),
            sid: members.text("userSid"),
            entra_id: members.text("azureAdUserId").or_else(|| members.text("aadUserId")),
            mail_address,
            display_name: members.text("displayName"),
        }
        .named()
    }

    /// From the members of a risk detection. Nothing is taken where they name nobody.
    pub(in crate::alert) fn take_risky(members: &mut Members<'a>) -> Self {
        let mail_address = members.mail_address("userPrincipalName");
        let name = if mail_address.is_none() { members.text("userPrincipalName") } else { None };
        let display_name = members.text("userDisplayName");
        Self { name, entra_id: members.text("userId"), mail_address, display_name, ..Self::default() }.named()
    }

    fn named(mut self) -> Self {
        if self.name.is_none() {
            self.name = self.mail_address.clone().or_else(|| self.display_name.clone());
        }
        self
    }

    /// Whether there is anything by which to tell this account from another.
    #[must_use]
    pub fn is_somebody(&self) -> bool {
        self.name.is_some() || self.sid.is_some() || self.entra_id.is_some()
    }
}

/// Somebody logged on.
#[derive(Debug, Clone)]
pub struct Session<'a> {
    pub id: Option<Text<'a>>,
    pub account: Option<Account<'a>>,
    /// Of a cloud session; it stays among the rest as well.
    pub user_agent: Option<Text<'a>>,
}

impl<'a> Session<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Self {
        Self {
            id: members.text("sessionId"),
            account: members.part("account", Account::take_owner).filter(Account::is_somebody),
            user_agent: members.peek_text("userAgent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_name_that_is_no_address_becomes_the_name_or_stays() {
        let read = |json: &str| {
            let json = serde_json::from_str::<Box<serde_json::value::RawValue>>(json).expect("JSON");
            let mut members = Members::read(&json).expect("an object");
            let account = Account::take(&mut members);
            let left: Vec<_> = members.left().map(|(name, _)| name.to_string()).collect();
            (account.name.map(Text::into_owned), account.mail_address.map(Text::into_owned), left)
        };
        let name = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(r#"{"userPrincipalName":"kim@corp.example"}"#),
            (name("kim@corp.example"), name("kim@corp.example"), vec![])
        );
        assert_eq!(read(r#"{"userPrincipalName":"kim"}"#), (name("kim"), None, vec![]));
        let both = read(r#"{"userPrincipalName":"kim x@corp","accountName":"kim"}"#);
        assert_eq!(both, (name("kim"), None, vec!["userPrincipalName".to_owned()]));
    }
}
