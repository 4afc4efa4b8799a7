//! Evidence in the flat shape of the Defender APIs: one set of members for all types, null where they do not apply.

use serde_json::{Map, Value, json};

use super::alert::{pascal, type_of};

/// What both APIs have, by the JSON pointers into Graph's evidence where the value is found.
const COMMON: &[(&str, &[&str])] = &[
    ("sha1", &["/imageFile/sha1", "/fileDetails/sha1"]),
    ("sha256", &["/imageFile/sha256", "/fileDetails/sha256"]),
    ("fileName", &["/imageFile/fileName", "/fileDetails/fileName"]),
    ("filePath", &["/imageFile/filePath", "/fileDetails/filePath"]),
    ("processId", &["/processId"]),
    ("processCommandLine", &["/processCommandLine"]),
    ("processCreationTime", &["/processCreationDateTime"]),
    ("parentProcessId", &["/parentProcessId"]),
    ("parentProcessCreationTime", &["/parentProcessCreationDateTime"]),
    ("ipAddress", &["/ipAddress"]),
    ("url", &["/url"]),
    ("registryKey", &["/registryKey"]),
    ("registryHive", &["/registryHive"]),
    ("registryValueType", &["/registryValueType"]),
    ("registryValue", &["/registryValue"]),
    ("accountName", &["/userAccount/accountName"]),
    ("domainName", &["/userAccount/domainName"]),
    ("userSid", &["/userAccount/userSid"]),
    ("aadUserId", &["/userAccount/azureAdUserId"]),
    ("userPrincipalName", &["/userAccount/userPrincipalName"]),
];

const MDE: &[(&str, &[&str])] = &[
    ("evidenceCreationTime", &["/createdDateTime"]),
    ("parentProcessFileName", &["/parentProcessImageFile/fileName"]),
    ("parentProcessFilePath", &["/parentProcessImageFile/filePath"]),
];

const XDR: &[(&str, &[&str])] = &[
    ("mailboxDisplayName", &["/displayName"]),
    ("mailboxAddress", &["/primaryAddress"]),
    ("clusterBy", &["/clusterBy"]),
    ("sender", &["/p2Sender/emailAddress"]),
    ("recipient", &["/recipientEmailAddress"]),
    ("subject", &["/subject"]),
    ("deliveryAction", &["/deliveryAction"]),
    ("securityGroupId", &["/securityGroupId"]),
    ("securityGroupName", &["/securityGroupName"]),
    ("deviceId", &["/mdeDeviceId"]),
];

/// The type's name at Defender for Endpoint; `None` where that API has no such evidence.
fn mde_type(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "user" => "User",
        "process" => "Process",
        "file" => "File",
        "ip" => "Ip",
        "url" => "Url",
        "registryValue" | "registryKey" => "Registry",
        _ => return None,
    })
}

fn xdr_type(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "mailbox" => "MailBox",
        "analyzedMessage" => "MailMessage",
        "mailCluster" => "MailCluster",
        other => return mde_type(other),
    })
}

/// An element of `evidence` at Defender for Endpoint.
pub fn mde(piece: &Value) -> Option<Value> {
    let mut entity = flat(piece, mde_type(type_of(piece))?, MDE);
    entity
        .insert("detectionStatus".to_owned(), piece["detectionStatus"].as_str().map_or(Value::Null, |word| pascal(word).into()));
    Some(Value::Object(entity))
}

/// An element of `entities` at Defender XDR.
pub fn xdr(piece: &Value) -> Option<Value> {
    let name = xdr_type(type_of(piece))?;
    let mut entity = flat(piece, name, XDR);
    // Only a mailbox has a name of its own here.
    if name != "MailBox" {
        entity.insert("mailboxDisplayName".to_owned(), Value::Null);
    }
    Some(Value::Object(entity))
}

fn flat(piece: &Value, name: &str, own: &[(&str, &[&str])]) -> Map<String, Value> {
    let mut entity = Map::new();
    entity.insert("entityType".to_owned(), json!(name));
    for (key, pointers) in COMMON.iter().chain(own) {
        let found = pointers.iter().find_map(|pointer| piece.pointer(pointer));
        entity.insert((*key).to_owned(), found.cloned().unwrap_or_default());
    }
    entity
}
