//! `kafka`: one record a message, acknowledged by the brokers.
