//! Which certificates of a receiver are believed.

use alertferry::sink::settings::Tls;
use rcgen::{BasicConstraints, IsCa, date_time_ymd};

use super::peer::Receiver;
use super::{Desk, assert_refused, assert_sent};
use crate::support::authority::Authority;

#[tokio::test]
async fn a_certificate_for_the_address_or_the_set_name_is_believed() {
    let desk = Desk::new();
    for (names, server_name) in [
        (["127.0.0.1", "other.example"], None),
        (["siem.example", "other.example"], Some("siem.example")),
        (["*.contoso.example", "other.test"], Some("siem.contoso.example")),
        (["127.0.0.1", "other.example"], Some("[127.0.0.1]")),
    ] {
        let pair = desk.authority.issue(&names);
        let settings = Tls { server_name: server_name.map(str::to_owned), ..desk.trusting() };
        assert_sent(&settings, &Receiver::new(&pair).listen().await).await;
    }
}

#[tokio::test]
async fn a_wrong_name_is_refused_and_the_right_ones_are_told() {
    let desk = Desk::new();
    for (names, server_name, reason) in [
        (&["siem.example", "10.1.2.3"][..], None, "its certificate is not for 127.0.0.1 but for siem.example, 10.1.2.3: "),
        (&["siem.example"], Some("soc.example"), "its certificate is not for soc.example but for siem.example: "),
        (&["*.c.example"], Some("deep.siem.c.example"), "its certificate is not for deep.siem.c.example but for *.c.example: "),
        (&["s*.c.example"], Some("siem.c.example"), "its certificate is not for siem.c.example but for s*.c.example: "),
        (&[], Some("siem.example"), "its certificate has no name, so it is not known to be siem.example's: "),
    ] {
        let pair = desk.authority.issue(names);
        let settings = Tls { server_name: server_name.map(str::to_owned), ..desk.trusting() };
        assert_refused(&settings, &Receiver::new(&pair).listen().await, reason).await;
    }
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_refused_and_its_time_told() {
    let desk = Desk::new();
    let expired = desk.authority.issue_changed(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2024, 2, 29));
    let peer = Receiver::new(&expired).listen().await;
    assert_refused(&desk.trusting(), &peer, "its certificate expired at 2024-02-29T00:00:00Z: ").await;

    let early = desk.authority.issue_changed(&["127.0.0.1"], |params| params.not_before = date_time_ymd(3024, 2, 29));
    let peer = Receiver::new(&early).listen().await;
    assert_refused(&desk.trusting(), &peer, "its certificate is not valid before 3024-02-29T00:00:00Z: ").await;
}

#[tokio::test]
async fn an_unknown_authority_is_refused_and_named() {
    let desk = Desk::new();
    let pair = Authority::new("Fabrikam Root").issue(&["127.0.0.1"]);
    let peer = Receiver::new(&pair).listen().await;
    let told = assert_refused(&desk.trusting(), &peer, "its certificate was issued by CN=Fabrikam Root, for which no").await;
    assert!(told.contains("ca.pem vouches: add that authority's certificate"), "{told}");

    // Of the same name, with another key.
    let pair = Authority::new("Contoso Root").issue(&["127.0.0.1"]);
    let peer = Receiver::new(&pair).listen().await;
    assert_refused(&desk.trusting(), &peer, "its certificate was issued by CN=Contoso Root, for which no").await;

    let settings = Tls { ca: None, ..desk.trusting() };
    let told = assert_refused(&settings, &peer, "its certificate was issued by CN=Contoso Root, which this system").await;
    assert!(told.contains("set tls.ca to a PEM file"), "{told}");
}

#[tokio::test]
async fn the_certificate_of_an_authority_is_no_receivers() {
    let desk = Desk::new();
    let pair = desk.authority.issue_changed(&["127.0.0.1"], |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let peer = Receiver::new(&pair).listen().await;
    assert_refused(&desk.trusting(), &peer, "its certificate is that of an authority (CA:TRUE)").await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_believed_when_it_is_trusted_itself() {
    let desk = Desk::new();
    let pair = Authority::none(&["127.0.0.1"]);
    let peer = Receiver::new(&pair).listen().await;
    assert_refused(&desk.trusting(), &peer, "its certificate was issued by CN=self-signed, for which no").await;
    let ca = Some(pair.write(desk.folder.path(), "itself").0);
    assert_sent(&Tls { ca, ..desk.trusting() }, &peer).await;
}

#[tokio::test]
async fn authorities_are_read_anew_for_each_connection() {
    let desk = Desk::new();
    let settings = desk.trusting();
    let next = Authority::new("Contoso Root 2");
    let pair = next.issue(&["127.0.0.1"]);
    let peer = Receiver::new(&pair).listen().await;
    assert_refused(&settings, &peer, "its certificate was issued by CN=Contoso Root 2").await;
    next.write(desk.folder.path(), "ca.pem");
    assert_sent(&settings, &peer).await;
}
