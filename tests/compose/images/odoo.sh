#!/bin/sh
# As the official image: waits for the database, and gives Odoo what the environment says
# of it; anything but odoo is run as it is.
set -e
if [ "$1" = odoo ]; then
    for _ in $(seq 30); do
        pg_isready --quiet --host="$HOST" && break
        sleep 1
    done
    set -- "$@" --db_host="$HOST" --db_user="$USER" --db_password="$PASSWORD"
fi
exec "$@"
