//! `file`: one line a message, appended to a file or to standard output.
