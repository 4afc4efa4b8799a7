//! What an alert points at: devices, users, files, processes, addresses and so on, decoded only where a format needs it.
