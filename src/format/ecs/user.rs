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

pub fn owner<'a>(account: vendor::Account<'a>, related: &mut Related<'a>) -> Owner<'a> {
    let user = user(account, related);
    Owner { id: user.id, name: user.name }
}
