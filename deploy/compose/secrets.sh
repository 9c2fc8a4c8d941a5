#!/bin/sh
# Makes what docker-compose.yml needs and nobody else may know: a master key for each service, two passwords.
# Run it again at will: what is there stays. Keep copies of the keys elsewhere: without them, sealed data is lost.
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
secrets=${1:-$root/deploy/compose/secrets}
settings=${2:-$root/.env}
mkdir -p "$secrets"
chmod 700 "$secrets"

# Containers read mounted files as another user: the files are readable, the directory around them is not.
keep() {
    if [ ! -s "$secrets/$1" ]; then
        cat > "$secrets/$1.new"
        chmod 444 "$secrets/$1.new"
        mv "$secrets/$1.new" "$secrets/$1"
    fi
}

for service in people applications evaluation coaching funding observatory notifications feedback workflows; do
    head -c 32 /dev/urandom | keep "$service.key"
done
password() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
password | keep grafana.password

if [ ! -e "$settings" ]; then
    cat > "$settings" <<SETTINGS
POSTGRES_PASSWORD=$(password)
# The issuer of access tokens (OpenID Connect): its iss claim, and where its keys are.
TREMPLIN_ISSUER=
TREMPLIN_JWKS_URL=
# The id (a UUID, the token's sub) of the person who gives the first roles.
TREMPLIN_BOOTSTRAP_ADMIN=
# The account that pays.
TREMPLIN_DEBTOR_NAME=
TREMPLIN_DEBTOR_IBAN=
TREMPLIN_DEBTOR_BIC=
# Who gives the grants, as open data names it.
TREMPLIN_GRANTOR_NAME=
TREMPLIN_GRANTOR_SIRET=
# The address that the links in mails begin with.
TREMPLIN_PUBLIC_URL=
# By default mails go to Mailpit, which shows them and sends none.
# TREMPLIN_SMTP_URL=smtp://mail.example:25
# Traces, with the profile observability.
# OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector:4318
SETTINGS
    echo "Fill in $settings, then: docker compose up --build"
fi
