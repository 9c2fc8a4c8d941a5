#!/bin/sh
# Brings Temporal's two databases to the schema of this version; safe to run again, which is how it is upgraded.
set -eu

schema() {
    tool="temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db $1"
    $tool create || true
    $tool setup-schema -v 0.0 || true
    $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

schema temporal temporal
schema temporal_visibility visibility
