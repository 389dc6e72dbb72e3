#!/usr/bin/env python3
"""Puts the vectors of servers' own users to the real servers: PostgreSQL must make each MD5 and let in with each SCRAM verifier, MariaDB
must make each PASSWORD() and OLD_PASSWORD(), and MySQL, where its root is given, must let in with each caching_sha2_password. OpenLDAP must let in with each of the directories' strings, where VECTORS_ROOT names a Debian with slapd (README.md).

    tests/vectors/check_servers.py [MYSQL_ROOT]

Run as root; `initdb`, `postgres`, `psql`, `mariadb-install-db`, `mariadbd` and `mariadb` are on the path. MYSQL_ROOT is a folder to chroot into that holds
a MySQL 8 or 9 with its client. Everything else is made in a throw-away folder and stopped at the end.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).parent


def main():
    rows = [json.loads(row) for name in ["systems", "frameworks"] for row in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    of = lambda scheme: [row for row in rows if row["scheme"] == scheme]
    with tempfile.TemporaryDirectory(prefix="vectors-") as folder:
        os.chmod(folder, 0o755)
        postgres(pathlib.Path(folder) / "pg", of("postgres-md5"), of("postgres-scram-sha256"))
        mariadb(pathlib.Path(folder) / "my", of("mysql323"), [row for row in of("mysql41") if row["stored"].startswith("*")])
    if os.environ.get("VECTORS_ROOT"):
        openldap(pathlib.Path(os.environ["VECTORS_ROOT"]), [row for row in rows if row["scheme"] in LDAP])
    if len(sys.argv) > 1:
        mysql(pathlib.Path(sys.argv[1]), [row for row in of("mysql-caching-sha2") if row["stored"].startswith("$A$")])


def run(command, text="", **more):
    made = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False, **more)
    if made.returncode:
        raise SystemExit(f"{command[0]}: {made.stderr}")
    return made.stdout


@contextlib.contextmanager
def server(command, ready):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        for _ in range(300):
            if subprocess.run(ready, capture_output=True, check=False, cwd="/").returncode == 0:
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{command[-1]}: the server does not answer")
        yield
    finally:
        process.terminate()
        process.wait(60)


def literal(value):
    assert "\\" not in value, "the servers read a backslash in different ways"
    return "'" + value.replace("'", "''") + "'"


def postgres(folder, md5s, verifiers):
    folder.mkdir()
    shutil.chown(folder, "postgres")
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
    run([*user, "initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"], cwd="/")
    (folder / "data" / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
    ask = ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(folder), "-U", "postgres", "-d", "postgres"]
    with server([*user, "postgres", "-D", f"{folder}/data", "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"], ["pg_isready", "-q", "-h", str(folder)]):
        for row in md5s:
            # An empty password is no password there.
            if row["password"]:
                script = f"SET password_encryption='md5'; DROP ROLE IF EXISTS \"{row['username']}\"; CREATE ROLE \"{row['username']}\" PASSWORD {literal(row['password'])}; SELECT rolpassword FROM pg_authid WHERE rolname={literal(row['username'])};"
                assert run(ask, script, cwd="/").split("\n")[-2] == row["stored"], row
        for number, row in enumerate(verifiers):
            run(ask, f"CREATE ROLE u{number} LOGIN PASSWORD {literal(row['stored'])};", cwd="/")
            login = ["psql", "-X", "-At", "-h", str(folder), "-U", f"u{number}", "-d", "postgres", "-c", "SELECT 1"]
            for password, opens in [(row["password"], bool(row["password"])), (row["password"] + "x", False)]:
                answer = subprocess.run(login, capture_output=True, check=False, cwd="/", env={**os.environ, "PGPASSWORD": password})
                assert (answer.returncode == 0) == opens, row
    print("PostgreSQL:", len(md5s), "MD5,", len(verifiers), "SCRAM")


def mariadb(folder, old, new):
    folder.mkdir()
    shutil.chown(folder, "mysql")
    data, socket = folder / "data", folder / "s"
    run(["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"])
    ask = ["mariadb", "--no-defaults", "--default-character-set=utf8mb4", "-N", "-B", f"--socket={socket}", "-uroot"]
    with server(["mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={socket}", "--skip-networking", "--skip-name-resolve"], [*ask, "-e", "SELECT 1"]):
        for function, rows in [("OLD_PASSWORD", old), ("PASSWORD", new)]:
            for row in rows:
                # Both functions answer an empty password with an empty text.
                if row["password"]:
                    assert run(ask, f"SELECT {function}({literal(row['password'])});").strip() == row["stored"], row
    print("MariaDB:", len(old), "OLD_PASSWORD,", len(new), "PASSWORD")


# What OpenLDAP knows, with its modules.
LDAP = {"ldap-md5", "ldap-smd5", "ldap-sha", "ldap-ssha", "ldap-sha256", "ldap-ssha256", "ldap-sha512", "ldap-ssha512", "ldap-crypt", "ldap-argon2"} | {
    f"ldap-pbkdf2-{name}" for name in ["sha1", "sha256", "sha512"]
}
SLAPD = """
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_ldif
moduleload pw-pbkdf2
moduleload pw-sha2
moduleload argon2
pidfile /srv/vectors/pid
database ldif
suffix "o=v"
directory /srv/vectors/data
access to * by anonymous auth
"""


def openldap(root, rows):
    inside, outside = "/srv/vectors", root / "srv/vectors"
    # Dovecot alone has names for hex and base64; and an empty password is an anonymous bind.
    rows = [row for row in rows if row["password"] and ".HEX}" not in row["stored"] and ".B64}" not in row["stored"]]
    (outside / "data").mkdir(parents=True)
    try:
        (outside / "conf").write_text(SLAPD)
        entries = ["dn: o=v\nobjectClass: organization\no: v\n"]
        for number, row in enumerate(rows):
            entries.append(f"dn: cn=u{number},o=v\nobjectClass: person\ncn: u{number}\nsn: u\nuserPassword: {row['stored']}\n")
        inner = ["chroot", str(root)]
        run([*inner, "slapadd", "-f", f"{inside}/conf"], "\n".join(entries))
        url = "ldapi://%2Fsrv%2Fvectors%2Fs"
        with server([*inner, "slapd", "-d", "0", "-f", f"{inside}/conf", "-h", url], [*inner, "ldapwhoami", "-x", "-H", url]):
            for number, row in enumerate(rows):
                bind = [*inner, "ldapwhoami", "-x", "-H", url, "-D", f"cn=u{number},o=v", "-w"]
                for password, opens in [(row["password"], True), ("x" + row["password"], False)]:
                    answer = subprocess.run([*bind, password], capture_output=True, check=False)
                    assert (answer.returncode == 0) == opens, (row, answer.stderr)
        print("OpenLDAP:", len(rows))
    finally:
        shutil.rmtree(outside)


def mysql(root, rows):
    inside, outside = "/srv/vectors", root / "srv/vectors"
    outside.mkdir(parents=True)
    inner = ["chroot", str(root)]
    try:
        run([*inner, "mysqld", "--no-defaults", "--initialize-insecure", "--secure-file-priv=", "--user=root", f"--datadir={inside}/data"])
        ask = [*inner, "mysql", "--no-defaults", "-N", "-B", f"--socket={inside}/s"]
        options = ["--secure-file-priv=", "--user=root", f"--datadir={inside}/data", f"--socket={inside}/s", f"--pid-file={inside}/pid", "--skip-networking", "--mysqlx=OFF"]
        with server([*inner, "mysqld", "--no-defaults", *options], [*ask, "-uroot", "-e", "SELECT 1"]):
            for number, row in enumerate(rows):
                run([*ask, "-uroot"], f"CREATE USER u{number}@localhost IDENTIFIED WITH caching_sha2_password AS {literal(row['stored'])};")
                for password, opens in [(row["password"], True), (row["password"] + "x", False)]:
                    login = [*ask, f"-uu{number}", "--get-server-public-key", "-e", "SELECT 1"]
                    answer = subprocess.run(login, capture_output=True, check=False, env={**os.environ, "MYSQL_PWD": password})
                    # The server asks nothing of who sends no password, so an empty one never opens.
                    assert (answer.returncode == 0) == (opens and bool(password)), (row, answer.stderr)
        print("MySQL:", len(rows), "caching_sha2_password")
    finally:
        shutil.rmtree(outside)


if __name__ == "__main__":
    main()
