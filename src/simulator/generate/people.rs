//! Names, hosts, addresses and hashes of the made-up companies, with letters from many scripts.

use fastrand::Rng;
use std::fmt::Write as _;

/// Account name, display name.
const USERS: &[(&str, &str)] = &[
    ("kim", "Kim Park"),
    ("zoe", "Zoë Ångström"),
    ("tanaka", "田中 美咲"),
    ("obrien", "Seán O'Brien"),
    ("olga", "Ольга Иванова"),
    ("mueller", "Jürgen Müller"),
    ("layla", "ليلى حداد"),
    ("svc-backup", "Backup Service \\ nightly"),
];

const HOSTS: &[&str] = &["ws", "srv-file", "dc", "laptop", "kiosk", "mac"];

/// Somebody with an account.
#[derive(Debug)]
pub struct User {
    pub account: &'static str,
    pub display: &'static str,
    pub upn: String,
    pub sid: String,
    pub object_id: String,
}

pub fn user(rng: &mut Rng) -> User {
    let (account, display) = USERS[rng.usize(..USERS.len())];
    User {
        account,
        display,
        upn: format!("{account}@corp.example"),
        sid: format!("S-1-5-21-{}-{}-{}-{}", rng.u32(..), rng.u32(..), rng.u32(..), rng.u32(1000..9999)),
        object_id: super::guid(rng),
    }
}

pub fn host(rng: &mut Rng) -> String {
    format!("{}-{:02}", HOSTS[rng.usize(..HOSTS.len())], rng.u8(1..60))
}

/// An address of the ranges that are kept for documentation.
pub fn outside_address(rng: &mut Rng) -> String {
    if rng.u8(..5) == 0 { format!("2001:db8::{:x}", rng.u16(1..)) } else { format!("203.0.113.{}", rng.u8(1..255)) }
}

pub fn inside_address(rng: &mut Rng) -> String {
    format!("10.{}.{}.{}", rng.u8(..4), rng.u8(..), rng.u8(1..255))
}

/// `bytes` random bytes in hexadecimal.
pub fn hex(rng: &mut Rng, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes * 2);
    for _ in 0..bytes {
        write!(text, "{:02x}", rng.u8(..)).expect("a string takes all writes");
    }
    text
}
