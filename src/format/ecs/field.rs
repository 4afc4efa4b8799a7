//! How groups of ECS fields are declared here: what says nothing is left out, and so is a group of which nothing is left.

use std::collections::BTreeMap;

/// Whether a field is left out.
pub trait Absent {
    fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

/// Puts a group of fields where none is yet: a field of ECS holds one value, that of the evidence with the best rank.
pub fn fill<T: Absent>(slot: &mut T, value: T) {
    if slot.is_absent() {
        *slot = value;
    }
}

/// Declares groups of fields. They come out in the order written here.
macro_rules! groups {
    ($($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Default, serde::Serialize)]
            pub struct $name<'a> {
                $(
                    $(#[$note])*
                    #[serde(skip_serializing_if = "crate::format::ecs::field::Absent::is_absent")]
                    pub $field: $type,
                )*
            }

            impl crate::format::ecs::field::Absent for $name<'_> {
                fn is_absent(&self) -> bool {
                    $(self.$field.is_absent())&&*
                }
            }
        )*
    };
}
pub(super) use groups;
