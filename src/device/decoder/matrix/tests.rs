#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
//! Tables for the parts; whole pictures are read in the tests of the decoder.

use rxing::datamatrix::decoder::Version;

use super::grey::{Point, View, distance, grey};
use super::size::SIZES;
use super::solve::correct;
use super::{Format, Formats, Luma, binary, blob, locate, read};

#[test]
fn sizes_hold_the_codewords_of_their_versions() {
    for size in SIZES {
        let version = Version::getVersionForDimensions(size.rows as u32, size.columns as u32).unwrap();
        let data = (0..size.rows * size.columns)
            .filter(|index| size.known(index / size.columns, index % size.columns).is_none())
            .count();
        let words = version.getTotalCodewords() as usize;
        // Up to four cells are left over.
        assert!(data >= words * 8 && data <= words * 8 + 4, "{size:?}: {data} cells, {words} codewords");
    }
}

/// A word of the code with so many correction bytes: found by leaving those out, which the correction fills in.
fn encoded(data: &[u8], check: usize) -> Vec<u8> {
    // Systematic: the remainder of the data by the generator, worked out bit by bit here to share nothing
    // with what is tested.
    let mul = |a: u8, b: u8| -> u8 {
        let mut product = 0_u32;
        for bit in 0..8 {
            if b >> bit & 1 == 1 {
                product ^= u32::from(a) << bit;
            }
        }
        for bit in (8..16).rev() {
            if product >> bit & 1 == 1 {
                product ^= 0x12D << (bit - 8);
            }
        }
        product as u8
    };
    let mut generator = vec![1_u8];
    let mut root = 1;
    for _ in 0..check {
        root = mul(root, 2);
        let mut next = generator.clone();
        next.push(0);
        for (index, value) in generator.iter().enumerate() {
            next[index + 1] ^= mul(*value, root);
        }
        generator = next;
    }
    let mut rest = data.to_vec();
    rest.resize(data.len() + check, 0);
    for index in 0..data.len() {
        let by = rest[index];
        for (place, value) in generator.iter().enumerate() {
            rest[index + place] ^= mul(*value, by);
        }
    }
    [data, &rest[data.len()..]].concat()
}

#[test]
fn words_are_corrected_up_to_their_capacity_and_no_further() {
    // Correction bytes, errors, places left out of which as many are wrong, and whether that can be corrected.
    let cases = [
        (5, 0, 0, true),
        (5, 2, 0, true),
        (5, 3, 0, false),
        (12, 6, 0, true),
        (12, 7, 0, false),
        (12, 0, 10, true),
        (12, 0, 11, false),
        (12, 3, 4, true),
        (12, 4, 4, false),
        (28, 14, 0, true),
        (28, 15, 0, false),
        (28, 10, 6, true),
        (28, 11, 6, false),
    ];
    for (check, errors, left_out, good) in cases {
        for round in 0..20_usize {
            let data: Vec<u8> = (0..24).map(|index| (index * 37 + round * 11) as u8).collect();
            let whole = encoded(&data, check);
            let mut word = whole.clone();
            // Wrong places from one end, those left out from the other.
            for index in 0..errors {
                word[(index * 5 + round) % 24] ^= (index * 29 + round + 1) as u8 | 1;
            }
            let out: Vec<usize> = (0..left_out).map(|index| whole.len() - 1 - index).collect();
            for index in &out {
                word[*index] ^= 0x55;
            }
            let before = word.clone();
            let done = correct(&mut word, check, &out);
            let name = format!("{check} bytes, {errors} errors, {left_out} left out, round {round}");
            assert_eq!(done, good, "{name}");
            assert_eq!(word == whole, good, "{name}");
            if good && errors > 0 {
                assert_ne!(before, whole, "{name}");
            }
        }
    }
}

#[test]
fn a_view_takes_the_corners_of_the_square_to_its_own() {
    for corners in [
        [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)],
        [(5.0, 3.0), (90.0, 12.0), (80.0, 77.0), (-4.0, 60.0)],
        [(50.0, 0.0), (100.0, 50.0), (50.0, 100.0), (0.0, 50.0)],
    ] {
        let view = View::new(corners).unwrap();
        for (corner, place) in corners.iter().zip([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]) {
            assert!(distance(view.there(place), *corner) < 0.01, "{corners:?}");
        }
    }
    assert!(View::new([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]).is_none());
}

#[test]
fn greys_between_pixels_are_linear_and_go_on_outside() {
    let data = [0, 100, 200, 0, 100, 200, 50, 150, 250];
    let luma = Luma { data: &data, width: 3, height: 3, stride: 3 };
    for (place, expected) in
        [((0.5, 0.5), 0.0), ((1.0, 0.5), 50.0), ((1.5, 2.0), 125.0), ((-9.0, 0.5), 0.0), ((2.5, 1.0), 200.0)]
    {
        let found = grey(luma, place);
        assert!((found - expected).abs() < 0.6, "{place:?}: {found}, expected {expected}");
    }
}

/// A picture of light with a dark shape in it.
fn drawn(width: usize, height: usize, dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    (0..width * height).map(|index| if dark(index % width, index / width) { 30 } else { 220 }).collect()
}

#[test]
fn the_corner_between_two_solid_edges_is_found() {
    // Left, right, top, bottom and thickness of an L, and whether it may be the edges of a symbol.
    for (left, right, top, bottom, thick, good) in
        [(20, 80, 20, 80, 4, true), (20, 80, 40, 70, 2, true), (30, 38, 30, 38, 2, false), (10, 90, 50, 54, 1, false)]
    {
        let data = drawn(100, 100, |x, y| {
            (left..left + thick).contains(&x) && (top..bottom).contains(&y)
                || (left..right).contains(&x) && (bottom - thick..bottom).contains(&y)
        });
        let luma = Luma { data: &data, width: 100, height: 100, stride: 100 };
        let bits = binary(luma).unwrap();
        let found = locate::solids(&bits.pale());
        let expected = [(left, top), (left, bottom), (right, bottom)].map(|(x, y)| (x as f32, y as f32));
        let near = found.iter().any(|solid| {
            [solid.top, solid.corner, solid.right].iter().zip(expected).all(|(a, b)| distance(*a, b) < 1.0)
        });
        assert_eq!(near, good, "{left}–{right} × {top}–{bottom}: {found:?}");
    }
}

#[test]
fn areas_that_touch_are_one_and_small_ones_none() {
    type Shape = fn(usize, usize) -> bool;
    let cases: [(&str, Shape, usize); 5] = [
        ("nothing", |_, _| false, 0),
        ("a square", |x, y| (10..40).contains(&x) && (10..40).contains(&y), 1),
        ("a letter", |x, y| (10..18).contains(&x) && (10..18).contains(&y), 0),
        ("two squares", |x, y| ((5..25).contains(&x) || (30..50).contains(&x)) && (10..40).contains(&y), 2),
        (
            "a U, joined below",
            |x, y| {
                ((5..9).contains(&x) || (40..44).contains(&x)) && (10..40).contains(&y)
                    || (5..44).contains(&x) && (36..40).contains(&y)
            },
            1,
        ),
    ];
    for (name, dark, expected) in cases {
        let data = drawn(56, 56, dark);
        let luma = Luma { data: &data, width: 56, height: 56, stride: 56 };
        let bits = binary(luma).unwrap();
        assert_eq!(blob::hulls(&bits.pale(), 10).len(), expected, "{name}");
    }
}

/// TOTE-7, of 14 × 14 cells.
const SQUARE: [&str; 14] = [
    "# # # # # # # ",
    "# ## #    ####",
    "# #   ##      ",
    "#   # ## #   #",
    "#   ##   ###  ",
    "#####    ## ##",
    "#     #  ## # ",
    "#    #####  ##",
    "# ###  ## # # ",
    "##   # ### # #",
    "##  #    #  # ",
    "#    #  #  # #",
    "#  #  # #  #  ",
    "##############",
];

/// SN-7, of 8 × 18 cells.
const LONG: [&str; 8] = [
    "# # # # # # # # # ",
    "# ### ######### ##",
    "#  ##    #  ## #  ",
    "####   #### ##  ##",
    "#     #    #  # # ",
    "#  #      #### # #",
    "## ### #  #   #   ",
    "##################",
];

/// TOTE-7, version 1.
const QR: [&str; 21] = [
    "####### ##  # #######",
    "#     #  ##   #     #",
    "# ### #   #   # ### #",
    "# ### # #  #  # ### #",
    "# ### #  #### # ### #",
    "#     #    ## #     #",
    "####### # # # #######",
    "         #  #        ",
    "  # ### #### #   #  #",
    "   # # ##     #  ##  ",
    "##    #  #   #  #   #",
    "#  ##  ####  ##     #",
    "## # ###  ###   # # #",
    "        #####  #  #  ",
    "#######    ### # # ##",
    "#     # #   #  ## # #",
    "# ### # ## #  ##  # #",
    "# ### #   #### #  ## ",
    "# ### # ##   ## ##  #",
    "#     #  #     # # ##",
    "#######  #    # # # #",
];

/// The symbol between four corners, each pixel the mean of nine points, blurred over three pixels so many
/// times.
fn pictured(rows: &[&str], side: usize, corners: [Point; 4], blur: usize) -> Vec<u8> {
    let (high, wide) = (rows.len(), rows[0].len());
    // From the picture to the symbol, by trying: each point of the symbol is laid into the picture.
    let view = View::new(corners).unwrap();
    let fine = 40;
    let mut sums = vec![(0_u32, 0_u32); side * side];
    for row in 0..high * fine {
        for column in 0..wide * fine {
            let at = |n: usize, count: usize| (n as f32 + 0.5) / (count * fine) as f32;
            let (x, y) = view.there((at(column, wide), at(row, high)));
            let dark = rows[row / fine].as_bytes()[column / fine] == b'#';
            let place = &mut sums[y as usize * side + x as usize];
            place.0 += if dark { 40 } else { 210 };
            place.1 += 1;
        }
    }
    let mut data: Vec<u8> = sums.iter().map(|(sum, count)| sum.checked_div(*count).unwrap_or(210) as u8).collect();
    for _ in 0..blur {
        for step in [1, side] {
            let before = data.clone();
            for (index, place) in data.iter_mut().enumerate().take(side * (side - 1)).skip(side) {
                let sum: u16 = [index - step, index, index + step].iter().map(|at| u16::from(before[*at])).sum();
                *place = (sum / 3) as u8;
            }
        }
    }
    data
}

#[test]
fn symbols_are_read_turned_in_perspective_and_blurred() {
    let square = [(30.0, 30.0), (90.0, 30.0), (90.0, 90.0), (30.0, 90.0)];
    let turned = [(60.0, 20.0), (100.0, 60.0), (60.0, 100.0), (20.0, 60.0)];
    let upside = [(90.0, 92.0), (28.0, 88.0), (31.0, 29.0), (93.0, 33.0)];
    let leaning = [(30.0, 25.0), (98.0, 35.0), (90.0, 84.0), (24.0, 95.0)];
    let low = [(15.0, 50.0), (105.0, 40.0), (108.0, 79.0), (18.0, 90.0)];
    let small = [(40.0, 40.0), (66.0, 43.0), (63.0, 69.0), (37.0, 66.0)];
    type Case<'a> = (&'a str, &'a [&'a str], Format, &'a str, [Point; 4], usize);
    let cases: [Case<'_>; 13] = [
        ("square", &SQUARE, Format::DataMatrix, "TOTE-7", square, 0),
        ("square, blurred", &SQUARE, Format::DataMatrix, "TOTE-7", square, 3),
        ("square, turned", &SQUARE, Format::DataMatrix, "TOTE-7", turned, 2),
        ("square, upside down", &SQUARE, Format::DataMatrix, "TOTE-7", upside, 1),
        ("square, leaning", &SQUARE, Format::DataMatrix, "TOTE-7", leaning, 1),
        ("square, two pixels a cell", &SQUARE, Format::DataMatrix, "TOTE-7", small, 1),
        ("long", &LONG, Format::DataMatrix, "SN-7", low, 0),
        ("long, blurred", &LONG, Format::DataMatrix, "SN-7", low, 2),
        ("QR", &QR, Format::Qr, "TOTE-7", square, 0),
        ("QR, blurred", &QR, Format::Qr, "TOTE-7", square, 1),
        ("QR, turned", &QR, Format::Qr, "TOTE-7", turned, 1),
        ("QR, upside down", &QR, Format::Qr, "TOTE-7", upside, 1),
        ("QR, leaning", &QR, Format::Qr, "TOTE-7", leaning, 0),
    ];
    for (name, rows, format, text, corners, blur) in cases {
        let data = pictured(rows, 120, corners, blur);
        let luma = Luma { data: &data, width: 120, height: 120, stride: 120 };
        let bits = binary(luma).unwrap();
        let mut found = Vec::new();
        let seen = read(&bits, Formats::warehouse(), 4, &mut found);
        assert!(seen, "{name}");
        let read: Vec<_> = found.iter().map(|hit| (hit.format, String::from_utf8_lossy(&hit.content))).collect();
        assert_eq!(read, [(format, text.into())], "{name}");
        let far = |corner: &Point| corners.iter().map(|own| distance(*own, *corner)).fold(f32::MAX, f32::min);
        assert!(found[0].corners.iter().all(|corner| far(corner) < 6.0), "{name}: {:?}", found[0].corners);
    }
}
