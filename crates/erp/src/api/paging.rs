//! Pages by the key of their last row. The cursor is opaque: unpadded base64 of that key in JSON.

use crate::error::{Error, Result};
use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Rows of a page where nothing was said.
pub const LIMIT_DEFAULT: usize = 100;
/// Rows of a page at the most.
pub const LIMIT_MAX: usize = 1000;
/// Bytes of a cursor or filter at the most.
const TEXT_MAX: usize = 400;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// To be sent as `after` for the next page; null after the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts one row more than the limit down to a page.
    pub(super) fn cut<K: Serialize>(mut rows: Vec<T>, params: &Params, key: impl Fn(&T) -> K) -> Result<Self> {
        let more = rows.len() > params.limit;
        rows.truncate(params.limit);
        let next = match rows.last().filter(|_| more) {
            Some(last) => Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&key(last))?)),
            None => None,
        };
        Ok(Self { items: rows, next })
    }
}

/// The query of a list.
#[derive(Debug)]
pub(super) struct Params {
    limit: usize,
    after: Option<String>,
    filters: Vec<(String, String)>,
}

impl Params {
    /// Rows to ask the database for: one more than are shown, to know whether there is a next page.
    pub(super) fn fetch(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The key after which the page begins; the default one lies before every row.
    pub(super) fn after<K: DeserializeOwned + Default>(&self) -> Result<K> {
        let Some(after) = &self.after else { return Ok(K::default()) };
        URL_SAFE_NO_PAD
            .decode(after)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| bad("after is not a cursor of this list; send next of the page before, or leave it out"))
    }

    /// A filter; empty where it was not given.
    pub(super) fn filter(&self, name: &str) -> &str {
        self.filters.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
    }

    /// A filter with a closed set of values; empty where it was not given.
    pub(super) fn filter_of(&self, name: &str, values: &[&str]) -> Result<&str> {
        let value = self.filter(name);
        if value.is_empty() || values.contains(&value) {
            Ok(value)
        } else {
            Err(bad(format!("{name} must be one of {}, not {value:?}", values.join(", "))))
        }
    }

    /// Refuses what the list does not know, so that a misspelt filter is no silent one.
    pub(super) fn known(self, filters: &[&str]) -> Result<Self> {
        match self.filters.iter().find(|(name, _)| !filters.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, _)) => {
                let all = ["limit", "after"].iter().chain(filters).copied().collect::<Vec<_>>().join(", ");
                Err(bad(format!("{name:?} is not a parameter of this list; it knows {all}")))
            }
        }
    }
}

fn bad(detail: impl Into<String>) -> Error {
    Error::problem(400, "bad_parameter", detail)
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_: QueryRejection| bad("the query cannot be read; percent-encode its values"))?;
        let mut params = Self { limit: LIMIT_DEFAULT, after: None, filters: Vec::new() };
        for (name, value) in pairs {
            if value.len() > TEXT_MAX || value.contains('\0') {
                return Err(bad(format!("{name} is too long or holds a zero byte")));
            }
            match name.as_str() {
                "limit" => {
                    params.limit =
                        value.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| {
                            bad(format!("limit must be a whole number from 1 to {LIMIT_MAX}, not {value:?}"))
                        })?;
                }
                "after" => params.after = Some(value).filter(|after| !after.is_empty()),
                _ if params.filters.iter().any(|(own, _)| *own == name) => {
                    return Err(bad(format!("{name} is given twice")));
                }
                _ => params.filters.push((name, value)),
            }
        }
        Ok(params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(limit: usize, after: Option<&str>) -> Params {
        Params { limit, after: after.map(str::to_owned), filters: vec![("state".to_owned(), "open".to_owned())] }
    }

    #[test]
    fn a_cursor_names_the_last_row() {
        let page = Page::cut(vec!["a", "b", "c"], &params(2, None), |row| (*row, 1)).unwrap();
        assert_eq!(page.items, ["a", "b"]);
        let next = page.next.unwrap();
        assert_eq!(params(2, Some(&next)).after::<(String, i64)>().unwrap(), ("b".to_owned(), 1));
        assert!(params(2, Some(&next)).after::<i64>().is_err());
        assert!(params(2, Some("!!")).after::<i64>().is_err());
        assert_eq!(params(2, None).after::<(String, i64)>().unwrap(), (String::new(), 0));
        assert!(Page::cut(vec!["a", "b"], &params(2, None), |row| *row).unwrap().next.is_none());
    }

    #[test]
    fn filters_are_closed_sets() {
        assert_eq!(params(2, None).filter("state"), "open");
        assert_eq!(params(2, None).filter("item"), "");
        assert!(params(2, None).filter_of("state", &["done"]).is_err());
        assert!(params(2, None).known(&["item"]).is_err());
        assert!(params(2, None).known(&["state"]).is_ok());
    }
}
