//! Goods that come back, laid out by a test: what was shipped, what is announced, who inspects.

use crate::kit::Floor;
use crate::kit::world::World;
use floorhand::app::Flow;
use floorhand::view::{Page, ReturnStage, ReturnsView, Tap};
use floorhand_domain::master::{ItemClass, LocationKind, Role};
use floorhand_domain::returns::{ReturnPolicy, ReturnReason, Rma, RmaLine, RmaState, ShippedLine};
use floorhand_domain::stock::Status;
use floorhand_wire::feed::kind;

/// The badge of one who inspects.
pub const INSPECTOR: &str = "BDG-3";
/// The GTIN of headphones: serial numbers, weighed.
pub const PHONES: &str = "09521234000037";

impl World {
    /// A bench, bins of every status, headphones, a cream of hygiene, and one who inspects.
    pub fn post() -> Self {
        Self::new()
            .operator("o-3", INSPECTOR, &[Role::Returns])
            .place("PACK-1", |place| place.kind = LocationKind::Pack)
            .place("X-01", |place| place.status = Status::Damaged)
            .item("PHONES", PHONES, |item| {
                (item.class, item.serial_tracked, item.value_minor) = (ItemClass::Electronics, true, 9_000);
            })
            .item("CREAM", "CREAM", |item| (item.class, item.hygiene) = (ItemClass::Cosmetics, true))
    }

    /// A row of what was shipped.
    pub fn sent(self, row: ShippedLine) -> Self {
        let id = format!("{}/{}/{}{}{}", row.order, row.line, row.carton, row.lot, row.serial);
        self.put(kind::SHIPPED, &id.clone(), &ShippedLine { id, ..row })
    }

    /// An announced return of an order: its lines with item, units and reason.
    pub fn rma(self, id: &str, order: &str, lines: &[(&str, &str, i64, ReturnReason)]) -> Self {
        self.put(kind::RMA, id, &rma(id, order, lines, RmaState::Open))
    }

    pub fn policy(self, change: impl FnOnce(&mut ReturnPolicy)) -> Self {
        let mut policy = ReturnPolicy::default();
        change(&mut policy);
        self.put(kind::RETURN_POLICY, kind::RETURN_POLICY, &policy)
    }
}

pub fn rma(id: &str, order: &str, lines: &[(&str, &str, i64, ReturnReason)], state: RmaState) -> Rma {
    let line = |(line, item, qty, reason): &(&str, &str, i64, ReturnReason)| RmaLine {
        line: (*line).into(),
        item: (*item).into(),
        qty: *qty,
        reason: *reason,
        words: format!("About the {item}"),
    };
    Rma { id: id.into(), order: order.into(), channel: String::new(), state, lines: lines.iter().map(line).collect() }
}

/// Units of a line of the order `O-1`, in parcel `C-1`.
pub fn sent(line: &str, item: &str, qty: i64) -> ShippedLine {
    ShippedLine {
        order: "O-1".into(),
        line: line.into(),
        carton: "C-1".into(),
        tracking: "TR-1".to_owned(),
        item: item.into(),
        qty,
        ..ShippedLine::default()
    }
}

/// One unit with its serial number.
pub fn unit(line: &str, item: &str, serial: &str) -> ShippedLine {
    ShippedLine { serial: serial.into(), ..sent(line, item, 1) }
}

/// Headphones of 800 g.
pub fn phones(line: &str, serial: &str) -> ShippedLine {
    ShippedLine { unit_grams: 800, ..unit(line, "PHONES", serial) }
}

impl Floor {
    /// The page of returns.
    pub fn at_returns(world: World) -> Self {
        let mut floor = world.floor();
        floor.sign_in(INSPECTOR);
        floor.sheet("returns");
        assert_eq!(floor.step(), "returns");
        floor
    }

    /// A return that a scan opens.
    pub fn returning(world: World, code: &str) -> Self {
        let mut floor = Self::at_returns(world);
        floor.scan(code, "return.item");
        floor.recorded(&[&opened(&floor)]);
        floor
    }

    #[track_caller]
    pub fn page(&self) -> ReturnsView {
        let page = self.view().page;
        let Page::Returns(page) = page else { panic!("{page:?}") };
        page
    }

    /// Units that are inspected now.
    pub fn held(&self) -> i64 {
        match &self.app().flow {
            Flow::Returns(flow) => flow.under.at.entry().map_or(0, |entry| entry.qty),
            other => panic!("{other:?}"),
        }
    }

    /// Answers the checklist: `y` yes, `n` no, in order.
    pub fn answer(&mut self, answers: &str) {
        for (row, sign) in answers.chars().enumerate() {
            self.tap(Tap::Answer(row, sign == 'y'));
            assert_eq!(self.told(), "");
        }
    }

    /// Chooses a row of the open sheet by its code.
    #[track_caller]
    pub fn choose_row(&mut self, code: &str) {
        let rows = self.app().sheet_rows();
        let at = rows.iter().position(|(own, ..)| *own == code).expect("a row of the sheet");
        while self.app().sheet_window(rows.len()).0 + self.app().sheet_fit() <= at {
            self.tap(Tap::PageDown);
        }
        let first = self.app().sheet_window(rows.len()).0;
        self.tap(Tap::Choose(at - first));
        assert_eq!(self.told(), "");
    }

    /// Says why the goods came back.
    #[track_caller]
    pub fn because(&mut self, reason: &str) {
        self.tap(Tap::Reasons);
        self.choose_row(reason);
    }

    /// The outcome at the step of the place.
    #[track_caller]
    pub fn proposed(&self) -> String {
        let stage = self.page().stage;
        let ReturnStage::Put { outcome, .. } = stage else { panic!("{stage:?}") };
        outcome
    }

    /// Where another outcome stands on the page, and why it cannot be chosen.
    #[track_caller]
    pub fn other(&self, code: &str) -> (usize, String) {
        let stage = self.page().stage;
        let ReturnStage::Put { choices, .. } = stage else { panic!("{stage:?}") };
        let at = choices.iter().position(|one| one.code == code).expect("another outcome");
        (at, choices[at].why.clone())
    }

    /// The grades that can be chosen.
    #[track_caller]
    pub fn grades(&self) -> String {
        let stage = self.page().stage;
        let ReturnStage::Inspect(form) = stage else { panic!("{stage:?}") };
        form.grades.iter().filter(|grade| grade.allowed).map(|grade| grade.code.as_str()).collect()
    }
}

/// The words of the fact that opens the return at hand.
fn opened(floor: &Floor) -> String {
    let Flow::Returns(flow) = &floor.app().flow else { panic!("{:?}", floor.app().flow) };
    let at = &flow.under.at;
    let words = ["ReturnOpened".to_owned(), at.rma_id().0, at.order.0.clone(), "at PACK-1".to_owned()];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
