//! Evidence that the model does not read, told by the name of its type: containers, Kubernetes, groups, storage.

use super::field::groups;
use super::user::Group;
use crate::alert::Text;
use crate::alert::evidence::Evidence;
use crate::alert::members::Members;

groups! {
    ImageHash {
        all: Vec<Text<'a>>,
    }

    Image {
        name: Option<Text<'a>>,
        tag: Vec<Text<'a>>,
        hash: ImageHash<'a>,
    }

    Container {
        id: Option<Text<'a>>,
        name: Option<Text<'a>>,
        image: Image<'a>,
    }

    Cluster {
        name: Option<Text<'a>>,
    }

    Resource {
        /// `pod`, `namespace` and so on.
        #[serde(rename = "type")]
        kind: Option<&'static str>,
        name: Option<Text<'a>>,
    }

    Orchestrator {
        #[serde(rename = "type")]
        kind: Option<&'static str>,
        namespace: Option<Text<'a>>,
        cluster: Cluster<'a>,
        resource: Resource<'a>,
    }
}

/// What it is, where ECS has a place for it.
pub enum Other<'a> {
    Container(Container<'a>),
    Kubernetes(Orchestrator<'a>),
    Group(Group<'a>),
    Url(Text<'a>),
}

pub fn read<'a>(evidence: &Evidence<'a>) -> Option<Other<'a>> {
    let members = Members::read(evidence.raw)?;
    let kind = evidence.type_name.as_deref()?.rsplit('.').next()?.to_ascii_lowercase().replace('-', "");
    Some(match kind.strip_suffix("evidence").unwrap_or(&kind) {
        "container" => Other::Container(container(&members)),
        "containerimage" => Other::Container(Container { image: image(&members), ..Container::default() }),
        "kubernetescluster" | "k8scluster" => Other::Kubernetes(cluster(&members)),
        "kubernetesnamespace" | "k8snamespace" => Other::Kubernetes(namespace(&members)),
        "kubernetespod" | "k8spod" => Other::Kubernetes(within("pod", &members)),
        "kubernetescontroller" | "k8scontroller" => Other::Kubernetes(within("controller", &members)),
        "kubernetesservice" | "k8sservice" => Other::Kubernetes(within("service", &members)),
        "kubernetesserviceaccount" | "k8sserviceaccount" => Other::Kubernetes(within("serviceaccount", &members)),
        "kubernetessecret" | "k8ssecret" => Other::Kubernetes(within("secret", &members)),
        "securitygroup" => {
            let id = members.peek_text("securityGroupId").or_else(|| members.peek_text("sid"));
            Other::Group(Group { id, name: members.peek_text("displayName") })
        }
        "blob" | "blobcontainer" => Other::Url(members.peek_text("url")?),
        _ => return None,
    })
}

fn part<'a>(members: &Members<'a>, name: &str) -> Members<'a> {
    members.peek(name).and_then(Members::read).unwrap_or_default()
}

fn container<'a>(members: &Members<'a>) -> Container<'a> {
    let image = image(&part(members, "image"));
    Container { id: members.peek_text("containerId"), name: members.peek_text("name"), image }
}

/// `registry/name:tag`, or `name@sha256:…`.
fn image<'a>(members: &Members<'a>) -> Image<'a> {
    let Some(whole) = members.peek_text("imageId") else { return Image::default() };
    let (named, digest) = whole.split_once('@').map_or((&*whole, None), |(named, digest)| (named, Some(digest)));
    // A colon before the last slash is that of a port.
    let (name, tag) = match named.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
        Some((name, tag)) => (name, Some(tag)),
        None => (named, None),
    };
    let owned = |text: &str| Text::Owned(text.to_owned());
    Image {
        name: Some(owned(name)).filter(|name| !name.is_empty()),
        tag: tag.filter(|tag| !tag.is_empty()).map(owned).into_iter().collect(),
        hash: ImageHash { all: digest.filter(|digest| !digest.is_empty()).map(owned).into_iter().collect() },
    }
}

fn cluster<'a>(members: &Members<'a>) -> Orchestrator<'a> {
    Orchestrator { kind: Some("kubernetes"), cluster: Cluster { name: members.peek_text("name") }, ..Orchestrator::default() }
}

fn namespace<'a>(members: &Members<'a>) -> Orchestrator<'a> {
    Orchestrator { namespace: members.peek_text("name"), ..cluster(&part(members, "cluster")) }
}

/// Something that lives in a namespace.
fn within<'a>(kind: &'static str, members: &Members<'a>) -> Orchestrator<'a> {
    let resource = Resource { kind: Some(kind), name: members.peek_text("name") };
    Orchestrator { resource, ..namespace(&part(members, "namespace")) }
}
