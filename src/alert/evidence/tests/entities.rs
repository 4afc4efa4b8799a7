//! Entities of the other shapes: what they are told to be, and what of them is left.

use super::super::{Evidence, File, Shape, Thing};
use super::{left, raw};

/// Kind and main facts of what was read, in a word or two.
fn told(evidence: &Evidence<'_>) -> String {
    let text = |text: &Option<crate::alert::Text<'_>>| text.as_deref().unwrap_or("-").to_owned();
    match &evidence.thing {
        Thing::Device(device) => {
            format!("device {} {} {}", text(&device.mde_id), text(&device.dns_name), text(&device.host_name))
        }
        Thing::Account(account) => format!("account {} {}", text(&account.name), text(&account.mail_address)),
        Thing::File(file) => format!("file {} {}", file.path().unwrap_or_default(), file.hashes.len()),
        Thing::Process(process) => format!(
            "process {:?} {} {:?}",
            process.pid,
            process.image.as_ref().and_then(File::path).unwrap_or_default(),
            process.parent.as_ref().map(|parent| parent.pid)
        ),
        Thing::Address(address) => format!("address {} {}", address.ip, text(&address.country)),
        Thing::Connection(connection) => format!("connection {:?} {:?}", connection.source_port, connection.destination_port),
        Thing::Dns(dns) => format!("dns {} {:?}", dns.domain, dns.answer),
        Thing::Url(url) => format!("url {url}"),
        Thing::Message(message) => format!("message {} {:?} {:?}", text(&message.from), message.to, message.sender_ip),
        Thing::RegistryKey(key) => format!("key {}", key.path()),
        Thing::RegistryValue(value) => format!("value {} {}", value.key.path(), text(&value.name)),
        Thing::Session(session) => format!("session {}", text(&session.id)),
        Thing::CloudResource(resource) => format!("resource {} {}", resource.provider, text(&resource.id)),
        Thing::Application(application) => format!("application {}", text(&application.name)),
        Thing::Malware(malware) => format!("malware {}", malware.name),
        Thing::FileHash(hash) => format!("hash {:?} {}", hash.kind, hash.value),
        Thing::IotDevice(device) => format!("thing {}", text(&device.id)),
        Thing::Other => "other".to_owned(),
    }
}

#[test]
fn flat_evidence_is_told_by_its_entity_type() {
    for (json, expected, rest) in [
        (
            r#"{"entityType":"User","accountName":"kim","aadUserId":"5e","userPrincipalName":"kim@corp.example"}"#,
            "account kim kim@corp.example",
            vec![],
        ),
        (r#"{"entityType":"User","domainName":"CORP"}"#, "other", vec![]),
        (
            r#"{"entityType":"MailBox","mailboxAddress":"kim@corp.example","mailboxDisplayName":"Kim"}"#,
            "account kim@corp.example kim@corp.example",
            vec![],
        ),
        (
            r#"{"entityType":"File","fileName":"a.exe","filePath":"C:\\T","sha1":"AB","sha256":null,"detectionStatus":"Blocked"}"#,
            r"file C:\T\a.exe 1",
            vec![r#"detectionStatus="Blocked""#],
        ),
        (r#"{"entityType":"File","sha1":""}"#, "other", vec![]),
        (
            r#"{"entityType":"Process","processId":7,"fileName":"a.exe","parentProcessId":1,"parentProcessFileName":"b.exe","domainName":"CORP"}"#,
            "process Some(7)  Some(1)",
            vec![r#"domainName="CORP""#],
        ),
        (
            r#"{"entityType":"Process","processId":7,"parentProcessFileName":"b.exe"}"#,
            "process Some(7)  None",
            vec![r#"parentProcessFileName="b.exe""#],
        ),
        (r#"{"entityType":"Ip","ipAddress":"2001:DB8::7"}"#, "address 2001:db8::7 -", vec![]),
        (r#"{"entityType":"Url","url":"x"}"#, "url x", vec![]),
        (
            r#"{"entityType":"Registry","registryHive":"HKLM","registryKey":"S","registryValue":"v"}"#,
            r"key HKLM\S",
            vec![r#"registryValue="v""#],
        ),
        (r#"{"entityType":"Registry","registryKey":"S","registryValueName":"n"}"#, "value S n", vec![]),
        (
            r#"{"entityType":"MailMessage","sender":"a@b.example","recipient":"c@d.example","senderIp":"192.0.2.1","senderIP":"192.0.2.2"}"#,
            r#"message a@b.example ["c@d.example"] Some(192.0.2.1)"#,
            vec![r#"senderIP="192.0.2.2""#],
        ),
        (
            r#"{"mdatpDeviceId":"01","deviceDnsName":"ws.corp.example","healthStatus":"Active","version":"1"}"#,
            "device 01 ws.corp.example -",
            vec![r#"healthStatus="Active""#, r#"version="1""#],
        ),
        (r#"{"entityType":"SecurityGroup","securityGroupId":"S-1"}"#, "other", vec![]),
        (r#"{"url":"x"}"#, "other", vec![]),
    ] {
        let json = raw(json);
        let evidence = Evidence::decode(Shape::Flat, &json);
        assert_eq!(
            (told(&evidence).as_str(), left(&evidence)),
            (expected, rest.into_iter().map(str::to_owned).collect()),
            "{json}"
        );
    }
}

#[test]
fn entities_of_azure_are_told_by_type_or_kind() {
    for (json, expected, rest) in [
        (
            r#"{"type":"ip","$id":"1","address":"192.0.2.1","location":{"countryCode":"gb","asn":6584}}"#,
            "address 192.0.2.1 gb",
            vec![r#"$id="1""#, "location(asn=6584)"],
        ),
        (r#"{"type":"host","hostName":"vm","osFamily":"Linux","azureID":"/s"}"#, "device - - vm", vec![r#"azureID="/s""#]),
        (r#"{"type":"account","name":"kim","upnSuffix":"corp.example"}"#, "account kim kim@corp.example", vec![]),
        (r#"{"type":"account","name":"k m","upnSuffix":"corp.example"}"#, "account k m -", vec![r#"upnSuffix="corp.example""#]),
        (r#"{"type":"account","isDomainJoined":false}"#, "other", vec![]),
        (
            r#"{"type":"process","processId":"0x1f4","imageFile":{"name":"sh","directory":"/bin"},"parentProcess":{"processId":"311","x":1},"host":{"$ref":"9"}}"#,
            "process Some(500) /bin/sh Some(311)",
            vec!["parentProcess(x=1)", r#"host={"$ref":"9"}"#],
        ),
        (
            r#"{"type":"process","processId":"one","imageFile":{"$ref":"2"}}"#,
            "process None  None",
            vec![r#"processId="one""#, r#"imageFile($ref="2")"#],
        ),
        (
            r#"{"type":"file","name":"a","fileHashes":[{"algorithm":"SHA1","value":"AB"},{"$ref":"3"}]}"#,
            "file  1",
            vec![r#"fileHashes=[{"algorithm":"SHA1","value":"AB"},{"$ref":"3"}]"#],
        ),
        (r#"{"type":"filehash","algorithm":"MD5","value":"AB"}"#, "hash Md5 ab", vec![]),
        (
            r#"{"type":"dns","domainName":"x.example","ipAddresses":[{"address":"192.0.2.1"}]}"#,
            "dns x.example Some(192.0.2.1)",
            vec![r#"ipAddresses=[{"address":"192.0.2.1"}]"#],
        ),
        (
            r#"{"type":"network-connection","sourceAddress":{"address":"10.0.0.4"},"sourcePort":5,"destinationPort":443}"#,
            "connection Some(5) None",
            vec!["destinationPort=443"],
        ),
        (r#"{"type":"registry-value","key":{"hive":"HKLM","key":"S"},"name":"n","value":"v"}"#, r"value HKLM\S n", vec![]),
        (r#"{"type":"azure-resource","resourceId":"/s"}"#, "resource Azure /s", vec![r#"resourceId="/s""#]),
        (r#"{"type":"host-logon-session","sessionId":"1","account":{"name":"kim"}}"#, "session 1", vec![]),
        (
            r#"{"type":"cloud-application","appId":11161,"name":"Office"}"#,
            "application Office",
            vec!["appId=11161", r#"name="Office""#],
        ),
        (
            r#"{"type":"Microsoft.SecurityInsights/Entities","kind":"Url","properties":{"url":"x","friendlyName":"y"}}"#,
            "url x",
            vec![r#"type="Microsoft.SecurityInsights/Entities""#, r#"properties(friendlyName="y")"#],
        ),
        (r#"{"type":"K8s-pod","name":"web"}"#, "other", vec![]),
        (r#"{"address":"192.0.2.1"}"#, "other", vec![]),
    ] {
        let json = raw(json);
        let evidence = Evidence::decode(Shape::Azure, &json);
        assert_eq!(
            (told(&evidence).as_str(), left(&evidence)),
            (expected, rest.into_iter().map(str::to_owned).collect()),
            "{json}"
        );
    }
}
