#!/bin/sh
# Unpacks Debian's syslog-ng, with the shared libraries that this machine lacks, into .services/syslog-ng/ and prints nothing else
# than that folder. It cannot be installed: its package and rsyslog's exclude each other. Does nothing, and needs no network, when
# it is there and runs. Needs apt-get and dpkg, and no rights.
set -eu

services=$(cd "$(dirname "$0")/../.." && pwd)/.services
root=$services/syslog-ng

# Asks the machine rather than the calendar: a folder from another release of Debian is fetched anew.
runs() {
    LD_LIBRARY_PATH=$(sed "s|^|$root/|" "$root/libraries" | paste -sd :) "$root/usr/sbin/syslog-ng" --version
}

# Without root, and where nobody has fetched them yet, the package lists go into a folder of ours.
fetch() {
    # shellcheck disable=SC2046  # several words
    apt-get -q "$@" download syslog-ng-core $(missing "$@")
}
missing() {
    apt-get "$@" --simulate --no-install-recommends install syslog-ng-core | sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep -vx syslog-ng-core
}

if ! runs >/dev/null 2>&1; then
    mkdir -p "$services"
    # Several test runs may start at once: one fetches, the others wait for it.
    exec 9>"$services/syslog-ng.lock"
    flock 9
    if ! runs >/dev/null 2>&1; then
        rm -rf "$root" "$root.part"
        mkdir -p "$root.part/debs" "$root.part/lists/partial" "$root.part/cache/archives/partial"
        (
            cd "$root.part/debs"
            own="-o Dir::State::lists=$root.part/lists -o Dir::Cache=$root.part/cache -o APT::Sandbox::User="
            # shellcheck disable=SC2086  # several words
            fetch -o APT::Sandbox::User= || { apt-get -q $own update && fetch $own; }
            for package in *.deb; do dpkg -x "$package" "$root.part"; done
        ) >&2
        rm -rf "$root.part/debs" "$root.part/lists" "$root.part/cache"
        # The folders of its libraries, for LD_LIBRARY_PATH.
        (cd "$root.part" && find . -name '*.so*' -exec dirname {} + | sort -u >libraries)
        mv "$root.part" "$root"
        runs >/dev/null || { echo "syslog-ng does not run: $(runs 2>&1)" >&2; exit 1; }
    fi
fi
echo "$root"
