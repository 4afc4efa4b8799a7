//! Evidence of a computer: the device, its files, processes and registry.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::user_account;
use crate::simulator::generate::object::Object;
use crate::simulator::generate::{people, shorten};

pub(super) fn device(o: &mut Object<'_>, rng: &mut Rng, created: Timestamp) {
    let host = people::host(rng);
    o.text("mdeDeviceId", &people::hex(rng, 20));
    o.nulls(&["azureAdDeviceId", "ntDomain"]);
    // A bare host name happens, and so does a null build number.
    o.text("deviceDnsName", &if rng.u8(..6) == 0 { host.clone() } else { format!("{host}.corp.example") });
    o.text("hostName", &host);
    o.text("dnsDomain", "corp.example");
    if rng.u8(..5) == 0 {
        o.text("osPlatform", "macOS");
        o.nulls(&["osBuild"]);
        o.text("version", "Tahoe 26.6");
    } else {
        o.text("osPlatform", "Windows11");
        o.plain("osBuild", 26_100);
        o.text("version", "24H2");
    }
    o.text("healthStatus", "active");
    o.text("riskScore", ["none", "low", "medium", "high"][rng.usize(..4)]);
    o.text("onboardingStatus", "onboarded");
    o.text("defenderAvStatus", "updated");
    o.plain("rbacGroupId", rng.u8(1..40));
    o.text("rbacGroupName", "Workstations – Süd");
    o.objects("loggedOnUsers", [people::user(rng).account], |o, account| {
        o.text("accountName", account);
        o.text("domainName", "CORP");
    });
    let address = people::inside_address(rng);
    // Live records carry a scope inside of the address, which no address parser takes.
    o.texts("ipInterfaces", &[address.as_str(), "fe80:1c::433:9a1b:22ff", "::1", "127.0.0.1"]);
    o.text("lastIpAddress", &address);
    o.text("lastExternalIpAddress", &people::outside_address(rng));
    o.stamp("firstSeenDateTime", shorten(created - SignedDuration::from_hours(rng.i64(24..9000)), rng));
    o.texts::<&str>("resourceAccessEvents", &[]);
    o.nulls(&["vmMetadata"]);
}

fn file_details(o: &mut Object<'_>, rng: &mut Rng) {
    let name = ["tool.exe", "Rechnung März.docm", "powershell.exe", "请求.js", "update.ps1"][rng.usize(..5)];
    o.text("fileName", name);
    o.text("filePath", ["C:\\Windows\\Temp", "C:\\Users\\kim\\Downloads", "/Users/zoe/Downloads/"][rng.usize(..3)]);
    o.plain("fileSize", rng.u32(1_000..9_000_000));
    o.text("sha1", &people::hex(rng, 20));
    o.text("sha256", &people::hex(rng, 32));
    o.nulls(&["sha256Ac"]);
    o.text("md5", &people::hex(rng, 16));
    o.nulls(&["filePublisher", "signer", "issuer"]);
}

pub(super) fn file(o: &mut Object<'_>, rng: &mut Rng) {
    o.text("detectionStatus", ["detected", "blocked", "prevented"][rng.usize(..3)]);
    o.text("mdeDeviceId", &people::hex(rng, 20));
    o.object("fileDetails", |o| file_details(o, rng));
}

pub(super) fn process(o: &mut Object<'_>, rng: &mut Rng, created: Timestamp) {
    let started = created - SignedDuration::from_millis(rng.i64(1_000..600_000));
    o.plain("processId", rng.u16(4..));
    o.text("processCommandLine", &format!("\"powershell.exe\" -NoP -Enc {} | Out-Null", people::hex(rng, 60)));
    o.stamp("processCreationDateTime", shorten(started, rng));
    o.plain("parentProcessId", rng.u16(4..));
    o.nulls(&["parentProcessCreationDateTime"]);
    o.text("detectionStatus", "detected");
    o.text("mdeDeviceId", &people::hex(rng, 20));
    o.object("imageFile", |o| file_details(o, rng));
    if rng.bool() {
        o.object("parentProcessImageFile", |o| file_details(o, rng));
    } else {
        o.nulls(&["parentProcessImageFile"]);
    }
    user_account(o, rng);
}

pub(super) fn registry_value(o: &mut Object<'_>, rng: &mut Rng) {
    o.text("mdeDeviceId", &people::hex(rng, 20));
    o.text("registryHive", "HKEY_LOCAL_MACHINE");
    o.text("registryKey", "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run");
    o.text("registryValue", "%TEMP%\\tool.exe /quiet");
    o.text("registryValueName", "Updater");
    o.text("registryValueType", "ExpandString");
}
