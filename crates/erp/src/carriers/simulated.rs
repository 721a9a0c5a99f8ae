//! A carrier that exists only here, for trying things out: it invents tracking numbers, says so on its labels, and
//! tells nobody.

use super::{Carrier, Consignment, Label, NoLabel};

/// Its name in the configuration.
pub const NAME: &str = "simulated";

/// The simulated carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The code under which it is configured; its tracking numbers begin with it.
    pub code: String,
}

impl Carrier for Simulated {
    fn label(&self, consignment: &Consignment) -> Result<Label, NoLabel> {
        let mut hasher = blake3::Hasher::new_derive_key("floorhand 2026-11 simulated tracking number v1");
        for part in [&self.code, &consignment.order, &consignment.carton] {
            hasher.update(part.as_bytes());
            hasher.update(b"\n");
        }
        hasher.update(&consignment.n.to_be_bytes());
        let digits: String =
            hasher.finalize().as_bytes().iter().take(12).map(|byte| char::from(b'0' + byte % 10)).collect();
        let tracking = format!("{}{digits}", self.code);
        let zpl = zpl(&self.code, consignment, &tracking);
        Ok(Label { tracking, zpl })
    }

    fn void(&self, _: &str) -> Result<(), NoLabel> {
        Ok(())
    }
}

/// A field's text: what ZPL would read as a command is written in hexadecimal after `^FH` (ZPL II Programming
/// Guide, `^FH`).
fn field(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '^' | '~' | '_' => out.push_str(&format!("_{:02X}", u32::from(c))),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// 100 × 150 mm at 8 dots a millimetre: words, the tracking number as Code 128, the carton as Code 128.
fn zpl(code: &str, consignment: &Consignment, tracking: &str) -> String {
    let Consignment { order, carton, customer, country, service, grams, .. } = consignment;
    let lines = [
        format!("SIMULATED {} {}", field(code), field(service)),
        format!("{} {}", field(customer), field(country)),
        format!("{} {grams} g", field(order)),
    ];
    let mut zpl = String::from("^XA^CI28^PW800^LL1200");
    for (n, line) in lines.iter().enumerate() {
        zpl.push_str(&format!("^FO40,{}^A0N,44,44^FH^FD{line}^FS", 40 + 70 * n));
    }
    zpl.push_str(&format!("^FO40,300^BY3^BCN,200,Y,N,N^FH^FD{}^FS", field(tracking)));
    zpl.push_str(&format!("^FO40,640^BY2^BCN,140,Y,N,N^FH^FD{}^FS^XZ", field(carton)));
    zpl
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consignment() -> Consignment {
        Consignment {
            order: "SO-1".to_owned(),
            carton: "C-1".to_owned(),
            n: 1,
            customer: "Ada ^XZ_~".to_owned(),
            country: "DE".to_owned(),
            service: "parcel".to_owned(),
            grams: 1_250,
        }
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        let carrier = Simulated { code: "SIM".to_owned() };
        let first = carrier.label(&consignment()).unwrap();
        assert_eq!(carrier.label(&consignment()).unwrap(), first);
        let next = carrier.label(&Consignment { n: 2, ..consignment() }).unwrap();
        assert_ne!(next.tracking, first.tracking);
        assert!(first.tracking.starts_with("SIM") && first.tracking.len() == 15);
    }

    #[test]
    fn a_label_says_what_it_is_and_no_name_is_a_command() {
        let label = Simulated { code: "SIM".to_owned() }.label(&consignment()).unwrap();
        assert!(label.zpl.starts_with("^XA") && label.zpl.ends_with("^XZ"));
        assert_eq!(label.zpl.matches("^XZ").count(), 1, "{}", label.zpl);
        assert!(label.zpl.contains("SIMULATED") && label.zpl.contains("Ada _5EXZ_5F_7E DE"));
        assert!(label.zpl.contains(&label.tracking) && label.zpl.contains("^FDC-1^FS"));
    }
}
