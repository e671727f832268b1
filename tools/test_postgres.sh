#!/bin/sh
# Run the store's tests against a PostgreSQL server of their own, started here and thrown away afterwards.
# With ANMIN_TEST_POSTGRES=postgresql://… set, that server is used instead (each test makes and drops a schema of its own).
set -eu
cd "$(dirname "$0")/.."
pytest="${PYTEST:-.venv/bin/pytest}"

if [ -z "${ANMIN_TEST_POSTGRES:-}" ]; then
    bin="${PGBIN:-}"
    if [ -z "$bin" ]; then
        for initdb in /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb "$(command -v initdb || true)"; do
            [ -x "$initdb" ] && bin=$(dirname "$initdb")
        done
    fi
    if [ -z "$bin" ]; then
        echo "No PostgreSQL server is installed. Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql;" >&2
        echo "or name a running one: ANMIN_TEST_POSTGRES=postgresql://localhost/test tools/test_postgres.sh" >&2
        exit 2
    fi
    as() { "$@"; }
    if [ "$(id -u)" = 0 ]; then  # the server refuses to run as root
        user="${PGUSER_RUN:-postgres}"
        id "$user" > /dev/null 2>&1 || { echo "Not as root, or with a user named $user." >&2; exit 2; }
        as() { runuser -u "$user" -- "$@"; }
    fi
    home=$(mktemp -d /tmp/anmin-pg.XXXXXX)
    trap 'as "$bin/pg_ctl" -D "$home/data" -m immediate stop > /dev/null 2>&1 || true; rm -rf "$home"' EXIT INT TERM
    [ "$(id -u)" = 0 ] && chown "$user" "$home"
    echo "starting $("$bin/postgres" --version) in $home ..." >&2
    as "$bin/initdb" -D "$home/data" -U anmin -A trust -E UTF8 --locale=C --no-sync > "$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
    as "$bin/pg_ctl" -D "$home/data" -w -l "$home/data/server.log" -o "-k $home -c listen_addresses=''" start > /dev/null ||
        { cat "$home/data/server.log" >&2; exit 1; }
    ANMIN_TEST_POSTGRES="postgresql://anmin@/postgres?host=$home"
    export ANMIN_TEST_POSTGRES
fi
"$pytest" tests/store -m "not soak" "$@"
