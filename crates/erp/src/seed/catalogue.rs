//! The items of the demo: any number of them, each made from its index alone.

use floorhand_domain::id::ItemId;
use floorhand_domain::master::{Barcode, Item, ItemClass, Unit};
use floorhand_gs1::check;

/// Items come in blocks of this many: two garments in four sizes, two devices, three cosmetics,
/// three other things.
const BLOCK: usize = 16;
const SIZES: [&str; 4] = ["S", "M", "L", "XL"];

const GARMENTS: &[(&str, i64)] = &[
    ("Crew T-shirt", 160),
    ("Merino pullover", 340),
    ("Rain jacket", 620),
    ("Linen shirt", 230),
    ("Straight jeans", 690),
    ("Running tights", 210),
    ("Zip hoodie", 580),
    ("Polo shirt", 240),
    ("Chino shorts", 310),
    ("Down vest", 390),
    ("Flannel shirt", 330),
    ("Sweat pants", 450),
    ("Thermal top", 190),
];
const COLOURS: &[&str] =
    &["Black", "Navy", "White", "Olive", "Rust", "Sand", "Teal", "Burgundy", "Grey", "Sky blue", "Mustard"];
const DEVICES: &[(&str, i64)] = &[
    ("Over-ear headphones", 310),
    ("Wireless earbuds", 58),
    ("Portable speaker", 540),
    ("E-reader 7 inch", 205),
    ("Action camera", 154),
    ("Smart watch", 62),
    ("USB-C dock", 128),
    ("Mechanical keyboard", 870),
    ("Trackball mouse", 160),
    ("Webcam 4K", 175),
    ("Power bank 20 Ah", 410),
    ("Travel router", 96),
    ("Bike computer", 84),
];
const DEVICE_VARIANTS: &[&str] = &["Black", "Silver", "White", "Graphite", "Blue"];
const COSMETICS: &[(&str, i64)] = &[
    ("Day cream 50 ml", 118),
    ("Night cream 50 ml", 124),
    ("Hand balm 75 ml", 96),
    ("Shampoo 250 ml", 290),
    ("Conditioner 250 ml", 295),
    ("Sun milk SPF 30", 232),
    ("Sun milk SPF 50", 232),
    ("Lip care stick", 14),
    ("Face toner 200 ml", 226),
    ("Cleansing gel 150 ml", 178),
    ("Body lotion 400 ml", 442),
    ("Vitamin serum 30 ml", 88),
    ("Shower oil 200 ml", 228),
];
const SCENTS: &[&str] = &["Unscented", "Rose", "Citrus", "Lavender", "Green tea"];
const GENERAL: &[(&str, i64)] = &[
    ("Steel bottle 750 ml", 340),
    ("Stoneware mug", 380),
    ("Cotton towel 50×100", 290),
    ("Chopping board", 920),
    ("LED desk lamp", 1180),
    ("Notebook A5 dotted", 245),
    ("Storage box 12 l", 610),
    ("Paring knife", 74),
    ("Glass jar 1 l", 520),
    ("Candle 220 g", 430),
    ("Oven mitt", 112),
    ("Plant pot 16 cm", 760),
    ("Umbrella compact", 330),
];
const GENERAL_VARIANTS: &[&str] = &["Natural", "Black", "White", "Green", "Terracotta"];

/// An item with its barcodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub item: Item,
    /// Of one unit first, then of the case, where there is one.
    pub barcodes: Vec<Barcode>,
}

impl Product {
    /// Units in a case, where it has a code for one.
    pub(super) fn case_qty(&self) -> Option<i64> {
        self.barcodes.iter().find(|code| code.unit == Unit::Case).map(|code| code.qty)
    }
}

/// What kind of item an index stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub class: ItemClass,
    /// Its number within its class.
    pub n: usize,
}

/// The class of an item and its number within the class.
pub(super) fn kind(index: usize) -> Kind {
    let (block, at) = (index / BLOCK, index % BLOCK);
    match at {
        0..=7 => Kind { class: ItemClass::Apparel, n: block * 8 + at },
        8..=9 => Kind { class: ItemClass::Electronics, n: block * 2 + at - 8 },
        10..=12 => Kind { class: ItemClass::Cosmetics, n: block * 3 + at - 10 },
        _ => Kind { class: ItemClass::General, n: block * 3 + at - 13 },
    }
}

/// Name, variant and weight of the `n`-th thing of a list: every pair of name and variant once, and
/// after that with the number of the edition in its name.
fn pair(n: usize, names: &[(&'static str, i64)], variants: &[&'static str]) -> (String, &'static str, i64) {
    let (names_len, variants_len) = (names.len().max(1), variants.len().max(1));
    let (which, round) = (n % names_len, n / names_len);
    let edition = round / variants_len;
    let (name, weight) = names.get(which).copied().unwrap_or_default();
    let variant = variants.get((which * 3 + round) % variants_len).copied().unwrap_or_default();
    let name = if edition == 0 { name.to_owned() } else { format!("{name}, edition {}", edition + 1) };
    (name, variant, weight)
}

/// The item of an index.
pub(super) fn product(index: usize) -> Product {
    let Kind { class, n } = kind(index);
    let mut item = Item { class, ..Item::default() };
    match class {
        ItemClass::Apparel => {
            let (style, size) = (n / SIZES.len(), n % SIZES.len());
            let (name, colour, weight) = pair(style, GARMENTS, COLOURS);
            item.size = SIZES.get(size).copied().unwrap_or_default().to_owned();
            item.id = format!("AP-{:04}-{}", style + 1, item.size).into();
            item.weight_grams = weight + 15 * i64::try_from(size).unwrap_or(0);
            (item.name, item.variant) = (name, colour.to_owned());
        }
        ItemClass::Electronics => {
            let (name, variant, weight) = pair(n, DEVICES, DEVICE_VARIANTS);
            item.id = format!("EL-{:04}", n + 1).into();
            item.serial_tracked = true;
            (item.name, item.variant, item.weight_grams) = (name, variant.to_owned(), weight);
        }
        ItemClass::Cosmetics => {
            let (name, variant, weight) = pair(n, COSMETICS, SCENTS);
            item.id = format!("CO-{:04}", n + 1).into();
            (item.lot_tracked, item.expiry_tracked) = (true, true);
            (item.name, item.variant, item.weight_grams) = (name, variant.to_owned(), weight);
        }
        ItemClass::General => {
            let (name, variant, weight) = pair(n, GENERAL, GENERAL_VARIANTS);
            item.id = format!("GE-{:04}", n + 1).into();
            (item.name, item.variant, item.weight_grams) = (name, variant.to_owned(), weight);
        }
    }
    item.size_mm = size_mm(class, item.weight_grams);
    let barcodes = barcodes(index, class, n, &item.id);
    Product { item, barcodes }
}

/// Sides of a box that a thing of that family and weight comes in, in millimetres.
fn size_mm(class: ItemClass, grams: i64) -> [i64; 3] {
    let [length, width, height] = match class {
        ItemClass::Apparel => [280, 220, 25],
        ItemClass::Electronics => [150, 110, 50],
        ItemClass::Cosmetics => [120, 50, 50],
        ItemClass::General => [180, 120, 90],
    };
    let more = grams.clamp(0, 2_000) / 20;
    [length + more, width + more / 2, height + more / 2]
}

fn barcodes(index: usize, class: ItemClass, n: usize, item: &ItemId) -> Vec<Barcode> {
    // A third of what is kept without serial numbers also comes in cases.
    let case_qty = match (class, index % 3) {
        (ItemClass::Electronics, _) => None,
        (ItemClass::Apparel, 0) => Some(6),
        (ItemClass::Cosmetics, 0) => Some(12),
        (ItemClass::General, 0) => Some(if n.is_multiple_of(2) { 12 } else { 24 }),
        _ => None,
    };
    // GS1 keeps prefix 952 for demonstrations and company prefix 0614141 for examples; the latter
    // makes codes that print as UPC-A.
    let upc = class == ItemClass::General && n % 5 == 2 && n < 100_000;
    let body = if upc {
        format!("0614141{:05}", (n * 7_919 + 2_718) % 100_000)
    } else {
        format!("952{:09}", (index * 514_229 + 27_182_818) % 1_000_000_000)
    };
    let mut codes = vec![Barcode { code: gtin(&format!("0{body}")), item: item.clone(), qty: 1, unit: Unit::Each }];
    if let Some(qty) = case_qty {
        codes.push(Barcode { code: gtin(&format!("1{body}")), item: item.clone(), qty, unit: Unit::Case });
    }
    codes
}

/// Thirteen digits with their check digit.
fn gtin(body: &str) -> String {
    let digit = check::digit(body.as_bytes()).unwrap_or(0);
    format!("{body}{digit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use floorhand_gs1::Gtin;
    use std::collections::HashSet;

    #[test]
    fn every_item_and_code_is_its_own() {
        let (mut ids, mut codes, mut names) = (HashSet::new(), HashSet::new(), HashSet::new());
        for index in 0..20_000 {
            let product = product(index);
            let item = &product.item;
            assert!(ids.insert(item.id.clone()), "{} twice", item.id);
            assert!(names.insert((item.name.clone(), item.variant.clone(), item.size.clone())), "{item:?} twice");
            assert!(item.weight_grams > 0 && !item.name.is_empty());
            assert!(
                item.lot_tracked == (item.class == ItemClass::Cosmetics) && item.expiry_tracked == item.lot_tracked
            );
            assert_eq!(item.serial_tracked, item.class == ItemClass::Electronics);
            for code in product.barcodes {
                assert_eq!(Gtin::from_digits(&code.code).unwrap().as_str(), code.code);
                assert!(codes.insert(code.code.clone()), "{} twice", code.code);
            }
        }
    }

    #[test]
    fn the_mix_is_that_of_a_shop() {
        let products: Vec<Product> = (0..160).map(product).collect();
        let count = |class: ItemClass| products.iter().filter(|product| product.item.class == class).count();
        let classes = [ItemClass::Apparel, ItemClass::Electronics, ItemClass::Cosmetics, ItemClass::General];
        assert_eq!(classes.map(count), [80, 20, 30, 30]);
        let cases = products.iter().filter(|product| product.case_qty().is_some()).count();
        assert!((40..=60).contains(&cases), "{cases} cases");
        assert!(products.iter().any(|product| product.barcodes[0].code.starts_with("00")), "no UPC-A");
    }
}
