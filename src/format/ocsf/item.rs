//! One element of `evidences[]`.

use super::data::Data;
use super::object::objects;
use super::objects::{
    Actor, ConnectionInfo, Container, Databucket, Device, Email, Endpoint, File, Process, Query, RegistryKey, RegistryValue, Url,
    User,
};
use crate::alert::Text;

objects! {
    /// `evidences`: at least one attribute besides `name` and the verdict.
    Item: "evidences" {
        name: Option<Text<'a>>,
        verdict_id: Option<u32>,
        verdict: Option<Text<'a>>,
        device: Option<Device<'a>>,
        user: Option<User<'a>>,
        actor: Option<Actor<'a>>,
        file: Option<File<'a>>,
        process: Option<Process<'a>>,
        src_endpoint: Option<Endpoint<'a>>,
        dst_endpoint: Option<Endpoint<'a>>,
        connection_info: Option<ConnectionInfo<'a>>,
        query: Option<Query<'a>>,
        url: Option<Url<'a>>,
        email: Option<Email<'a>>,
        reg_key: Option<RegistryKey<'a>>,
        reg_value: Option<RegistryValue<'a>>,
        databucket: Option<Databucket<'a>>,
        container: Option<Container<'a>>,
        data: Option<Data<'a>>,
    }
}
