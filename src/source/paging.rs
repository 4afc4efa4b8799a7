//! Walking through a window of last-update times, whatever the server does with pages: pure decisions, no I/O.
