//! Lines of the control socket, what a command asks of the daemon and what the daemon tells, and a feed's rhythm as it is kept.
#![no_main]

use alertferry::alarm::rhythm::Rhythm;
use alertferry::control::wire;

libfuzzer_sys::fuzz_target!(|line: &[u8]| {
    match wire::read_ask(line) {
        Ok(ask) => {
            let said = wire::line(&ask);
            assert_eq!(said.iter().position(|octet| *octet == b'\n'), Some(said.len() - 1), "not one line: {said:?}");
            assert_eq!(wire::read_ask(&said), Ok(ask));
        }
        Err(refusal) => assert!(refusal.contains("same version"), "{refusal}"),
    }
    // How much is done is a fraction, which may differ in its last digit.
    if let Ok(tell) = wire::read_tell(line) {
        assert!(wire::read_tell(&wire::line(&tell)).is_ok(), "{tell:?}");
    }
    if let Some(rhythm) = std::str::from_utf8(line).ok().and_then(Rhythm::from_text) {
        let kept = rhythm.to_text();
        assert_eq!(Rhythm::from_text(&kept).map(|rhythm| rhythm.to_text()), Some(kept));
    }
});
