//! Who takes a parcel: carrier and service by a table of rules (pure), and the interface to a carrier that gives
//! tracking numbers and labels.

pub mod simulated;

use crate::db::Tx;
use crate::error::Result;
use crate::vals;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Rules at the most.
pub const RULES_MAX: usize = 500;
/// Carriers at the most.
pub const CARRIERS_MAX: usize = 50;
/// Characters of a label at the most; a longer one is refused.
pub const ZPL_MAX: usize = 64 * 1024;
/// Minutes of a day.
pub const DAY_MINUTES: u32 = 24 * 60;

/// A carrier that the site works with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Config {
    /// Its code, as rules and cartons name it.
    pub code: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// What speaks to it: `simulated` invents tracking numbers and labels and tells nobody.
    pub adapter: String,
    /// The dock where it collects. Empty = none in particular.
    #[serde(default)]
    pub dock: String,
}

/// A rule. The first that matches decides; an empty condition matches anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Rule {
    /// The carrier, by code.
    pub carrier: String,
    /// Its service, by code.
    pub service: String,
    /// ISO 3166 codes of countries, in upper case. Empty = any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// The sales channel. Empty = any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// Grams at the most; 0 = any weight.
    #[serde(skip_serializing_if = "is_zero")]
    pub max_grams: i64,
    /// Value in minor units from; 0 = any value.
    #[serde(skip_serializing_if = "is_zero")]
    pub value_from_minor: i64,
    /// Only as long as it is before this minute of the day, in UTC: the carrier leaves then; 0 = any time.
    #[serde(skip_serializing_if = "is_zero_minute")]
    pub before_minute: u32,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn is_zero_minute(minute: &u32) -> bool {
    *minute == 0
}

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parcel {
    /// Weight of the goods in grams.
    pub grams: i64,
    /// Where it goes. Empty = not known.
    pub country: String,
    /// The sales channel. Empty = none.
    pub channel: String,
    /// Value in minor units.
    pub value_minor: i64,
    /// The minute of the day, in UTC.
    pub minute: u32,
}

impl Rule {
    /// Whether it is about this parcel.
    #[must_use]
    pub fn matches(&self, parcel: &Parcel) -> bool {
        (self.countries.is_empty()
            || self.countries.iter().any(|country| country.eq_ignore_ascii_case(&parcel.country)))
            && (self.channel.is_empty() || self.channel == parcel.channel)
            && (self.max_grams == 0 || parcel.grams <= self.max_grams)
            && (self.value_from_minor == 0 || parcel.value_minor >= self.value_from_minor)
            && (self.before_minute == 0 || parcel.minute < self.before_minute)
    }
}

/// The first rule that matches.
#[must_use]
pub fn choose<'a>(rules: &'a [Rule], parcel: &Parcel) -> Option<&'a Rule> {
    rules.iter().find(|rule| rule.matches(parcel))
}

/// Carriers and rules of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Carriers {
    /// The carriers.
    pub carriers: Vec<Config>,
    /// The rules, the first that matches decides.
    pub rules: Vec<Rule>,
}

impl Carriers {
    /// The carrier of that code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Config> {
        self.carriers.iter().find(|one| one.code == code)
    }

    /// What is wrong with it, as field and words.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        if self.carriers.len() > CARRIERS_MAX {
            faults.push(("carriers".to_owned(), format!("must be at most {CARRIERS_MAX}")));
        }
        if self.rules.len() > RULES_MAX {
            faults.push(("rules".to_owned(), format!("must be at most {RULES_MAX}")));
        }
        for (n, one) in self.carriers.iter().enumerate() {
            if !crate::orders::intake::is_id(&one.code)
                || self.carriers.iter().take(n).any(|other| other.code == one.code)
            {
                faults.push((format!("carriers[{n}].code"), "must be an identifier of its own".to_owned()));
            }
            if adapter(one).is_none() {
                faults.push((format!("carriers[{n}].adapter"), "must be \"simulated\"".to_owned()));
            }
        }
        for (n, rule) in self.rules.iter().enumerate() {
            if self.get(&rule.carrier).is_none() {
                faults.push((format!("rules[{n}].carrier"), "must be one of the carriers".to_owned()));
            }
            if rule.max_grams < 0 || rule.value_from_minor < 0 || rule.before_minute > DAY_MINUTES {
                faults.push((format!("rules[{n}]"), "has a limit that is out of range".to_owned()));
            }
        }
        faults
    }
}

/// The carriers of a site; none where nothing was set.
///
/// # Errors
/// When the database refuses or they do not read.
pub async fn stored(tx: &Tx, warehouse: i64) -> Result<Carriers> {
    match tx.row("SELECT v FROM setting WHERE warehouse_id = $1 AND k = 'carriers'", vals![warehouse]).await? {
        Some(row) => Ok(serde_json::from_str(row.str("v")?)?),
        None => Ok(Carriers::default()),
    }
}

/// Sets the carriers of a site. They are for the core alone: devices are told the choice.
///
/// # Errors
/// When the database refuses.
pub async fn put(tx: &Tx, warehouse: i64, carriers: &Carriers) -> Result<()> {
    tx.execute(
        "INSERT INTO setting (warehouse_id, k, v) VALUES ($1, 'carriers', $2) \
         ON CONFLICT (warehouse_id, k) DO UPDATE SET v = excluded.v",
        vals![warehouse, serde_json::to_string(carriers)?],
    )
    .await
    .map(|_| ())
}

/// A carton that is to travel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consignment {
    /// The order.
    pub order: String,
    /// The carton: what its own barcode says.
    pub carton: String,
    /// Which label of this carton it is, from 1; asked again for the same, it is the same label.
    pub n: i64,
    /// Who gets it.
    pub customer: String,
    /// Where it goes. Empty = not known.
    pub country: String,
    /// The service, by code.
    pub service: String,
    /// What it weighs, in grams; 0 = not weighed.
    pub grams: i64,
}

/// A carrier's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The carrier's number of the parcel.
    pub tracking: String,
    /// The label for the printer, ZPL II.
    pub zpl: String,
}

/// Why there is no label. It is asked for again later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the carrier gave no label: {0}")]
pub struct NoLabel(pub String);

/// A carrier that labels are asked of. It is called outside of every transaction, on a thread that may block; a
/// question that was asked before must get the same answer, since the first may have been lost.
pub trait Carrier: Send + Sync {
    /// A tracking number and a label for a carton.
    ///
    /// # Errors
    /// When the carrier gives none; the question is put again.
    fn label(&self, consignment: &Consignment) -> std::result::Result<Label, NoLabel>;

    /// The label is not used: the parcel does not come.
    ///
    /// # Errors
    /// When the carrier did not hear it; it is told again.
    fn void(&self, tracking: &str) -> std::result::Result<(), NoLabel>;
}

/// What speaks to a carrier, by the name that its configuration gives.
#[must_use]
pub fn adapter(config: &Config) -> Option<Box<dyn Carrier>> {
    match config.adapter.as_str() {
        simulated::NAME => Some(Box::new(simulated::Simulated { code: config.code.clone() })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(carrier: &str, service: &str) -> Rule {
        Rule { carrier: carrier.to_owned(), service: service.to_owned(), ..Rule::default() }
    }

    fn rules() -> Vec<Rule> {
        vec![
            Rule { channel: "shop".to_owned(), ..rule("VAN", "shuttle") },
            Rule { max_grams: 0, value_from_minor: 50_000, ..rule("SAFE", "insured") },
            Rule { countries: vec!["DE".to_owned()], before_minute: 840, max_grams: 2_000, ..rule("POST", "express") },
            Rule { countries: vec!["DE".to_owned(), "AT".to_owned()], max_grams: 31_500, ..rule("POST", "parcel") },
            Rule { max_grams: 31_500, ..rule("WORLD", "air") },
        ]
    }

    #[test]
    fn the_first_rule_that_matches() {
        let cases: &[(i64, &str, &str, i64, u32, &str)] = &[
            (500, "DE", "", 0, 600, "POST/express"),
            (2_000, "DE", "", 0, 839, "POST/express"),
            (2_001, "DE", "", 0, 600, "POST/parcel"),
            (500, "DE", "", 0, 840, "POST/parcel"),
            (500, "de", "", 0, 900, "POST/parcel"),
            (500, "AT", "", 0, 600, "POST/parcel"),
            (500, "FR", "", 0, 600, "WORLD/air"),
            (500, "", "", 0, 600, "WORLD/air"),
            (31_500, "DE", "", 0, 600, "POST/parcel"),
            (31_501, "DE", "", 0, 600, "-"),
            (500, "DE", "", 50_000, 600, "SAFE/insured"),
            (500, "DE", "", 49_999, 600, "POST/express"),
            (99_000, "FR", "shop", 99_999, 600, "VAN/shuttle"),
        ];
        for (grams, country, channel, value_minor, minute, expected) in cases {
            let parcel = Parcel {
                grams: *grams,
                country: (*country).to_owned(),
                channel: (*channel).to_owned(),
                value_minor: *value_minor,
                minute: *minute,
            };
            let rules = rules();
            let got =
                choose(&rules, &parcel).map_or("-".to_owned(), |rule| format!("{}/{}", rule.carrier, rule.service));
            assert_eq!(got, *expected, "{parcel:?}");
        }
        assert_eq!(choose(&[], &Parcel::default()), None);
    }

    #[test]
    fn faults_name_their_field() {
        let good = Config { code: "POST".to_owned(), adapter: "simulated".to_owned(), ..Config::default() };
        let check = |carriers: Vec<Config>, rules: Vec<Rule>, expected: &[&str]| {
            let faults = Carriers { carriers, rules }.faults();
            let got: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
            assert_eq!(got, expected);
        };
        check(vec![good.clone()], vec![rule("POST", "parcel")], &[]);
        check(vec![good.clone(), good.clone()], vec![], &["carriers[1].code"]);
        check(vec![Config { code: "a b".to_owned(), ..good.clone() }], vec![], &["carriers[0].code"]);
        check(vec![Config { adapter: "telex".to_owned(), ..good.clone() }], vec![], &["carriers[0].adapter"]);
        check(vec![good.clone()], vec![rule("UPS", "")], &["rules[0].carrier"]);
        check(vec![good], vec![Rule { before_minute: 1_441, ..rule("POST", "") }], &["rules[0]"]);
    }
}
