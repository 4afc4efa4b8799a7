//! A closer look at evidence: kinds that formats in general leave whole, and what OCSF has more attributes for than others. Nothing
//! is taken away: all of it stays in `data`.

use super::objects::{Container, Databucket, Device, File, Image, Resource, User};
use super::observables::{GROUP_NAME, GROUP_UID, Kind, MAC, URL};
use crate::alert::evidence::{Evidence, Thing, is_mac};
use crate::alert::members::{Members, address, is_mail_address};
use crate::alert::{Text, json};

/// What there is beside what [`Thing`] tells.
#[derive(Debug, Default)]
pub struct Closer<'a> {
    pub device: Option<Device<'a>>,
    pub user: Option<User<'a>>,
    pub databucket: Option<Databucket<'a>>,
    pub container: Option<Container<'a>>,
    pub resource: Option<Resource<'a>>,
    /// Values that stand in `data` alone, with the path from the element.
    pub observed: Vec<(Kind, &'static str, Text<'a>)>,
}

pub fn look_closer<'a>(evidence: &Evidence<'a>) -> Closer<'a> {
    match &evidence.thing {
        Thing::Device(_) => Closer { user: logged_on(&evidence.rest), ..Closer::default() },
        Thing::Other => {
            let kind = evidence.type_name.as_deref().map(kind).unwrap_or_default();
            Members::read(evidence.raw).map(|members| of_kind(&kind, &members)).unwrap_or_default()
        }
        _ => Closer::default(),
    }
}

/// `#microsoft.graph.security.blobContainerEvidence` and Azure's `blob-container` are `blobcontainer`.
fn kind(type_name: &str) -> String {
    let name = type_name.rsplit('.').next().unwrap_or(type_name);
    let name = name.strip_suffix("Evidence").unwrap_or(name).to_ascii_lowercase();
    name.replace(['-', '_', ' '], "").replace("k8s", "kubernetes")
}

fn of_kind<'a>(kind: &str, members: &Members<'a>) -> Closer<'a> {
    let mut closer = Closer::default();
    let seen = |kind: Kind, path: &'static str, name: &str| members.peek_text(name).map(|value| (kind, path, value));
    match kind {
        "blob" => {
            closer.observed.extend(seen(URL, "data.url", "url"));
            closer.databucket = blob(members);
        }
        "blobcontainer" => closer.databucket = blob_container(members),
        "sastoken" => closer.databucket = part(members, "storageResource").and_then(|account| storage_account(&account)),
        "container" => closer.container = container(members),
        "containerimage" => closer.resource = resource(members, "imageId", "Container Image"),
        "containerregistry" => closer.resource = resource(members, "registry", "Container Registry"),
        "kubernetespod" => {
            let containers = members.peek("containers").and_then(|list| json::elements(list).found()).unwrap_or_default();
            closer.container = containers.into_iter().filter_map(Members::read).find_map(|members| container(&members));
            closer.resource = kubernetes(members, "Kubernetes Pod");
        }
        "kubernetescluster" => closer.resource = kubernetes(members, "Kubernetes Cluster"),
        "kubernetescontroller" => closer.resource = kubernetes(members, "Kubernetes Controller"),
        "kubernetesnamespace" => closer.resource = kubernetes(members, "Kubernetes Namespace"),
        "kubernetessecret" => closer.resource = kubernetes(members, "Kubernetes Secret"),
        "kubernetesservice" => closer.resource = kubernetes(members, "Kubernetes Service"),
        "kubernetesserviceaccount" => closer.resource = kubernetes(members, "Kubernetes Service Account"),
        "mailboxconfiguration" => closer.user = mailbox(members),
        "nic" => {
            closer.device = interface(members);
            if closer.device.is_none() {
                closer.observed.extend(seen(MAC, "data.macAddress", "macAddress").filter(|(_, _, text)| is_mac(text)));
            }
        }
        "securitygroup" => {
            closer.observed.extend(seen(GROUP_NAME, "data.displayName", "displayName"));
            closer.observed.extend(seen(GROUP_UID, "data.securityGroupId", "securityGroupId"));
            closer.observed.extend(seen(GROUP_UID, "data.sid", "sid"));
        }
        _ => {}
    }
    closer
}

/// The first of those who are logged on to a device.
fn logged_on<'a>(rest: &Members<'a>) -> Option<User<'a>> {
    let users = json::elements(rest.peek("loggedOnUsers")?).found()?;
    users.into_iter().filter_map(Members::read).find_map(|user| {
        let name = Some(user.peek_text("accountName")?);
        Some(User { name, domain: user.peek_text("domainName"), ..User::default() })
    })
}

fn part<'a>(members: &Members<'a>, name: &str) -> Option<Members<'a>> {
    Members::read(members.peek(name)?)
}

fn databucket<'a>(name: Option<Text<'a>>, uid: Option<Text<'a>>) -> Option<Databucket<'a>> {
    let bucket = Databucket { type_id: 2, kind: "Azure Blob".into(), name, uid, file: None };
    Some(bucket).filter(|bucket| bucket.name.is_some() || bucket.uid.is_some())
}

fn blob_container<'a>(members: &Members<'a>) -> Option<Databucket<'a>> {
    databucket(members.peek_text("name"), members.peek_text("url"))
}

fn storage_account<'a>(members: &Members<'a>) -> Option<Databucket<'a>> {
    databucket(members.peek_text("resourceName"), members.peek_text("resourceId"))
}

fn blob<'a>(members: &Members<'a>) -> Option<Databucket<'a>> {
    let bucket = part(members, "blobContainer").and_then(|container| blob_container(&container));
    let file = members.peek_text("name").map(|name| File { name, kind: "Unknown".into(), ..File::default() });
    Some(Databucket { file, ..bucket.or_else(|| databucket(None, members.peek_text("url")))? })
}

fn container<'a>(members: &Members<'a>) -> Option<Container<'a>> {
    let image = part(members, "image").and_then(|image| Some(Image { uid: image.peek_text("imageId")?, name: None }));
    let in_a_pod = members.peek("pod").and_then(Members::read).is_some();
    let container = Container {
        name: members.peek_text("name"),
        uid: members.peek_text("containerId"),
        image,
        orchestrator: in_a_pod.then_some("Kubernetes"),
    };
    Some(container).filter(|container| container.name.is_some() || container.uid.is_some())
}

fn resource<'a>(members: &Members<'a>, name: &str, kind: &'static str) -> Option<Resource<'a>> {
    let name = Some(members.peek_text(name)?);
    Some(Resource { name, kind: Some(kind.into()), role_id: Some(4), role: Some("Related".into()), ..Resource::default() })
}

fn kubernetes<'a>(members: &Members<'a>, kind: &'static str) -> Option<Resource<'a>> {
    let namespace = part(members, "namespace").and_then(|namespace| namespace.peek_text("name"));
    Some(Resource { namespace, ..resource(members, "name", kind)? })
}

/// Whose mailbox it is, that a rule or a forwarding was set on.
fn mailbox<'a>(members: &Members<'a>) -> Option<User<'a>> {
    let mut addresses = ["mailboxPrimaryAddress", "upn"].into_iter().filter_map(|name| members.peek_text(name));
    let email_addr = Some(addresses.find(|address| is_mail_address(address))?);
    Some(User { name: email_addr.clone(), email_addr, full_name: None, ..User::default() })
}

/// A network interface, as the device that it belongs to.
fn interface<'a>(members: &Members<'a>) -> Option<Device<'a>> {
    let ip = Some(part(members, "ipAddress").and_then(|ip| address(&ip.peek_text("ipAddress")?))?);
    let mac = members.peek_text("macAddress").filter(|text| is_mac(text));
    Some(Device { type_id: 7, kind: "IOT".into(), ip, mac, ..Device::default() })
}
