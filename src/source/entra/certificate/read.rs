//! Certificate and key out of PEM or PFX (PKCS#12), and whether they belong together.

use openssl::base64;
use openssl::error::ErrorStack;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::X509;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

/// Entra takes RSA keys of at least this many bits.
const LEAST_BITS: u32 = 2048;

const NO_PASSPHRASE: &str = "it is protected by a passphrase; name it as `passphrase`";
const WRONG_PASSPHRASE: &str = "the passphrase does not open it, or the file is damaged";
/// OpenSSL 3 has put the ciphers of older exports aside.
const OLD_CIPHER: &str = "it is enciphered in a way that is no longer taken (RC2-40, of older exports); convert it with \
    `openssl pkcs12 -legacy -in OLD.pfx -out BOTH.pem`, or export it anew with AES256-SHA256";

/// The certificate and the private key that belongs to it. `place` holds both, or the certificate only where `key` is given.
pub(super) fn pair(
    place: &SecretSlice<u8>,
    key: Option<&SecretSlice<u8>>,
    passphrase: Option<&SecretString>,
) -> Result<(X509, Rsa<Private>), String> {
    drop(ErrorStack::get()); // what an earlier call left on this thread would be taken for this one's
    let passphrase = passphrase.map(ExposeSecret::expose_secret);
    // OpenSSL takes it as a C string, and its wrapper would panic, quoting it.
    if passphrase.is_some_and(|text| text.contains('\0')) {
        return Err("the passphrase holds a zero byte, which none can".to_owned());
    }
    let bytes = place.expose_secret();
    let (certificates, beside) = if is_pem(bytes) {
        let certificates = X509::stack_from_pem(bytes).map_err(|_| "it is PEM, but a certificate in it is damaged".to_owned())?;
        let beside = if key.is_none() { Some(pem_key(bytes, passphrase)?) } else { None };
        (certificates, beside)
    } else {
        pfx(bytes, passphrase)?
    };
    if certificates.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    let key = match (key, beside) {
        (Some(key), _) => pem_key(key.expose_secret(), passphrase).map_err(|problem| format!("`key`: {problem}"))?,
        (None, Some(key)) => key,
        (None, None) => return Err("there is no private key in it; add it, or name it as `key`".to_owned()),
    };
    let rsa = rsa(&key)?;
    // A file may hold the whole chain, in any order.
    let own = |certificate: &X509| certificate.public_key().is_ok_and(|public| public.public_eq(&key));
    let certificate = certificates.into_iter().find(own).ok_or("the private key does not belong to the certificate")?;
    Ok((certificate, rsa))
}

fn is_pem(bytes: &[u8]) -> bool {
    contains(bytes, b"-----BEGIN ")
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

fn pem_key(bytes: &[u8], passphrase: Option<&str>) -> Result<PKey<Private>, String> {
    if !contains(bytes, b"PRIVATE KEY-----") {
        return Err("there is no private key in it as PEM; add it, or name it as `key`".to_owned());
    }
    let enciphered = contains(bytes, b"BEGIN ENCRYPTED PRIVATE KEY") || contains(bytes, b"Proc-Type: 4,ENCRYPTED");
    if enciphered && passphrase.is_none() {
        return Err(NO_PASSPHRASE.to_owned());
    }
    // Never without one: OpenSSL would ask the terminal.
    PKey::private_key_from_pem_passphrase(bytes, passphrase.unwrap_or_default().as_bytes()).map_err(|error| {
        if !enciphered {
            "its private key is damaged".to_owned()
        } else if unsupported(&error) {
            OLD_CIPHER.to_owned()
        } else {
            WRONG_PASSPHRASE.to_owned()
        }
    })
}

fn pfx(bytes: &[u8], passphrase: Option<&str>) -> Result<(Vec<X509>, Option<PKey<Private>>), String> {
    const NEITHER: &str = "it is neither PEM nor PFX (PKCS#12)";
    // Key vaults hand a PFX out as base64.
    let decoded = std::str::from_utf8(bytes).ok().map(|text| text.split_ascii_whitespace().collect::<String>());
    let decoded = decoded.and_then(|text| base64::decode_block(&text).ok()).map(SecretSlice::from);
    let bytes = decoded.as_ref().map_or(bytes, ExposeSecret::expose_secret);
    let file = Pkcs12::from_der(bytes).map_err(|_| NEITHER)?;
    let parsed = file.parse2(passphrase.unwrap_or_default()).map_err(|error| {
        if unsupported(&error) {
            OLD_CIPHER
        } else if passphrase.is_none() {
            NO_PASSPHRASE
        } else {
            WRONG_PASSPHRASE
        }
    })?;
    let chain = parsed.ca.into_iter().flatten();
    Ok((parsed.cert.into_iter().chain(chain).collect(), parsed.pkey))
}

fn rsa(key: &PKey<Private>) -> Result<Rsa<Private>, String> {
    if key.id() != Id::RSA {
        return Err("its key is not an RSA key, the only kind that Entra takes here".to_owned());
    }
    if key.bits() < LEAST_BITS {
        return Err(format!("its RSA key has {} bits; Entra takes {LEAST_BITS} or more", key.bits()));
    }
    key.rsa().map_err(|_| "its private key is damaged".to_owned())
}

fn unsupported(error: &ErrorStack) -> bool {
    error.errors().iter().any(|one| one.reason().is_some_and(|reason| reason.contains("unsupported")))
}

#[cfg(test)]
mod tests {
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use secrecy::{SecretSlice, SecretString};

    use super::pair;
    use crate::source::entra::certificate::forge;

    fn read(place: &[u8], key: Option<&[u8]>, passphrase: Option<&str>) -> Result<Vec<u8>, String> {
        let secret = |bytes: &[u8]| SecretSlice::from(bytes.to_vec());
        let pair = pair(&secret(place), key.map(secret).as_ref(), passphrase.map(SecretString::from).as_ref());
        pair.map(|(certificate, _)| certificate.to_der().unwrap())
    }

    #[test]
    fn pem_and_pfx_give_the_same_certificate_however_they_are_packed() {
        let forged = forge::rsa(2048);
        let other = forge::rsa(2048);
        let der = forged.x509.to_der().unwrap();
        let certificate = forged.certificate_pem();
        let pkcs1 = forged.key.rsa().unwrap().private_key_to_pem().unwrap();
        let enciphered = forged.key_pem_under("pass wörd");
        let chain = [other.certificate_pem(), forged.key_pem(), certificate.clone()].concat();
        let pfx = forged.pfx("pass wörd");
        let base64 = format!("{}\n", openssl::base64::encode_block(&pfx));
        for (what, place, key, passphrase) in [
            ("both in one file", forged.both(), None, None),
            ("the key first, and another certificate before", chain, None, None),
            ("the key as PKCS#1", [certificate.clone(), pkcs1].concat(), None, None),
            ("the key apart", certificate.clone(), Some(forged.key_pem()), None),
            ("the key enciphered", [certificate.clone(), enciphered.clone()].concat(), None, Some("pass wörd")),
            ("the key apart and enciphered", certificate, Some(enciphered), Some("pass wörd")),
            ("a needless passphrase", forged.both(), None, Some("other")),
            ("PFX", pfx, None, Some("pass wörd")),
            ("PFX as base64", base64.into_bytes(), None, Some("pass wörd")),
            ("PFX without a passphrase", forged.pfx(""), None, None),
        ] {
            assert_eq!(read(&place, key.as_deref(), passphrase).as_ref(), Ok(&der), "{what}");
        }
    }

    /// Made by `openssl pkcs12 -export -legacy`, as Windows did for decades; its key is of no use to anybody.
    #[test]
    fn an_export_with_ciphers_of_old_is_told_apart_with_the_command_that_converts_it() {
        let old = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/certificates/rc2-40.pfx"));
        let problem = read(old, None, Some("x")).unwrap_err();
        assert!(problem.contains("RC2-40") && problem.contains("openssl pkcs12 -legacy"), "{problem}");
    }

    #[test]
    fn what_cannot_be_used_is_refused_in_words_that_say_why() {
        let (forged, other) = (forge::rsa(2048), forge::rsa(2048));
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let elliptic = forge::of(PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap(), 0, 90);
        let certificate = forged.certificate_pem();
        let enciphered = [certificate.clone(), forged.key_pem_under("hunter2")].concat();
        let (both, pfx) = (forged.both(), forged.pfx("hunter2"));
        let damaged = String::from_utf8(both.clone())
            .unwrap()
            .replace("-----BEGIN PRIVATE KEY-----\nMII", "-----BEGIN PRIVATE KEY-----\nAAA");
        for (place, key, passphrase, words) in [
            (b"hello".to_vec(), None, None, "neither PEM nor PFX"),
            (pfx[..200].to_vec(), None, Some("hunter2"), "neither PEM nor PFX"),
            (certificate.clone(), None, None, "no private key"),
            (forged.key_pem(), None, None, "no certificate"),
            (damaged.into_bytes(), None, None, "private key is damaged"),
            (enciphered.clone(), None, None, "protected by a passphrase"),
            (enciphered, None, Some("wr0ng"), "does not open it"),
            (pfx.clone(), None, None, "protected by a passphrase"),
            (pfx.clone(), None, Some("wr0ng"), "does not open it"),
            (pfx, None, Some("hunter2\0x"), "zero byte"),
            ([certificate.clone(), other.key_pem()].concat(), None, None, "does not belong"),
            (certificate.clone(), Some(other.key_pem()), None, "does not belong"),
            (certificate.clone(), Some(certificate), None, "`key`: there is no private key"),
            (forge::rsa(1024).both(), None, None, "1024 bits"),
            (elliptic.both(), None, None, "not an RSA key"),
        ] {
            let problem = read(&place, key.as_deref(), passphrase).expect_err(words);
            assert!(problem.contains(words), "{words}: {problem}");
            assert!(!problem.contains("hunter2") && !problem.contains("wr0ng"), "{problem}");
        }
    }
}
