#!/bin/sh
# Fetches Apache Kafka, as kafka.pom.xml names it, into .services/kafka/ and prints nothing else than the folder of its jars.
# Does nothing, and needs no network, when that folder is there. Needs mvn, and Java 17 or newer.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
services=$here/../../.services/kafka
# A changed pom.xml is another folder, so that an update cannot mix with what was there.
jars=$services/$(cksum <"$here/kafka.pom.xml" | cut -d' ' -f1)

if [ ! -d "$jars" ]; then
    mkdir -p "$services"
    # Several test runs may start at once: one fetches, the others wait for it.
    exec 9>"$services/lock"
    flock 9
    if [ ! -d "$jars" ]; then
        rm -rf "$jars.part"
        mvn --batch-mode --quiet --file "$here/kafka.pom.xml" dependency:copy-dependencies -DoutputDirectory="$jars.part" >&2
        mv "$jars.part" "$jars"
    fi
fi
(cd "$jars" && pwd)
