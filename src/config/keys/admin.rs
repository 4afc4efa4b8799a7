//! Keys of `[admin]`.

use super::{Group, key};

pub const ADMIN: Group = Group::new(
    "`[admin]`",
    &[&[
        key("listen", "address", "`\"127.0.0.1:9464\"`", "IP address and port of the admin endpoint."),
        key(
            "socket",
            "path",
            "`control.sock` in the ledger's folder",
            "The control socket, by which commands ask the daemon; at most 107 octets long.",
        ),
        key("token", "secret", "–", "What callers have to show, as a bearer or as a password: 16 characters or more."),
        key(
            "tls",
            "table",
            "–",
            "The endpoint's own certificate, and whose certificates are a proof; see TLS of the admin endpoint.",
        ),
        key("open", "flag", "`false`", "Whoever reaches an address that is not loopback may ask without a proof."),
        key(
            "hosts",
            "list of names",
            "–",
            "Names by which it may be asked, beside IP addresses and `localhost`, where no proof is needed.",
        ),
    ]],
);

pub const ADMIN_TLS: Group = Group {
    title: "TLS of the admin endpoint: `tls`",
    keys: &[&[
        key("certificate", "path", "required", "Its certificate: PEM, then those that vouch for it."),
        key("key", "secret", "the certificate's file", "Its private key: PEM, not encrypted."),
        key(
            "client_ca",
            "path",
            "–",
            "A PEM file of certificates; callers whose certificate one of them vouches for need no token.",
        ),
    ]],
    later: &[],
    hidden: true,
};
