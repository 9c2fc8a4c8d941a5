#!/bin/sh
# Makes what docker-compose.yml needs and nobody else may know: a master key for each service, the key that signs access
# tokens, two passwords, and the places of the two secrets that the identity providers give and of the mail account's password.
# Run it again at will: what is there stays. Keep copies of the keys elsewhere: without them, sealed data is lost.
set -eu
umask 077
command -v openssl > /dev/null || { echo "openssl is needed to make the key that signs access tokens" >&2; exit 1; }
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

for service in people applications evaluation coaching funding observatory notifications feedback workflows portal; do
    head -c 32 /dev/urandom | keep "$service.key"
done
password() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
password | keep grafana.password
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | keep issuer.pem
# Nobody knows these two: until they are replaced by what the providers give, nobody logs in.
password | keep oidc-people.secret
password | keep oidc-agents.secret
# Used when .env names an account at the mail server: to be replaced by its password.
password | keep smtp.secret

if [ ! -e "$settings" ]; then
    cat > "$settings" <<SETTINGS
POSTGRES_PASSWORD=$(password)
# The address at which browsers find the portal, without a slash at the end: links in mails and access tokens name it.
TREMPLIN_PUBLIC_URL=
# The identity providers (OpenID Connect), such as FranceConnect and ProConnect: register TREMPLIN_PUBLIC_URL/callback/people
# with the one, TREMPLIN_PUBLIC_URL/callback/agents with the other, and TREMPLIN_PUBLIC_URL/callback/ended with both for
# coming back from logging out; write the secrets that they give into deploy/compose/secrets/oidc-people.secret and oidc-agents.secret.
TREMPLIN_OIDC_PEOPLE_ISSUER=
TREMPLIN_OIDC_PEOPLE_CLIENT_ID=
TREMPLIN_OIDC_AGENTS_ISSUER=
TREMPLIN_OIDC_AGENTS_CLIENT_ID=
# With a second factor for agents: eidas2 or eidas3.
# TREMPLIN_OIDC_AGENTS_ACR=eidas2
# The id (a UUID) of the person who gives the first roles.
TREMPLIN_BOOTSTRAP_ADMIN=
# The account that pays.
TREMPLIN_DEBTOR_NAME=
TREMPLIN_DEBTOR_IBAN=
TREMPLIN_DEBTOR_BIC=
# Who gives the grants, as open data names it.
TREMPLIN_GRANTOR_NAME=
TREMPLIN_GRANTOR_SIRET=
# The legal notice: who is responsible for the site, their e-mail address, who hosts it (a name and an address).
TREMPLIN_PUBLISHER=
TREMPLIN_CONTACT=
TREMPLIN_HOSTING=
# The addresses from which the proxy with TLS asks the portal: without them, all visitors count as one, and share its limits.
TREMPLIN_PROXIES=172.16.0.0/12
# By default mails go to Mailpit, which shows them and sends none.
# TREMPLIN_SMTP_URL=smtp://mail.example:587
# An account there, over TLS; write its password into deploy/compose/secrets/smtp.secret.
# TREMPLIN_SMTP_USERNAME=
# From whom mails come, and how many of a mailing leave in a second.
# TREMPLIN_MAIL_SENDER_ADDRESS=no-reply@tremplin.example
# TREMPLIN_MAIL_SENDER_NAME=Tremplin
# TREMPLIN_MAILINGS_PER_SECOND=10
# Traces, with the profile observability.
# OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector:4318
SETTINGS
    echo "Fill in $settings, then: docker compose up --build"
fi
