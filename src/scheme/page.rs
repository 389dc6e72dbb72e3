//! The page in `docs/` that lists the registry, generated from it, with the source of each form.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::vectors::coverage::WITHOUT;
use super::*;

/// Where it is said what a form is: the first name that a scheme's begins with counts.
const SOURCES: &[(&str, &str)] = &[
    (
        "389ds-",
        "ldap/servers/plugins/pwdstorage of 389ds/389-ds-base",
    ),
    ("apr1", "crypto/apr_md5.c of apache/apr"),
    ("anope-", "modules/encryption of anope/anope"),
    ("bugzilla", "Bugzilla/Util.pm of bugzilla/bugzilla"),
    ("courier-", "libs/courier-authlib of Courier"),
    (
        "colon-",
        "PasswordStorage of defuse/password-hashing; m10900.pm of hashcat/hashcat",
    ),
    ("defuse-", "PasswordStorage of defuse/password-hashing"),
    (
        "jenkins-",
        "hudson/security/HudsonPrivateSecurityRealm.java of jenkinsci/jenkins",
    ),
    ("shiro1", "crypto/hash of apache/shiro"),
    ("davical-", "inc/AWLUtilities.php of AWL"),
    (
        "freeradius-",
        "src/modules/rlm_pap/rlm_pap.c of FreeRADIUS/freeradius-server",
    ),
    (
        "keycloak",
        "server-spi/src/main/java/org/keycloak/models/credential of keycloak/keycloak",
    ),
    ("moin", "MoinMoin/auth of moinwiki/moin-1.9"),
    (
        "nextcloud",
        "lib/private/Security/Hasher.php of nextcloud/server",
    ),
    ("otrs-", "Kernel/System/Auth/DB.pm of znuny/Znuny"),
    ("roundup-", "roundup/password.py of roundup-tracker/roundup"),
    ("rt-", "lib/RT/User.pm of bestpractical/rt"),
    ("ttrss-", "classes/UserHelper.php of tt-rss/tt-rss"),
    ("typo3-", "typo3/sysext/saltedpasswords of TYPO3/typo3"),
    ("xenforo", "src/XF/Authentication of XenForo"),
    (
        "zoneminder",
        "web/includes/auth.php of ZoneMinder/zoneminder",
    ),
    ("argon2", "src/encoding.c of P-H-C/phc-winner-argon2"),
    (
        "aspnet-",
        "src/Identity/Extensions.Core/src/PasswordHasher.cs of dotnet/aspnetcore",
    ),
    ("atlassian-", "passlib/handlers/pbkdf2.py"),
    (
        "authme",
        "security/crypts/Sha256.java of AuthMe/AuthMeReloaded",
    ),
    ("bcrypt(", "tools/test_modules of hashcat/hashcat"),
    ("bcrypt-", "lib/crypt-bcrypt.c of besser82/libxcrypt"),
    ("bsd-nthash", "lib/crypt-nthash.c of besser82/libxcrypt"),
    (
        "cisco",
        "passlib/handlers/cisco.py; m05700.pm, m09200.pm, m09300.pm of hashcat/hashcat",
    ),
    ("cta-", "passlib/handlers/pbkdf2.py"),
    ("dlitz-", "passlib/handlers/pbkdf2.py"),
    ("django-", "django/contrib/auth/hashers.py of django/django"),
    ("dovecot-", "src/auth/password-scheme.c of dovecot/core"),
    ("drupal7", "includes/password.inc of Drupal 7"),
    ("episerver-", "m00141.pm, m01441.pm of hashcat/hashcat"),
    ("grub-", "util/grub-mkpasswd-pbkdf2.c of GRUB"),
    ("hashcat-", "m08900.pm of hashcat/hashcat"),
    ("hmailserver", "m01421.pm of hashcat/hashcat"),
    ("kratos-", "hash/hash_comparator.go of ory/kratos"),
    (
        "ldap-",
        "RFC 2307; contrib/slapd-modules/passwd of OpenLDAP",
    ),
    ("lm", "passlib/handlers/windows.py"),
    (
        "macos-",
        "m00122.pm, m01722.pm, m07100.pm of hashcat/hashcat",
    ),
    (
        "magento2",
        "lib/internal/Magento/Framework/Encryption/Encryptor.php of magento/magento2",
    ),
    ("mediawiki-", "includes/password of wikimedia/mediawiki"),
    ("msdcc2", "passlib/handlers/windows.py"),
    (
        "mssql",
        "passlib/handlers/mssql.py; m01731.pm of hashcat/hashcat",
    ),
    (
        "mysql-",
        "mysys/crypt_genhash_impl.cc of mysql/mysql-server",
    ),
    ("mysql323", "passlib/handlers/mysql.py"),
    ("netscaler-", "m08100.pm, m22200.pm of hashcat/hashcat"),
    ("oracle12", "m12300.pm of hashcat/hashcat"),
    ("oracle", "passlib/handlers/oracle.py"),
    ("passlib-", "passlib/handlers"),
    ("peoplesoft", "m00133.pm of hashcat/hashcat"),
    ("phc-", "simonepri/phc-pbkdf2"),
    ("phpass", "PasswordHash.php of openwall/phpass"),
    ("phps", "m02612.pm of hashcat/hashcat"),
    ("plaintext", "the column itself"),
    (
        "postgres-",
        "src/common/md5_common.c, src/common/scram-common.c of postgres/postgres",
    ),
    ("ruby-scrypt", "lib/scrypt/password.rb of pbhogan/scrypt"),
    ("scrypt-s0", "SCryptUtil.java of wg/scrypt"),
    (
        "spring-",
        "crypto/src/main/java/org/springframework/security/crypto of spring-projects/spring-security",
    ),
    ("sun-md5", "lib/crypt-sunmd5.c of besser82/libxcrypt"),
    ("sybase-", "m08000.pm of hashcat/hashcat"),
    ("symfony-", "Hasher/ of symfony/password-hasher"),
    ("umbraco-", "m24800.pm of hashcat/hashcat"),
    ("web2py-", "pydal/validators.py of web2py/pydal"),
    ("werkzeug-", "src/werkzeug/security.py of pallets/werkzeug"),
    (
        "wordpress-",
        "wp-includes/pluggable.php of WordPress/wordpress-develop",
    ),
];

/// crypt(3)'s own, which share no beginning.
const CRYPT: [&str; 10] = [
    "bigcrypt",
    "bsdicrypt",
    "descrypt",
    "gost-yescrypt",
    "md5crypt",
    "scrypt-7",
    "sha1crypt",
    "sha256crypt",
    "sha512crypt",
    "yescrypt",
];

fn source(scheme: Scheme) -> Option<String> {
    let name = scheme.name();
    if let Some(expression) = scheme.expression() {
        return Some(format!("`{expression}`"));
    }
    if CRYPT.contains(&name) {
        return Some("lib/ of besser82/libxcrypt".to_owned());
    }
    let known = SOURCES.iter().find(|(front, _)| name.starts_with(front));
    known.map(|(_, source)| (*source).to_owned())
}

fn page() -> String {
    let mut page = String::from(
        "# Schemes\n\n\
         This page is generated from the registry (`src/scheme/registry/table.rs`).\n\
         `SALTERN_ACCEPT=1 cargo test schemes` writes it anew.\n\n\
         - *Found*: how a value is recognised. A **prefix** says what a string is in any column. For every other form the\n\
         \x20 credential must name its `scheme`, except for a bare digest that a scan can prove (`hex32`: 32 digits of hex, also\n\
         \x20 with a salt beside it and one character between). The same digest may be spelt in base64, padded or not, with the\n\
         \x20 alphabet of URLs, behind `0x` or `\\x`, in groups (`AB-CD-…`, `ab:cd:…`) or as a UUID. It is the same scheme then,\n\
         \x20 and is wrapped under the same id: the wrap is of the digest in lowercase hex.\n\
         - *Class*: **slow** is a password hash. Whether it is strong depends on the parameters in the string and on the target.\n\
         - *Verified*: a login can be checked against it. What is only recognised is kept, counted and never written to. Where no\n\
         \x20 other implementation was at hand to make values for the tests, this column says so.\n\
         - *Inner id*: what stands behind the `--` of a wrapped value. A scheme without one can't be wrapped: it is as strong as\n\
         \x20 a target, or it is reversible and is rehashed.\n\
         - *Source*: whose code or description says what the form is, or the digest expression that says it.\n\n\
         | scheme | what it is | found | needs | class | verified | inner id | source |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for scheme in Scheme::all() {
        let found = match scheme.shape() {
            Some(shape) => shape.as_str(),
            None if scheme.has_prefix() => "prefix",
            None => "declared",
        };
        let needs = needs(scheme.needs());
        let verified = match scheme.is_verified() {
            true if WITHOUT.contains(&scheme.name()) => "yes; no other implementation's values",
            true => "yes",
            false => "no",
        };
        let inner = scheme
            .inner_id()
            .map_or(String::new(), |id| format!("`{id}`"));
        let _ = writeln!(
            page,
            "| `{}` | {} | {found} | {needs} | {} | {verified} | {inner} | {} |",
            scheme.name(),
            scheme.description(),
            scheme.class(),
            source(scheme).unwrap_or_default(),
        );
    }
    page.push_str(
        "\n## What is not read\n\n\
         Every other scheme reads the whole password. Of these, texts that differ in what is not read open the same values.\n\
         So a login may hash what was typed only where that was read whole ([why](decisions/logins.md)).\n\n\
         | scheme | not read | read whole |\n| --- | --- | --- |\n",
    );
    for scheme in Scheme::all() {
        if let Some(unread) = scheme.unread() {
            let whole = unread.whole.unwrap_or("no password");
            let _ = writeln!(page, "| `{scheme}` | {} | {whole} |", unread.what);
        }
    }
    page.push_str(
        "\n## Other names\n\nThey are read wherever a scheme is named, and the scheme's own name is written.\n\n| name | scheme |\n| --- | --- |\n",
    );
    for scheme in Scheme::all() {
        for alias in scheme.aliases() {
            let _ = writeln!(page, "| `{alias}` | `{}` |", scheme.name());
        }
    }
    page
}

fn needs(needs: Needs) -> String {
    let all = [
        (needs.salt, "salt"),
        (needs.salt2, "salt2"),
        (needs.username, "username"),
        (needs.user_id, "user id"),
        (needs.site, "site-wide salt"),
    ];
    let named: Vec<_> = all
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| *what)
        .collect();
    named.join(", ")
}

#[test]
fn every_form_of_the_registry_has_a_source() {
    for scheme in Scheme::all() {
        assert!(source(scheme).is_some(), "{scheme}");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the explicit accept of a generated page comes from the environment"
)]
fn the_page_on_schemes_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemes.md");
    if std::env::var("SALTERN_ACCEPT").is_ok_and(|accept| accept == "1") {
        std::fs::write(&path, page()).expect("docs/ can be written to");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/schemes.md is out of date: SALTERN_ACCEPT=1 cargo test schemes"
    );
}

/// The pages whose code has a list of the labels that a login leaves, and how the list begins and
/// ends there.
const LABELS_ON_PAGES: [(&str, &str, &str); 5] = [
    ("php", "SALTERN_PARTLY = [", "];"),
    ("python", "PARTLY = set(", ".split"),
    ("node", "partly = new Set(", ".split"),
    ("rails", "PARTLY = %w[", "]"),
    ("crypt", "_PARTLY = set(", ".split"),
];

#[test]
fn the_code_of_every_page_leaves_the_labels_of_what_is_not_read_whole() {
    let expected: BTreeSet<String> = Scheme::all()
        .filter(|scheme| scheme.unread().is_some())
        .filter_map(|scheme| Some(scheme.inner_id()?.to_string()))
        .collect();
    for (page, begin, end) in LABELS_ON_PAGES {
        let path = format!("{}/docs/integrations/{page}.md", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a page");
        let (_, rest) = text.split_once(begin).expect(page);
        let (list, _) = rest.split_once(end).expect(page);
        let is_of_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let found: BTreeSet<String> = list
            .split(|c| !is_of_label(c))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        assert_eq!(found, expected, "{page}");
    }
}
