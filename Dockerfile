# Built and run on Debian 12: the program links the system's OpenSSL, whose fixes then arrive with the base image.
FROM rust:1.95.0-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ make perl pkg-config libssl-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The pinned Rust is what the image has; said this way, rustup does not also download the formatter and the linter.
ENV RUSTUP_TOOLCHAIN=1.95.0
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --locked --release && ! grep -q ALERTFERRY_CRASH_AT target/release/alertferry \
 && cp target/release/alertferry /usr/local/bin/alertferry

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 65532 --user-group --no-create-home --shell /usr/sbin/nologin alertferry \
 && install -d -o 65532 -g 65532 -m 0700 /var/lib/alertferry
COPY --from=build /usr/local/bin/alertferry /usr/local/bin/alertferry
COPY LICENSE NOTICE /usr/share/doc/alertferry/
# Freed memory goes back at once: docs/guarantees.md, limits::hostile.
ENV MIMALLOC_PURGE_DELAY=0
USER 65532:65532
VOLUME /var/lib/alertferry
EXPOSE 9464
# The program listens for SIGTERM itself, so it can be process 1. Health: deploy/kubernetes asks /healthz and /readyz.
ENTRYPOINT ["/usr/local/bin/alertferry"]
CMD ["run"]
