//! Keys and values of the Windows registry.

use crate::alert::Text;
use crate::alert::members::Members;

/// A key.
#[derive(Debug, Clone)]
pub struct RegistryKey<'a> {
    /// e.g. `HKEY_LOCAL_MACHINE`.
    pub hive: Option<Text<'a>>,
    pub key: Text<'a>,
}

impl<'a> RegistryKey<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Option<Self> {
        let key = members.text("registryKey")?;
        Some(Self { hive: members.text("registryHive"), key })
    }

    /// From a `registry-key` of Azure.
    pub(super) fn take_azure(members: &mut Members<'a>) -> Option<Self> {
        let key = members.text("key")?;
        Some(Self { hive: members.text("hive"), key })
    }

    /// Hive and key with a backslash between them.
    #[must_use]
    pub fn path(&self) -> Text<'a> {
        match &self.hive {
            Some(hive) => format!("{hive}\\{}", self.key).into(),
            None => self.key.clone(),
        }
    }
}

/// A value under a key.
#[derive(Debug, Clone)]
pub struct RegistryValue<'a> {
    pub key: RegistryKey<'a>,
    /// `None` for the key's default value.
    pub name: Option<Text<'a>>,
    /// The vendor's word for the type; it stays among the rest as well.
    pub value_type: Option<Text<'a>>,
    pub value: Option<Text<'a>>,
}

impl<'a> RegistryValue<'a> {
    pub(super) fn take(members: &mut Members<'a>) -> Option<Self> {
        Some(Self {
            key: RegistryKey::take(members)?,
            name: members.text("registryValueName"),
            value_type: members.peek_text("registryValueType"),
            value: members.text("registryValue"),
        })
    }
}
