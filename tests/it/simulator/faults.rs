//! Each fault, seen from outside.
