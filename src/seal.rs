//! Keeps what this process holds and writes from other people on its machine.

use std::io;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// No core dump, whoever asks for one and however it is collected, and no look into this process's memory or environment by
/// programs of the same user: tokens and secrets are in both.
///
/// # Errors
/// When the operating system refuses; the process is then no worse off than any other.
pub fn process() -> io::Result<()> {
    // The limit speaks to the kernel that writes files; a collector behind a pipe is not bound by it, but gets nothing of a
    // process that is not dumpable.
    let limited = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(limited?)
}

/// Files made from now on are nobody's business beyond owner and group, whatever umask we were started with.
pub fn files() {
    let inherited = rustix::process::umask(Mode::RWXU | Mode::RWXG | Mode::RWXO);
    rustix::process::umask(inherited | Mode::WGRP | Mode::RWXO);
}

#[cfg(test)]
mod tests {
    use rustix::process::{DumpableBehavior, Resource};

    #[test]
    fn a_sealed_process_leaves_no_core_and_lets_nobody_look_in() {
        super::process().unwrap();
        assert_eq!(rustix::process::dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }
}
