//! The steps by which a finding gets shorter, each saying at most what the one before says.

use super::least::{least_alert, least_incident};
use super::order::Order;
use crate::alert::shortened::cut;
use crate::alert::{Alert, Finding, Incident, Shortened, Text};
use crate::format::Encoder;

/// How much of a finding is written. A step leaves out what those before it do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// No copy of the vendor's document.
    NoCopy,
    /// No members without a field, no comments, no recommended actions.
    NoExtras,
    /// So many pieces of evidence; of an incident, so many alerts inside.
    Pieces(usize),
    /// Fewer still, and no text of more than so many characters.
    Texts { pieces: usize, text: usize, title: usize },
    /// What tells the finding from others, how grave it is, when it was, and where to read on.
    Least,
}

/// Halving ends here: so much evidence mostly tells what happened, and few texts are longer than all of it.
const FEW: usize = 8;

/// Numbers, limits: from what people still read to what still tells one program, device or account from another (a SHA-256 in
/// hexadecimal has 64 characters).
const TEXTS: [Step; 4] = [
    Step::Texts { pieces: FEW, text: 4096, title: usize::MAX },
    Step::Texts { pieces: FEW, text: 1024, title: usize::MAX },
    Step::Texts { pieces: 4, text: 256, title: 256 },
    Step::Texts { pieces: 1, text: 80, title: 120 },
];

/// No format writes a piece of evidence in fewer octets, as far as it writes it at all.
const SHORTEST_PIECE: usize = 16;

/// The steps worth trying, in order. More room never means fewer of them before the first that fits, or that the first one
/// that fits says less.
pub fn steps(encoder: Encoder, finding: &Finding<'_>, room: usize) -> impl Iterator<Item = Step> {
    let (pieces, has_extras) = match finding {
        Finding::Alert(alert) => {
            let spare = !alert.extra.is_empty() || !alert.comments.is_empty() || alert.recommended_actions.is_some();
            (alert.evidence.len(), spare)
        }
        Finding::Incident(incident) => {
            let spare = !incident.extra.is_empty() || !incident.comments.is_empty() || incident.resolving_comment.is_some();
            (incident.alerts.len(), spare)
        }
    };
    let halves = std::iter::successors(Some(pieces), |pieces| (*pieces > FEW).then_some((pieces / 2).max(FEW)));
    let can_fit = move |pieces: &usize| encoder.format().is_json() && pieces * SHORTEST_PIECE > room && *pieces > FEW;
    let halves = halves.skip(1).skip_while(can_fit).map(Step::Pieces);
    let no_copy = writes_a_copy(encoder).then_some(Step::NoCopy);
    let no_extras = has_extras.then_some(Step::NoExtras);
    no_copy.into_iter().chain(no_extras).chain(halves).chain(TEXTS).chain([Step::Least])
}

fn writes_a_copy(encoder: Encoder) -> bool {
    match encoder {
        Encoder::Ocsf(options) => options.raw_data,
        Encoder::Ecs(options) => options.original,
        Encoder::Cef(_) | Encoder::Leef(_) | Encoder::Raw => false,
    }
}

/// A finding on its way to become shorter.
#[derive(Debug)]
pub struct Shorter<'f, 'a> {
    finding: &'f Finding<'a>,
    octets: usize,
    order: Order<'f, 'a>,
}

impl<'f, 'a> Shorter<'f, 'a> {
    /// `octets` is what the whole message would have.
    pub fn new(finding: &'f Finding<'a>, octets: usize) -> Self {
        Self { finding, octets, order: Order::new(finding) }
    }

    /// The finding, shortened by this step and those before it.
    pub fn by(&self, step: Step) -> Finding<'a> {
        match self.finding {
            Finding::Alert(alert) => Finding::Alert(Box::new(self.alert(alert, step))),
            Finding::Incident(incident) => Finding::Incident(Box::new(self.incident(incident, step))),
        }
    }

    fn mark(&self, left_out: usize, longest_text: usize) -> Shortened {
        Shortened { octets: self.octets, left_out, longest_text }
    }

    fn alert(&self, alert: &Alert<'a>, step: Step) -> Alert<'a> {
        let (pieces, text, title) = match step {
            Step::Least => return Alert { shortened: Some(self.mark(alert.evidence.len(), 0)), ..least_alert(alert) },
            Step::NoCopy => return Alert { shortened: Some(self.mark(0, usize::MAX)), ..alert.clone() },
            step => step.limits(),
        };
        let evidence = self.order.first(pieces, &alert.evidence);
        Alert {
            shortened: Some(self.mark(alert.evidence.len() - evidence.len(), text)),
            title: short(alert.title.as_ref(), title),
            description: short(alert.description.as_ref(), text),
            recommended_actions: None,
            comments: Vec::new(),
            extra: Vec::new(),
            evidence,
            ..alert.clone()
        }
    }

    fn incident(&self, incident: &Incident<'a>, step: Step) -> Incident<'a> {
        let (pieces, text, title) = match step {
            Step::Least => return Incident { shortened: Some(self.mark(incident.alerts.len(), 0)), ..least_incident(incident) },
            Step::NoCopy => return Incident { shortened: Some(self.mark(0, usize::MAX)), ..incident.clone() },
            step => step.limits(),
        };
        let alerts = self.order.first(pieces, &incident.alerts);
        Incident {
            shortened: Some(self.mark(incident.alerts.len() - alerts.len(), text)),
            title: short(incident.title.as_ref(), title),
            description: short(incident.description.as_ref(), text),
            summary: short(incident.summary.as_ref(), text),
            resolving_comment: None,
            comments: Vec::new(),
            extra: Vec::new(),
            alerts,
            ..incident.clone()
        }
    }
}

impl Step {
    /// How many pieces are kept, and how long texts and the title may be.
    fn limits(self) -> (usize, usize, usize) {
        match self {
            Step::NoCopy | Step::NoExtras => (usize::MAX, usize::MAX, usize::MAX),
            Step::Pieces(pieces) => (pieces, usize::MAX, usize::MAX),
            Step::Texts { pieces, text, title } => (pieces, text, title),
            Step::Least => (0, 0, 0),
        }
    }
}

fn short<'a>(text: Option<&Text<'a>>, longest: usize) -> Option<Text<'a>> {
    text.map(|text| cut(text.clone(), longest))
}
