//! Asks at a terminal for what was not typed.

use std::io::{self, BufRead, Write};

use super::Refused;
use super::newcomer::Newcomer;
use crate::config::Named;
use crate::source::FeedKind;

/// Fills in what is missing. What has a default may be left empty.
///
/// # Errors
/// When the answers end early.
pub(super) fn fill_in(
    newcomer: &mut Newcomer,
    named: &Named,
    answers: &mut impl BufRead,
    screen: &mut impl Write,
) -> Result<(), Refused> {
    let mut talk = Talk { answers, screen };
    talk.need(&mut newcomer.name, "Our name for the tenant (lower case letters, digits, - and _)")?;
    talk.need(&mut newcomer.tenant_id, "Its tenant ID (a GUID; Entra admin center, Overview)")?;
    if newcomer.customer.is_none() {
        newcomer.customer = talk.may("The customer's name for people", "the name")?;
    }
    let apps: Vec<&str> = named.apps.keys().map(String::as_str).collect();
    match &apps[..] {
        [only] if newcomer.app.is_empty() => {
            newcomer.app = talk.may(&format!("The app that signs in ({only})"), only)?.unwrap_or_else(|| (*only).to_owned());
        }
        _ => talk.need(&mut newcomer.app, &format!("The app that signs in ({})", apps.join(", ")))?,
    }
    if newcomer.cloud.is_none() {
        let clouds: Vec<&str> = named.clouds.keys().map(String::as_str).collect();
        newcomer.cloud = talk.may(&format!("Its cloud ({})", clouds.join(", ")), "that of [defaults]")?;
    }
    if newcomer.feeds.is_empty() {
        let feeds = FeedKind::ALL.map(|(_, name)| name).join(", ");
        newcomer.feeds = list(talk.may(&format!("Feeds, with commas ({feeds})"), "those of [defaults]")?);
    }
    if newcomer.sinks.is_empty() {
        let sinks = named.sinks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        newcomer.sinks = list(talk.may(&format!("Sinks, with commas ({sinks})"), "those of [defaults]")?);
    }
    Ok(())
}

struct Talk<'a, R, W> {
    answers: &'a mut R,
    screen: &'a mut W,
}

impl<R: BufRead, W: Write> Talk<'_, R, W> {
    /// Asks until there is an answer, unless there is one already.
    fn need(&mut self, place: &mut String, question: &str) -> Result<(), Refused> {
        while place.is_empty() {
            *place = self.ask(&format!("{question}: "))?;
        }
        Ok(())
    }

    fn may(&mut self, question: &str, otherwise: &str) -> Result<Option<String>, Refused> {
        let answer = self.ask(&format!("{question} [Enter: {otherwise}]: "))?;
        Ok((!answer.is_empty()).then_some(answer))
    }

    fn ask(&mut self, question: &str) -> Result<String, Refused> {
        let ended = |error: io::Error| Refused::mistake(format!("No tenant was added: {error}."));
        self.screen.write_all(question.as_bytes()).and_then(|()| self.screen.flush()).map_err(ended)?;
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) => Err(Refused::mistake("\nNo tenant was added: the answers ended.")),
            Ok(_) => Ok(line.trim().to_owned()),
            Err(error) => Err(ended(error)),
        }
    }
}

fn list(answer: Option<String>) -> Vec<String> {
    let answer = answer.unwrap_or_default();
    answer.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use secrecy::SecretString;

    use super::{Newcomer, fill_in};
    use crate::config::Named;
    use crate::secret::Secret;
    use crate::source::entra::{App, Credential};

    fn named(apps: &[&str]) -> Named {
        let app = |name: &str| App {
            name: name.to_owned(),
            client_id: "1".to_owned(),
            credential: Credential::Secret(Secret::Plain(SecretString::from("s"))),
            home_tenant: None,
        };
        let apps = apps.iter().map(|name| ((*name).to_owned(), Arc::new(app(name)))).collect();
        Named { apps, clouds: BTreeMap::new(), sinks: vec!["siem".into(), "soc".into()] }
    }

    #[test]
    fn only_what_is_missing_is_asked_and_what_is_needed_is_asked_again() {
        let mut newcomer = Newcomer { name: "contoso".into(), cloud: Some("gcc".into()), ..Newcomer::default() };
        let mut screen = Vec::new();
        let mut answers = "\n 1111 \nContoso Ltd\n\n\nsiem, soc,\n".as_bytes();
        fill_in(&mut newcomer, &named(&["main"]), &mut answers, &mut screen).unwrap();
        let expected = Newcomer {
            name: "contoso".into(),
            tenant_id: "1111".into(),
            customer: Some("Contoso Ltd".into()),
            app: "main".into(),
            cloud: Some("gcc".into()),
            sinks: vec!["siem".into(), "soc".into()],
            ..Newcomer::default()
        };
        assert_eq!(newcomer, expected);
        let screen = String::from_utf8(screen).unwrap();
        assert_eq!(screen.matches("tenant ID").count(), 2, "{screen}");
        assert!(!screen.contains("Our name") && !screen.contains("Its cloud") && screen.contains("(siem, soc)"), "{screen}");
    }

    #[test]
    fn answers_that_end_early_add_nothing() {
        let mut newcomer = Newcomer::default();
        let refused = fill_in(&mut newcomer, &named(&["a", "b"]), &mut "contoso\n".as_bytes(), &mut Vec::new()).unwrap_err();
        assert!(refused.words.contains("the answers ended"), "{}", refused.words);
    }
}
