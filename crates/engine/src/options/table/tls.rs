//! Directives about encryption, which Granite does not do yet. The ports are promises; what names
//! certificates and ciphers has no effect without them, in Redis neither.
use super::{OptionRow, promise, tuning};
use crate::options::kind::Kind::{Choice, Text, YesNo};
use crate::options::kind::{Unit, count, measured};

const INT_MAX: i64 = i32::MAX as i64;

const NO_TLS: &str = "Granite does not encrypt connections yet";

#[rustfmt::skip] // A table reads in columns.
pub(super) const ROWS: &[OptionRow] = &[
    promise(("tls-port", count(0, 65_535), "0"), &["0"], NO_TLS),
    promise(("tls-cluster", YesNo, "no"), &["no"], NO_TLS),
    promise(("tls-replication", YesNo, "no"), &["no"], NO_TLS),
    tuning(("tls-auth-clients", Choice(&["no", "yes", "optional"]), "yes"), NO_TLS),
    tuning(("tls-ca-cert-dir", Text(255), ""), NO_TLS),
    tuning(("tls-ca-cert-file", Text(255), ""), NO_TLS),
    tuning(("tls-cert-file", Text(255), ""), NO_TLS),
    tuning(("tls-ciphers", Text(512), ""), NO_TLS),
    tuning(("tls-ciphersuites", Text(512), ""), NO_TLS),
    tuning(("tls-client-cert-file", Text(255), ""), NO_TLS),
    tuning(("tls-client-key-file", Text(255), ""), NO_TLS),
    tuning(("tls-client-key-file-pass", Text(255), ""), NO_TLS).secret(),
    tuning(("tls-dh-params-file", Text(255), ""), NO_TLS),
    tuning(("tls-key-file", Text(255), ""), NO_TLS),
    tuning(("tls-key-file-pass", Text(255), ""), NO_TLS).secret(),
    tuning(("tls-prefer-server-ciphers", YesNo, "no"), NO_TLS),
    tuning(("tls-protocols", Text(128), ""), NO_TLS),
    tuning(("tls-session-cache-size", count(0, INT_MAX), "20480"), NO_TLS),
    tuning(("tls-session-cache-timeout", measured(Unit::Seconds, 0, INT_MAX), "300"), NO_TLS),
    tuning(("tls-session-caching", YesNo, "yes"), NO_TLS),
];
