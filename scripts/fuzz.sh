#!/usr/bin/env bash
# Fuzzes alertferry's encoders and parsers: `fuzz.sh RUNS [TARGET...]` runs each target so many times, from the tests' fixtures on,
# with the same seed each time. Another seed: SEED=7 scripts/fuzz.sh 1000000 cef
#
# Works on the pinned, stable Rust, without cargo-fuzz: fuzz/rustc.sh adds its flags. Kafka is left out; no target touches it.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${1:?usage: $0 RUNS [TARGET...]}
shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for file in fuzz/targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

. scripts/toolchain.sh
export CARGO_TARGET_DIR=$PWD/target RUSTC_WRAPPER=$PWD/fuzz/rustc.sh
bins=()
for target in "${targets[@]}"; do bins+=(--bin "$target"); done
cp Cargo.lock fuzz/Cargo.lock # the versions that are tested are those that are fuzzed
cargo build --quiet --manifest-path fuzz/Cargo.toml "${bins[@]}"

work=.services/fuzz
rm -rf "$work/seeds" "$work/found"
mkdir -p "$work/crashes" "$work/seeds"/{records,text,configuration,answers,sign_in,certificates,ledger,control}

# Seven octets of choices go before a record (fuzz/src/lib.rs): feed, how, room (two, low first), flags, delimiter, none.
# Each record comes whole, and in a room that it does not fit.
folders=(graph-alerts graph-incidents mde-alerts xdr-incidents risk-detections sentinel-incidents defender-for-cloud)
for feed in "${!folders[@]}"; do
  for file in tests/fixtures/"${folders[$feed]}"/*.json; do
    how=0
    case ${folders[$feed]} in *-incidents) how=1 ;; esac
    name=${folders[$feed]}-$(basename "$file" .json)
    for room in '\xff\xff' '\x00\x10'; do
      { printf "\\x0$feed\\x0$how$room\\x01\\x00\\x00"; cat "$file"; } >"$work/seeds/records/$name-${room//\\/}"
    done
    # A page of it, as the API answers (fuzz/targets/answers.rs): feed, status, framing.
    { printf "\\x0$feed\\x00\\x00{\"value\":["; cat "$file"; printf ']}'; } >"$work/seeds/answers/$name"
  done
done
for file in tests/fixtures/sentinel-alerts/*.json; do
  { printf '\x05\x00\xff\xff\x01\x00\x00'; cat "$file"; } >"$work/seeds/records/sentinel-alerts-$(basename "$file" .json)"
done
cp config/*.toml "$work/seeds/configuration/"
place=0
for text in 17 'Mon, 02 Mar 2026 07:01:30 GMT' '2026-03-02T07:44:02.1466667Z' '100/min,1500/h' '1h 30m' '2001:db8::7' 'alerts.{tenant}.{severity}' a@b.example; do
  printf '%s' "$text" >"$work/seeds/text/$((place += 1))"
done

{ printf '\x00\x00\x01'; printf '{"value":[]}' | gzip -n; } >"$work/seeds/answers/gzip"
printf '\x00\x08\x02Mon, 02 Mar 2026 07:01:30 GMT\n{"error":{"code":"TooManyRequests","message":"wait","innerError":{"request-id":"1"}}}' >"$work/seeds/answers/throttled"
printf '\x00\x00\x03HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nc\r\n{"value":[]}\r\n0\r\n\r\n' >"$work/seeds/answers/chunked"
printf '\x00\x00{"token_type":"Bearer","expires_in":3599,"access_token":"a.b.c"}' >"$work/seeds/sign_in/token"
printf '\x00\x03{"error":"invalid_client","error_description":"AADSTS7000222: expired\\r\\nTrace ID: 1","error_codes":[7000222]}' >"$work/seeds/sign_in/refused"
printf '\x01\x00{"tid":"t","aud":"https://graph.microsoft.com","roles":["A"],"scp":"B C","exp":1}' >"$work/seeds/sign_in/claims"
printf '\x02\x00{"access_token":"a.b.c","expires_on":"1772434800"}' >"$work/seeds/sign_in/identity"
printf '\x03\x00kept' >"$work/seeds/sign_in/kept"
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=fuzz -keyout "$work/key.pem" -out "$work/certificate.pem" 2>"$work/openssl.log"
openssl pkcs12 -export -inkey "$work/key.pem" -in "$work/certificate.pem" -passout pass:passphrase -out "$work/both.pfx"
{ printf '\x00'; cat "$work/certificate.pem" "$work/key.pem"; } >"$work/seeds/certificates/pem"
{ printf '\x02'; cat "$work/both.pfx"; } >"$work/seeds/certificates/pfx"
printf '\x00\x00\x00\x12\xff\x00\x20\x05\x00' >"$work/seeds/ledger/octets"
printf '\x012026-03-02T07:44:02.1466667Z' >"$work/seeds/ledger/text"
printf '{"replay":{"tenant":"contoso","sink":"siem","from":"2026-03-02T07:44:02.1466667Z","to":"2026-03-03T00:00:00Z","send_again":true}}' >"$work/seeds/control/replay"
printf '{"retry":{"tenant":"contoso","feed":"graph-alerts","reason":"too long","since":"2026-03-02T00:00:00Z","numbers":[17]}}' >"$work/seeds/control/retry"
printf '{"progress":{"feed":"graph-alerts","at":"2026-03-02T07:44:02Z","done":0.5,"counts":{"read":3,"forwarded":1}}}' >"$work/seeds/control/progress"
printf '{"end":{"outcome":"failed","message":"no","advice":null,"counts":{"read":3}}}' >"$work/seeds/control/end"

seeds_of() {
  case $1 in
    configuration | answers | sign_in | certificates | ledger | control) echo "$work/seeds/$1" ;;
    cloudevents | headers | syslog | topic) echo "$work/seeds/text" ;;
    *) echo "$work/seeds/records" ;;
  esac
}

# What is found goes into a folder of this run alone, so that the next one starts where this one did.
fuzz() {
  local target=$1 log=$work/$1.log
  mkdir -p "$work/found/$target"
  if "target/debug/$target" -runs="$runs" -seed="${SEED:-2004}" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$work/crashes/$target-" "$work/found/$target" "$(seeds_of "$target")" >"$log" 2>&1; then
    echo "fuzz: $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no crash"
  else
    tail -n 40 "$log" >&2
    echo "fuzz: $target crashed; again with: target/debug/$target $(sed -n 's/.*Test unit written to //p' "$log")" >&2
    return 1
  fi
}

# As many at a time as there are cores.
failed=0
running=0
for target in "${targets[@]}"; do
  if [ "$running" -ge "$(nproc)" ]; then
    wait -n || failed=1
    running=$((running - 1))
  fi
  fuzz "$target" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do
  wait -n || failed=1
  running=$((running - 1))
done
exit "$failed"
