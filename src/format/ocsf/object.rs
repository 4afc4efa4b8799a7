//! How OCSF objects are declared here: absent means absent, since `null` is invalid nearly everywhere in OCSF; and what a version
//! of OCSF does not know yet can be taken out again.

use super::later::Rule;
use super::older::Held;
use crate::alert::Text;

/// What stands in an attribute.
pub trait Attribute {
    /// Whether a value of this type can be left out.
    const OPTIONAL: bool = false;

    /// Whether the attribute is left out.
    fn is_absent(&self) -> bool {
        false
    }

    /// Takes out whatever came later than the version that is written.
    fn hold_back(&mut self, _held: &mut Held) {}

    /// Whether all texts in here are as a rule wants them.
    fn fits(&self, _rule: Rule) -> bool {
        true
    }

    /// Lists the attributes of the objects in here, each object once.
    fn declare(_declared: &mut Vec<Declared>) {}
}

/// An attribute of an object that we fill.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    pub object: &'static str,
    pub name: &'static str,
}

impl<T: Attribute> Attribute for Option<T> {
    const OPTIONAL: bool = true;

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn hold_back(&mut self, held: &mut Held) {
        if let Some(value) = self {
            value.hold_back(held);
        }
    }

    fn fits(&self, rule: Rule) -> bool {
        self.as_ref().is_none_or(|value| value.fits(rule))
    }

    fn declare(declared: &mut Vec<Declared>) {
        T::declare(declared);
    }
}

impl<T: Attribute> Attribute for Vec<T> {
    const OPTIONAL: bool = true;

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn hold_back(&mut self, held: &mut Held) {
        let mut index = 0;
        self.retain_mut(|value| {
            index += 1;
            held.element(index - 1, value)
        });
    }

    fn fits(&self, rule: Rule) -> bool {
        self.iter().all(|value| value.fits(rule))
    }

    fn declare(declared: &mut Vec<Declared>) {
        T::declare(declared);
    }
}

impl<T: Attribute> Attribute for Box<T> {
    fn hold_back(&mut self, held: &mut Held) {
        (**self).hold_back(held);
    }

    fn declare(declared: &mut Vec<Declared>) {
        T::declare(declared);
    }
}

impl Attribute for Text<'_> {
    fn hold_back(&mut self, held: &mut Held) {
        held.cut(self);
    }

    fn fits(&self, rule: Rule) -> bool {
        rule(self)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Attribute for $type {})*
    };
}
plain!(u16, u32, u64, i64, f64, bool, &str, String, std::net::IpAddr);

/// Declares objects by their names in OCSF. Attributes are left out when they are absent, and come out in the order written here.
macro_rules! objects {
    ($($(#[$about:meta])* $name:ident: $object:literal { $($attribute:ident $(as $renamed:literal)?: $type:ty,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Debug, Clone, Default, serde::Serialize)]
            pub struct $name<'a> {
                $(
                    $(#[serde(rename = $renamed)])?
                    #[serde(skip_serializing_if = "crate::format::ocsf::object::Attribute::is_absent")]
                    pub $attribute: $type,
                )*
            }

            impl<'a> crate::format::ocsf::object::Attribute for $name<'a> {
                fn hold_back(&mut self, held: &mut crate::format::ocsf::older::Held) {
                    $(held.attribute(
                        ($object, crate::format::ocsf::object::name!($attribute $($renamed)?)),
                        &mut self.$attribute,
                    );)*
                }

                fn declare(declared: &mut Vec<crate::format::ocsf::object::Declared>) {
                    if declared.iter().any(|known| known.object == $object) {
                        return;
                    }
                    $(declared.push(crate::format::ocsf::object::Declared {
                        object: $object,
                        name: crate::format::ocsf::object::name!($attribute $($renamed)?),
                    });)*
                    $(<$type as crate::format::ocsf::object::Attribute>::declare(declared);)*
                }
            }
        )*
    };
}
pub(super) use objects;

/// An attribute's name in OCSF.
macro_rules! name {
    ($attribute:ident) => {
        stringify!($attribute)
    };
    ($attribute:ident $renamed:literal) => {
        $renamed
    };
}
pub(super) use name;
