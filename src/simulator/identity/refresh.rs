//! Refresh tokens: each use gives a new one; the old one goes on working.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long one lasts without being used.
const LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Whose they are: bound to a user and an app, to no tenant and no resource.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    client_id: String,
    user: String,
    expires: Timestamp,
    revoked: bool,
}

/// The refresh tokens that were given out.
#[derive(Default)]
pub struct RefreshTokens {
    given: HashMap<String, Bound>,
}

impl RefreshTokens {
    /// A new one.
    pub fn issue(&mut self, client_id: &str, user: &str, now: Timestamp) -> String {
        let text = format!("1.SimulatedRefresh.{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let bound = Bound { client_id: client_id.to_owned(), user: user.to_owned(), expires: now + LIFE, revoked: false };
        self.given.insert(text.clone(), bound);
        text
    }

    /// The user and a new token, or the AADSTS number of what is wrong with this one.
    pub fn exchange(&mut self, client_id: &str, text: &str, now: Timestamp) -> Result<(String, String), u32> {
        let bound = self.given.get(text).filter(|bound| bound.client_id == client_id).ok_or(70_000_u32)?;
        if bound.revoked {
            return Err(50_173);
        }
        if bound.expires <= now {
            return Err(700_082);
        }
        let user = bound.user.clone();
        let fresh = self.issue(client_id, &user, now);
        Ok((user, fresh))
    }

    /// Ends all of an app, as an administrator does who revokes the user's sessions.
    pub fn revoke(&mut self, client_id: &str) {
        self.of(client_id).for_each(|bound| bound.revoked = true);
    }

    /// Lets all of an app be unused for too long.
    pub fn expire(&mut self, client_id: &str, now: Timestamp) {
        self.of(client_id).for_each(|bound| bound.expires = now);
    }

    /// The same for a single one.
    pub fn expire_one(&mut self, text: &str, now: Timestamp) {
        self.given.get_mut(text).into_iter().for_each(|bound| bound.expires = now);
    }

    fn of(&mut self, client_id: &str) -> impl Iterator<Item = &mut Bound> {
        self.given.values_mut().filter(move |bound| bound.client_id == client_id)
    }
}

#[cfg(test)]
mod tests {
    use super::{LIFE, RefreshTokens, Timestamp};

    #[test]
    fn each_use_gives_a_new_one_and_both_work_until_they_end() {
        let now: Timestamp = "2026-03-02T07:00:00Z".parse().unwrap();
        let mut tokens = RefreshTokens::default();
        let first = tokens.issue("app", "ann", now);
        let (user, second) = tokens.exchange("app", &first, now).unwrap();
        assert_eq!(user, "ann");
        assert_ne!(first, second);
        assert!(tokens.exchange("app", &first, now).is_ok());
        assert_eq!(tokens.exchange("other", &first, now), Err(70_000));
        assert_eq!(tokens.exchange("app", "nonsense", now), Err(70_000));
        assert_eq!(tokens.exchange("app", &first, now + LIFE), Err(700_082));
        tokens.revoke("other");
        assert!(tokens.exchange("app", &second, now).is_ok());
        tokens.revoke("app");
        assert_eq!(tokens.exchange("app", &second, now), Err(50_173));
    }
}
