//! What strangers could do, and what stops them: the tests that SECURITY.md names.

mod asking;
mod hostile_words;
mod privacy;
mod proof;
mod reach;
mod strain;
