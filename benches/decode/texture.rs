//! What lies around codes in a warehouse, and what looks a little like one.

use crate::rng::Rng;
use crate::sheet::{Pose, Sheet, View};

pub const KINDS: [&str; 12] = [
    "cardboard",
    "brick",
    "page",
    "blinds",
    "spines",
    "grid",
    "keyboard",
    "fabric",
    "shelf-edge",
    "wood",
    "checks",
    "gravel",
];

fn hash(x: i32, y: i32, salt: u32) -> f32 {
    let mut z = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77) ^ salt;
    z = (z ^ (z >> 15)).wrapping_mul(0x2C1B_3C6D);
    z = (z ^ (z >> 12)).wrapping_mul(0x297A_2D39);
    ((z ^ (z >> 15)) >> 8) as f32 / (1 << 24) as f32
}

/// Smooth noise from 0 to 1, one swing about a pixel of the given size.
fn smooth(x: f32, y: f32, salt: u32) -> f32 {
    let (x0, y0) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (ease(x - x0), ease(y - y0));
    let (x, y) = (x0 as i32, y0 as i32);
    let row = |y: i32| hash(x, y, salt) * (1.0 - fx) + hash(x + 1, y, salt) * fx;
    row(y) * (1.0 - fy) + row(y + 1) * fy
}

fn page(rng: &mut Rng) -> Sheet {
    let mut sheet = Sheet::new(1400, 1400, 0.85);
    let mut y = 30;
    while y < 1340 {
        let size = 1 + rng.below(3);
        let tall = size * 13 * (1 + rng.below(9));
        let left = 40 + 20 * rng.below(3);
        sheet.print(rng, (left, y), (1360, y + tall), size, 0.08);
        y += tall + 20 + rng.below(60);
        if rng.chance(0.2) {
            sheet.fill((40, y), (1300, 3), 0.1);
            y += 20;
        }
    }
    sheet
}

fn keys(rng: &mut Rng) -> Sheet {
    let (dark, key) = if rng.chance(0.5) { (0.05, 0.15) } else { (0.35, 0.75) };
    let ink = if key < 0.5 { 0.85 } else { 0.1 };
    let mut sheet = Sheet::new(1400, 1400, dark);
    let side = 50 + rng.below(50);
    for (row, y) in (10..1380).step_by(side).enumerate() {
        for x in (row % 3 * side / 3..1390).step_by(side) {
            sheet.fill((x + 3, y + 3), (side - 8, side - 8), key);
            sheet.print(rng, (x + side / 4, y + side / 4), (x + side / 4 + 17, y + side / 4 + 27), 2, ink);
        }
    }
    sheet
}

fn shelf_edge(rng: &mut Rng) -> Sheet {
    let mut sheet = Sheet::new(1400, 1400, rng.range(0.1, 0.4));
    let mut y = 60;
    while y < 1300 {
        let tall = 60 + rng.below(50);
        sheet.fill((0, y), (1400, tall), rng.range(0.3, 0.8));
        let mut x = rng.below(120);
        while x < 1300 {
            let wide = 110 + rng.below(120);
            sheet.fill((x, y + 8), (wide, tall - 16), 0.9);
            let letter = 1 + rng.below(2);
            sheet.print(rng, (x + 6, y + 12), (x + wide - 6, y + tall - 12), letter, 0.06);
            x += wide + 30 + rng.below(200);
        }
        y += tall;
        // Goods behind: boxes with edges.
        let mut x = 0;
        let room = 90 + rng.below(160);
        while x < 1400 {
            let wide = 30 + rng.below(160);
            sheet.fill((x, y + rng.below(30)), (wide, room), rng.range(0.1, 0.7));
            x += wide + rng.below(12);
        }
        y += room;
    }
    sheet
}

/// Fills the frame with a texture.
pub fn fill(kind: &str, rng: &mut Rng, frame: &mut Sheet) {
    let salt = rng.next() as u32;
    let pose = Pose {
        centre: (frame.width as f32 / 2.0, frame.height as f32 / 2.0),
        scale: rng.range(0.8, 1.5),
        turn: if rng.chance(0.6) {
            rng.range(-0.15, 0.15)
        } else {
            rng.range(-std::f32::consts::PI, std::f32::consts::PI)
        },
        squeeze: rng.range(0.8, 1.0),
        squeeze_turn: rng.range(0.0, 3.0),
        lean: (rng.range(-2e-4, 2e-4), rng.range(-2e-4, 2e-4)),
    };
    let sheet = match kind {
        "page" => page(rng),
        "keyboard" => keys(rng),
        "shelf-edge" => shelf_edge(rng),
        _ => Sheet::new(1400, 1400, 0.0),
    };
    let view = View::new(&sheet, &pose);
    if matches!(kind, "page" | "keyboard" | "shelf-edge") {
        frame.data.fill(rng.range(0.1, 0.6));
        view.lay(&sheet, frame);
        return;
    }
    let (base, swing) = (rng.range(0.25, 0.6), rng.range(0.08, 0.4));
    let period = rng.log_range(4.0, 40.0);
    let share = rng.range(0.3, 0.7);
    let widths: Vec<(f32, f32)> = (0..400)
        .scan(0.0, |at, _| {
            *at += rng.log_range(2.0, 22.0);
            Some((*at, rng.range(-1.0, 1.0)))
        })
        .collect();
    let whole = widths.last().map_or(1.0, |last| last.0);
    let (brick, tall) = (period * 6.0, period * 2.4);
    let grey = |x: f32, y: f32| match kind {
        "cardboard" => {
            base + 0.1 * (smooth(x / 60.0, y / 60.0, salt) - 0.5)
                + 0.12 * (smooth(x / 14.0, y / 1.3, salt ^ 1) - 0.5)
                + 0.04 * (y / period * std::f32::consts::TAU).sin()
        }
        "brick" => {
            let row = (y / tall).floor();
            let along = x / brick + if row as i32 % 2 == 0 { 0.0 } else { 0.5 };
            let joint = (y / tall - row) * tall < 3.0 || (along - along.floor()) * brick < 3.0;
            let tone = hash(along.floor() as i32, row as i32, salt);
            if joint {
                base + swing
            } else {
                base + swing * (tone - 0.8) + 0.15 * (smooth(x / 3.0, y / 3.0, salt) - 0.5)
            }
        }
        "blinds" => base + if (x / period).rem_euclid(1.0) < share { swing } else { -swing / 2.0 },
        "spines" => {
            let at = x.rem_euclid(whole);
            let found = widths.partition_point(|(edge, _)| *edge <= at).min(widths.len() - 1);
            base + swing * widths[found].1
        }
        "grid" => {
            let line = (x / brick).rem_euclid(1.0) * brick < 2.5 || (y / brick).rem_euclid(1.0) * brick < 2.5;
            if line { base - swing } else { base + swing / 2.0 }
        }
        "fabric" => {
            let p = period / 4.0 + 2.0;
            base + swing * 0.5 * ((x / p * std::f32::consts::PI).sin() * (y / p * std::f32::consts::PI).sin())
                + 0.15 * (smooth(x / 2.0, y / 2.0, salt) - 0.5)
        }
        "wood" => {
            let bent = x + 40.0 * smooth(x / 90.0, y / 400.0, salt) + 4.0 * smooth(x / 9.0, y / 80.0, salt ^ 2);
            base + swing * 0.5 * (bent / period * std::f32::consts::PI).sin()
                + 0.15 * (smooth(x / 1.5, y / 40.0, salt ^ 3) - 0.5)
        }
        "checks" => {
            let dark = ((x / period).floor() + (y / period).floor()) as i32 % 2 == 0;
            if dark { base - swing / 2.0 } else { base + swing }
        }
        _ => {
            let near = (-1..2)
                .flat_map(|dy| (-1..2).map(move |dx| (dx, dy)))
                .map(|(dx, dy)| {
                    let (cx, cy) = ((x / period).floor() as i32 + dx, (y / period).floor() as i32 + dy);
                    let to_x = (cx as f32 + hash(cx, cy, salt)) * period - x;
                    let to_y = (cy as f32 + hash(cx, cy, salt ^ 7)) * period - y;
                    (to_x.hypot(to_y), hash(cx, cy, salt ^ 9))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .unwrap_or_default();
            base + swing * (near.1 - 0.3 - near.0 / period)
        }
    };
    for y in 0..frame.height {
        for x in 0..frame.width {
            let (u, v) = view.back(x as f32 + 0.25, y as f32 + 0.25);
            let (s, t) = view.back(x as f32 + 0.75, y as f32 + 0.75);
            frame.data[y * frame.width + x] = ((grey(u, v) + grey(s, t)) / 2.0).clamp(0.02, 0.95);
        }
    }
}

/// A rack with nothing on it, or with plain boxes.
pub fn shelf(rng: &mut Rng, frame: &mut Sheet) {
    let wall = rng.range(0.1, 0.5);
    frame.data.fill(wall);
    let mut sheet = Sheet::new(1500, 1000, wall);
    let mut y = rng.below(200);
    while y < 1000 {
        let tall = 30 + rng.below(50);
        let tone = rng.range(0.2, 0.8);
        if rng.chance(0.6) {
            let mut x = rng.below(400);
            while x < 1400 {
                let wide = 80 + rng.below(300);
                let high = (40 + rng.below(150)).min(y);
                sheet.fill((x, y - high), (wide, high), rng.range(0.2, 0.6));
                x += wide + 30 + rng.below(400);
            }
        }
        sheet.fill((0, y), (1500, tall), tone);
        sheet.fill((0, y + tall), (1500, 12), wall * 0.4);
        y += tall + 150 + rng.below(250);
    }
    for _ in 0..rng.below(3) {
        sheet.fill((rng.below(1450), 0), (30 + rng.below(40), 1000), rng.range(0.1, 0.7));
    }
    let pose = Pose {
        centre: (frame.width as f32 / 2.0, frame.height as f32 / 2.0),
        scale: 1.1,
        turn: rng.range(-0.2, 0.2),
        squeeze: 1.0,
        squeeze_turn: 0.0,
        lean: (rng.range(-1e-4, 1e-4), rng.range(-1e-4, 1e-4)),
    };
    View::new(&sheet, &pose).lay(&sheet, frame);
}
