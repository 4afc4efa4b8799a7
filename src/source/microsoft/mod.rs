//! Microsoft's feeds, one file each.
