//! How OCSF objects are declared here: absent means absent, since `null` is invalid nearly everywhere in OCSF.

/// Whether an attribute is left out.
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

macro_rules! always_present {
    ($($type:ty),*) => {
        $(impl Absent for $type {
            fn is_absent(&self) -> bool {
                false
            }
        })*
    };
}
always_present!(u16, u32, i64, bool, &str, crate::alert::Text<'_>);

/// Declares objects whose attributes are left out when they are absent. Attributes come out in the order written here.
macro_rules! objects {
    ($($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $attribute:ident: $type:ty,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Default, serde::Serialize)]
            pub struct $name<'a> {
                $(
                    $(#[$note])*
                    #[serde(skip_serializing_if = "crate::format::ocsf::object::Absent::is_absent")]
                    pub $attribute: $type,
                )*
            }

            impl crate::format::ocsf::object::Absent for $name<'_> {
                fn is_absent(&self) -> bool {
                    false
                }
            }
        )*
    };
}
pub(super) use objects;
