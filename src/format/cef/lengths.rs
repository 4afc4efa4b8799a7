//! How long ArcSight's dictionary lets the values of the keys be that we write (the standard's document version 27).

/// Longest value of a key, in characters. Addresses, numbers and times are not in the table: they are never as long. ArcSight
/// keeps keys of others as additional data, which it gives no length; they get that of the longest strings.
pub fn longest(key: &str) -> usize {
    match key {
        "externalId" => 40,
        "act" => 63,
        "dvchost" => 100,
        "flexString1Label" | "flexString2Label" | "flexNumber1Label" => 128,
        "proto" => 31,
        "deviceExternalId" | "destinationDnsDomain" | "dntdom" | "fileHash" | "sntdom" | "sourceDnsDomain" => 255,
        "cat"
        | "deviceFacility"
        | "destinationServiceName"
        | "duid"
        | "duser"
        | "filePath"
        | "flexString1"
        | "flexString2"
        | "fname"
        | "msg"
        | "reason"
        | "request"
        | "requestClientApplication"
        | "shost"
        | "sourceServiceName"
        | "sproc"
        | "suid"
        | "suser" => 1023,
        _ => 4000,
    }
}
