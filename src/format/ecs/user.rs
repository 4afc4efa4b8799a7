//! `user.*`, `group.*` and `user_agent.*`: who it was.

use super::field::groups;
use super::related::Related;
use crate::alert::Text;
use crate::alert::evidence as vendor;

groups! {
    User {
        id: Option<Text<'a>>,
        name: Option<Text<'a>>,
        domain: Option<Text<'a>>,
        full_name: Option<Text<'a>>,
        email: Option<Text<'a>>,
    }

    /// `process.user`: ECS has no more of it.
    Owner {
        id: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    Group {
        id: Option<Text<'a>>,
        name: Option<Text<'a>>,
    }

    UserAgent {
        original: Option<Text<'a>>,
    }
}

pub fn user<'a>(account: vendor::Account<'a>, related: &mut Related<'a>) -> User<'a> {
    related.add_users([&account.name, &account.mail_address, &account.sid, &account.entra_id]);
    User {
        id: account.sid.or(account.entra_id),
        name: account.name,
        domain: account.domain,
        full_name: account.display_name,
        email: account.mail_address,
    }
}

impl<'a> User<'a> {
    /// Takes over what another mention of the same account knows beyond this one.
    pub fn complete(&mut self, that: User<'a>) {
        let same = |one: Option<&str>, other: Option<&str>| one.zip(other).map(|(one, other)| one.eq_ignore_ascii_case(other));
        let same_name = same(self.name.as_deref(), that.name.as_deref()) == Some(true);
        if same_name && same(self.domain.as_deref(), that.domain.as_deref()) == Some(true) {
            self.id = self.id.take().or(that.id);
            self.full_name = self.full_name.take().or(that.full_name);
            self.email = self.email.take().or(that.email);
        }
    }
}

pub fn owner<'a>(account: vendor::Account<'a>, related: &mut Related<'a>) -> Owner<'a> {
    let user = user(account, related);
    Owner { id: user.id, name: user.name }
}

#[cfg(test)]
mod tests {
    use super::User;

    #[test]
    fn only_the_same_account_completes_another() {
        for (name, domain, taken) in
            [("KIM", Some("corp"), true), ("kim", Some("lab"), false), ("kim", None, false), ("pat", Some("corp"), false)]
        {
            let mut user = User { name: Some("kim".into()), domain: Some("CORP".into()), ..User::default() };
            let that =
                User { name: Some(name.into()), domain: domain.map(Into::into), id: Some("S-1".into()), ..User::default() };
            user.complete(that);
            assert_eq!(user.id.is_some(), taken, "{name} {domain:?}");
        }
    }
}
