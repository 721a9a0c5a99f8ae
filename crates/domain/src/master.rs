//! Master data: what the ERP core tells every device about things, places and people.

use crate::id::{DeliveryId, HandlingUnitId, ItemId, LocationId, OperatorId, OrderId};
use crate::stock::Status;
use serde::{Deserialize, Serialize};

/// A calendar date as `YYYY-MM-DD`; compares in calendar order.
pub type IsoDate = String;

/// The family of an item; chooses its picture and later its checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemClass {
    /// Clothing, with size and colour.
    Apparel,
    /// Devices, usually with serial numbers.
    Electronics,
    /// Cosmetics, usually with lot and expiry.
    Cosmetics,
    /// Anything else.
    #[default]
    General,
}

/// An item (SKU).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Item {
    /// Its identifier, the SKU.
    pub id: ItemId,
    /// Its name without variant.
    pub name: String,
    /// What tells it from its siblings beside the size, usually the colour. Empty = none.
    #[serde(default)]
    pub variant: String,
    /// Its size. Empty = none.
    #[serde(default)]
    pub size: String,
    /// Its family.
    #[serde(default)]
    pub class: ItemClass,
    /// Whether stock of it is kept by lot.
    #[serde(default)]
    pub lot_tracked: bool,
    /// Whether every unit has a serial number.
    #[serde(default)]
    pub serial_tracked: bool,
    /// Whether its lots expire.
    #[serde(default)]
    pub expiry_tracked: bool,
    /// Weight of one unit in grams; 0 = unknown.
    #[serde(default)]
    pub weight_grams: i64,
    /// Class by turnover: `A`, `B`, `C`. Empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub abc: String,
    /// Value of one unit in minor units of the site's currency; 0 = unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub value_minor: i64,
    /// Days until its expiry date that it must have when it is received; 0 = any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub min_shelf_days: u32,
    /// Decimals of a typed quantity: 3 for an item that is shown in kilograms and kept in grams.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub decimals: u8,
    /// Length, width and height of one unit in millimetres; 0 = not known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub size_mm: [i64; 3],
    /// Least weight of a piece in grams, where pieces differ in weight; 0 = they do not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub piece_min_grams: i64,
    /// Greatest weight of a piece in grams, where pieces differ in weight; 0 = they do not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub piece_max_grams: i64,
    /// Whether it may never be sold again once it was opened.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hygiene: bool,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// What one scan of a barcode holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// One unit.
    #[default]
    Each,
    /// An inner pack.
    Inner,
    /// A case.
    Case,
}

/// A barcode of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Barcode {
    /// A GTIN as 14 digits (GS1 General Specifications, 7.9: compared right-aligned), or any
    /// other code as it is read.
    pub code: String,
    /// The item it stands for.
    pub item: ItemId,
    /// Units of the item in one scan, at least 1.
    pub qty: i64,
    /// What it is printed on.
    #[serde(default)]
    pub unit: Unit,
}

/// What a location is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocationKind {
    /// A place on a shelf.
    #[default]
    Bin,
    /// A receiving dock.
    Dock,
    /// A staging area.
    Staging,
    /// A packing bench.
    Pack,
    /// Goods on their way inside the warehouse.
    Transit,
    /// Supplier, customer or loss: outside the building.
    Virtual,
}

/// What goods may stand side by side in a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mixing {
    /// Anything.
    #[default]
    Any,
    /// One item.
    Item,
    /// One lot of one item.
    Lot,
}

/// A location.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Location {
    /// Its identifier, which is also what its sign says, e.g. `B-14-32`.
    pub id: LocationId,
    /// What its label reads as when scanned.
    pub code: String,
    /// What it is for.
    #[serde(default)]
    pub kind: LocationKind,
    /// The zone it belongs to.
    #[serde(default)]
    pub zone: String,
    /// Its place on the pick path; smaller comes first.
    #[serde(default)]
    pub sequence: i64,
    /// Aisle as on the sign. Empty = no mask, the sign is one line.
    #[serde(default)]
    pub aisle: String,
    /// Bay as on the sign.
    #[serde(default)]
    pub bay: String,
    /// Shelf as on the sign.
    #[serde(default)]
    pub shelf: String,
    /// Level counted from the floor, from 1; 0 = unknown.
    #[serde(default)]
    pub level: u8,
    /// Levels of the bay; 0 = unknown.
    #[serde(default)]
    pub levels: u8,
    /// Place on the level, from 1; 0 = unknown.
    #[serde(default)]
    pub place: u8,
    /// Places on the level; 0 = unknown.
    #[serde(default)]
    pub places: u8,
    /// The status of the stock that is kept here. Stock of other statuses may not be put here; docks,
    /// staging areas and benches take any.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub status: Status,
    /// Units that fit; 0 = no limit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub capacity: i64,
    /// What may stand side by side.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mixing: Mixing,
    /// The only family of items that may stand here. `None` = any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_class: Option<ItemClass>,
    /// The item that has this place as its own. Empty = none.
    #[serde(default, skip_serializing_if = "ItemId::is_none")]
    pub fixed_item: ItemId,
}

/// What a handling unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandlingUnitKind {
    /// A reusable tote.
    #[default]
    Tote,
    /// A carton.
    Carton,
    /// A pallet.
    Pallet,
}

/// Anything with its own label that holds goods.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HandlingUnit {
    /// Its label, as it reads when scanned.
    pub id: HandlingUnitId,
    /// What it is.
    #[serde(default)]
    pub kind: HandlingUnitKind,
    /// Where it stands. Empty = unknown.
    #[serde(default)]
    pub location: LocationId,
    /// The order whose goods it holds. Empty = none, it may be taken for one.
    #[serde(default)]
    pub order: OrderId,
    /// The handling unit that it stands on or in. Empty = none.
    #[serde(default, skip_serializing_if = "HandlingUnitId::is_none")]
    pub parent: HandlingUnitId,
    /// The delivery that announced or brought it. Empty = none.
    #[serde(default, skip_serializing_if = "DeliveryId::is_none")]
    pub delivery: DeliveryId,
    /// Whether it is closed, so that its label stands for its content.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sealed: bool,
}

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Pick.
    Pick,
    /// Pack and ship.
    Pack,
    /// Receive.
    Receive,
    /// Put away and move.
    Stock,
    /// Count.
    Count,
    /// Inspect returns.
    Returns,
    /// Decide within limits.
    Supervisor,
    /// Decide anything.
    Manager,
}

/// An operator as a device knows one: hashes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Its identifier.
    pub id: OperatorId,
    /// The name shown in the status strip, e.g. `Mara K.`.
    pub name: String,
    /// BLAKE3 of the badge code with the warehouse's context, as 64 hex digits.
    pub badge_hash: String,
    /// The PIN's Argon2id hash in PHC form.
    pub pin_phc: String,
    /// What the operator may do.
    pub roles: Vec<Role>,
    /// Until when the grant holds, in milliseconds since 1970 of the core's clock.
    #[serde(default)]
    pub valid_to_ms: i64,
    /// The language of the operator as a BCP 47 tag. Empty = the station's.
    #[serde(default)]
    pub language: String,
}

/// What a site may set, one row of the warehouse stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Wrong PINs until a lock-out.
    pub lockout_tries: u32,
    /// Length of the first lock-out.
    pub lockout_minutes: u32,
    /// Idle minutes until the station locks.
    pub autolock_minutes: u32,
    /// Days without news of the operators after which nobody can sign in.
    pub grant_age_days: u32,
    /// Lines of this many units or more may be typed.
    pub type_from: i64,
    /// Whether one tote may hold several orders.
    pub share_tote: bool,
    /// What a claim is worth, in minutes.
    pub claim_lease_minutes: u32,
    /// Percent above the ordered quantity that may be received.
    pub over_receipt_percent: u32,
    /// How much is held when a receipt differs.
    pub diff_hold: Hold,
    /// Whether the announced content of a handling unit is taken without confirming each line.
    pub trust_asn: bool,
    /// Whether another valid location than the suggested one is taken after a question.
    pub other_place: bool,
    /// Whether a count shows no booked quantity.
    pub blind: bool,
    /// Who counts again.
    pub recount_by: RecountBy,
    /// How often a place is counted again before a supervisor decides.
    pub recounts: u32,
    /// Whether a location that the book says is empty is looked at.
    pub zero_check: bool,
    /// Who may type a code instead of scanning it: `supervisor` asks for one.
    pub typed_codes: TypedCodes,
    /// What happens to a lot that is not the oldest one at the shelf.
    pub fefo: Fefo,
    /// Whether another lot than the one that the line names may be taken, after a question.
    pub substitute_lot: bool,
    /// Whether another handling unit than the one that the line names may be taken, after a question.
    pub substitute_unit: bool,
    /// Percent that a weight may differ by.
    pub weight_tol_percent: u32,
    /// Grams that a weight may differ by in any case.
    pub weight_tol_min_grams: i64,
    /// Value of an order in minor units from which its cartons are photographed; 0 = none is.
    pub pack_photo_minor: i64,
    /// How long a printer may take, in milliseconds; silence is failure.
    pub printer_wait_ms: u64,
    /// Up to what a role decides by itself.
    pub limits: Limits,
    /// How this site's own codes are read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scan: crate::scan::Rules,
}

fn is_default(rules: &crate::scan::Rules) -> bool {
    *rules == crate::scan::Rules::default()
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lockout_tries: 5,
            lockout_minutes: 15,
            autolock_minutes: 5,
            grant_age_days: 7,
            type_from: 6,
            share_tote: false,
            claim_lease_minutes: 240,
            over_receipt_percent: 5,
            diff_hold: Hold::Line,
            trust_asn: false,
            other_place: true,
            blind: true,
            recount_by: RecountBy::Other,
            recounts: 2,
            zero_check: true,
            typed_codes: TypedCodes::Supervisor,
            fefo: Fefo::Force,
            substitute_lot: true,
            substitute_unit: true,
            weight_tol_percent: 3,
            weight_tol_min_grams: 30,
            pack_photo_minor: 10_000,
            printer_wait_ms: 2_000,
            limits: Limits::default(),
            scan: crate::scan::Rules::default(),
        }
    }
}

/// What happens to a lot that is not the oldest one at the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fefo {
    /// It is taken.
    None,
    /// It is asked for.
    Warn,
    /// It is refused.
    #[default]
    Force,
}

/// How much of a receipt is held when it differs from what was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// Nothing.
    None,
    /// The whole receipt of the line that differs.
    #[default]
    Line,
    /// The whole receipt.
    Receipt,
}

/// Who counts a place again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecountBy {
    /// Whoever counted it.
    Same,
    /// Somebody else.
    #[default]
    Other,
    /// Anybody.
    Any,
}

/// Who may type a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypedCodes {
    /// Anybody.
    Allowed,
    /// A supervisor, who approves each.
    #[default]
    Supervisor,
    /// Nobody.
    Never,
}

/// Up to what a role decides by itself. Money in minor units of the
/// site's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Units of a variance that an operator's count posts.
    pub count_units: i64,
    /// Percent of the book that it may differ by.
    pub count_percent: i64,
    /// Value of the difference.
    pub count_value_minor: i64,
    /// Value of a variance that a supervisor posts.
    pub supervisor_value_minor: i64,
    /// Percent above the tolerance that a supervisor may receive.
    pub supervisor_over_percent: u32,
    /// Value of goods that a supervisor writes off, or gives another disposition than the policy.
    pub supervisor_write_off_minor: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            count_units: 2,
            count_percent: 2,
            count_value_minor: 1_000,
            supervisor_value_minor: 50_000,
            supervisor_over_percent: 20,
            supervisor_write_off_minor: 20_000,
        }
    }
}
