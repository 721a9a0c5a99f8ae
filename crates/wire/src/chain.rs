//! Canonical bytes and the hash chain of facts: `hash = BLAKE3(prev ‖ canonical bytes)`.

use serde_json::Value;

/// The `prev` of the first fact of an epoch.
pub const GENESIS: &str = "b3:0000000000000000000000000000000000000000000000000000000000000000";

/// The canonical form of a fact: its JSON object without `prev` and `hash`, keys in byte order at
/// every depth, no white space, numbers and strings as `serde_json` writes them. Both sides derive
/// it from the parsed value, so that a proxy which re-formats JSON does not break the chain.
#[must_use]
pub fn canonical(fact: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    write(fact, true, &mut out);
    out
}

fn write(value: &Value, top: bool, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> =
                map.keys().filter(|key| !(top && (*key == "prev" || *key == "hash"))).collect();
            keys.sort_unstable();
            out.push(b'{');
            for (n, key) in keys.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(Value::from(key.as_str()).to_string().as_bytes());
                out.push(b':');
                if let Some(inner) = map.get(key) {
                    write(inner, false, out);
                }
            }
            out.push(b'}');
        }
        Value::Array(list) => {
            out.push(b'[');
            for (n, inner) in list.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(inner, false, out);
            }
            out.push(b']');
        }
        scalar => out.extend_from_slice(scalar.to_string().as_bytes()),
    }
}

/// The hash of a fact whose predecessor has the hash `prev`, as `b3:` and 64 hex digits.
#[must_use]
pub fn hash(prev: &str, canonical: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(prev.as_bytes());
    hasher.update(canonical);
    format!("b3:{}", hasher.finalize().to_hex())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn order_of_keys_and_chain_fields_do_not_matter() {
        let a: Value =
            serde_json::from_str(r#"{"b":1,"a":{"y":[1,{"d":2,"c":"ä\n"}],"x":null},"prev":"p","hash":"h"}"#).unwrap();
        let b = json!({"a":{"x":null,"y":[1,{"c":"ä\n","d":2}]},"b":1});
        assert_eq!(canonical(&a), canonical(&b));
        assert_eq!(String::from_utf8(canonical(&b)).unwrap(), r#"{"a":{"x":null,"y":[1,{"c":"ä\n","d":2}]},"b":1}"#);
    }

    #[test]
    fn inner_prev_is_kept() {
        assert_eq!(canonical(&json!({"body":{"prev":1}})), br#"{"body":{"prev":1}}"#);
    }

    #[test]
    fn hash_depends_on_both_parts() {
        let one = hash(GENESIS, b"{}");
        assert_ne!(one, hash(&one, b"{}"));
        assert_ne!(one, hash(GENESIS, b"{} "));
        assert_eq!(one.len(), GENESIS.len());
    }
}
