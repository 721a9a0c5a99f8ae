//! Every page as a picture, in both themes, against the picture that was looked at.
//!
//! `FLOORHAND_RENEW=1 cargo test --test screens` writes the pictures anew and fails once, so that
//! somebody looks at them. What differs is left in `target/tmp/screens/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[path = "screens/sample.rs"]
mod sample;

use floorhand::screen::Screen;
use floorhand::view::{Band, Hand, Profile, TextSize, Theme, View};
use sample::Sample;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter};
use slint::{PhysicalSize, Rgb8Pixel};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A channel of a pixel may differ by this much …
const CHANNEL_TOLERANCE: u8 = 12;
/// … and this many of a million pixels by more.
const PIXELS_TOLERANCE_PER_MILLION: usize = 50;

const HANDHELD: (u32, u32) = (480, 800);
const KIOSK: (u32, u32) = (1280, 800);
const SMALL: (u32, u32) = (360, 640);
const SMALL_KIOSK: (u32, u32) = (1024, 768);

struct Still(Rc<MinimalSoftwareWindow>);

impl Platform for Still {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, slint::PlatformError> {
        Ok(Rc::clone(&self.0) as Rc<dyn WindowAdapter>)
    }
}

struct Picture {
    name: String,
    view: View,
    size: (u32, u32),
}

/// Everything in both themes; the pages that mock-ups exist for also in 130 % and 160 % and in
/// German, some with the left hand, small and wide.
fn pictures() -> Vec<Picture> {
    let mut all = Vec::new();
    let received = |sample: &Sample| matches!(sample.name.get(..2), Some("30" | "31" | "32" | "33" | "34"));
    for Sample { name, view } in sample::samples().into_iter().filter(|sample| !received(sample)) {
        let mut add = |suffix: &str, size, change: &dyn Fn(&mut View)| {
            let mut view = view.clone();
            change(&mut view);
            sample::cut(&mut view);
            all.push(Picture { name: format!("{name}{suffix}"), view, size });
        };
        if let Some(wanted) = sample::outbound::pictures(name) {
            wanted.iter().for_each(|suffix| outbound(suffix, &mut add));
            continue;
        }
        if let Some(wanted) = sample::stock::pictures(name) {
            for suffix in wanted {
                match *suffix {
                    "-light" => add(suffix, HANDHELD, &|view| view.look.theme = Theme::Light),
                    "-130" => add(suffix, HANDHELD, &|view| view.look.text = TextSize::T130),
                    "-160" => add(suffix, HANDHELD, &|view| view.look.text = TextSize::T160),
                    "-de" => add(suffix, HANDHELD, &|view| view.look.language = "de".into()),
                    "-left-hand" => add(suffix, HANDHELD, &|view| view.look.hand = Hand::Left),
                    "-small" => add(suffix, SMALL, &|_| {}),
                    "-kiosk-left" => add(suffix, KIOSK, &|view| view.look.hand = Hand::Left),
                    "-kiosk" => add(suffix, KIOSK, &|view| view.strip.station = "DOCK-4".into()),
                    _ => add(suffix, HANDHELD, &|_| {}),
                }
            }
            continue;
        }
        add("-dark", HANDHELD, &|_| {});
        add("-light", HANDHELD, &|view| view.look.theme = Theme::Light);
        let tight = matches!(
            name,
            "01-sign-in-wrong-pin"
                | "04-pick-item-lot"
                | "07-pick-short-damaged"
                | "08-pick-drop-off"
                | "05-pick-weigh-typed"
                | "08-pick-drop-one"
                | "14-attention-acts"
                | "14-attention-waiting"
                | "16-history-pages"
                | "18-more"
                | "18-type-code"
        );
        let drawn = matches!(
            name,
            "01-sign-in-pin"
                | "02-work-list"
                | "03-pick-location"
                | "04-pick-item"
                | "05-pick-quantity"
                | "06-pick-wrong-item"
                | "06-pick-wrong-item-other"
                | "07-pick-short"
                | "08-pick-cluster-tote"
                | "14-attention"
                | "17-settings"
                | "18-camera"
        );
        if tight || drawn {
            add("-160", HANDHELD, &|view| view.look.text = TextSize::T160);
        }
        if drawn {
            add("-130", HANDHELD, &|view| view.look.text = TextSize::T130);
            add("-de", HANDHELD, &|view| view.look.language = "de".into());
        }
        if matches!(name, "05-pick-quantity" | "03-pick-location" | "18-type-code" | "08-pick-empty-now") {
            add("-left-hand", HANDHELD, &|view| view.look.hand = Hand::Left);
        }
        if name == "01-sign-in-pin" {
            add("-kiosk", KIOSK, &|_| {});
        }
        if sample::SMALL.contains(&name) {
            add("-kiosk", KIOSK, &|_| {});
            add("-small", SMALL, &|_| {});
        }
    }
    for Sample { name, view } in sample::samples().into_iter().filter(received) {
        receiving(name, &mut |suffix, size, change| {
            let mut view = view.clone();
            if size == KIOSK || size == SMALL_KIOSK {
                sample::receiving::docked(&mut view);
            }
            change(&mut view);
            sample::cut(&mut view);
            all.push(Picture { name: format!("{name}{suffix}"), view, size });
        });
    }
    const BOTH: &[(&str, (u32, u32))] = &[("160", HANDHELD), ("kiosk-160", KIOSK)];
    const HAND: &[(&str, (u32, u32))] = &[("160", HANDHELD)];
    let longest = LONGEST.iter().map(|known| (known, BOTH)).chain(LONGEST_IN_HAND.iter().map(|known| (known, HAND)));
    for ((name, language), sizes) in longest {
        let found = sample::samples().into_iter().find(|sample| sample.name == *name);
        let Sample { name, view } = found.unwrap_or_else(|| panic!("no sample {name}"));
        for (suffix, size) in sizes.iter().copied() {
            let mut view = view.clone();
            view.look.language = (*language).into();
            view.look.text = TextSize::T160;
            if size == KIOSK && received(&Sample { name, view: view.clone() }) {
                sample::receiving::docked(&mut view);
            } else if size == KIOSK {
                view.strip.station = "PACK-3".into();
                view.strip.battery = None;
            }
            sample::cut(&mut view);
            all.push(Picture { name: format!("{name}-{language}-{suffix}"), view, size });
        }
    }
    all
}

/// Dense pages, each in the language that has most to say on it.
const LONGEST: &[(&str, &str)] = &[
    ("03-pick-location", "uk"),
    ("04-pick-item", "pl"),
    ("06-pick-wrong-item", "pl"),
    ("12-returns-inspect", "es"),
    ("20-pack-verify", "es"),
    ("31-receive-expiry", "uk"),
];

/// More of them, on a handheld only.
const LONGEST_IN_HAND: &[(&str, &str)] = &[
    ("12-returns-inspect", "pl"),
    ("14-attention", "pl"),
    ("14-attention", "uk"),
    ("20-pack-verify", "pl"),
    ("20-pack-verify", "uk"),
    ("23-load", "pl"),
    ("31-receive-quantity", "pl"),
];

/// A picture of packing or returns: what its suffix says, at a kiosk or on a handheld.
fn outbound(suffix: &str, add: &mut Add<'_>) {
    let kiosk = suffix.starts_with("-kiosk");
    let change = |view: &mut View| {
        if kiosk {
            view.strip.operator = "Deniz A.".into();
            view.strip.station = "PACK-3".into();
            view.strip.battery = None;
        }
        for part in suffix.split('-') {
            match part {
                "light" => view.look.theme = Theme::Light,
                "130" => view.look.text = TextSize::T130,
                "160" => view.look.text = TextSize::T160,
                "de" => view.look.language = "de".into(),
                "left" => view.look.hand = Hand::Left,
                _ => {}
            }
        }
    };
    add(suffix, if kiosk { KIOSK } else { HANDHELD }, &change);
}

/// Adds a picture: what is put behind its name, its size, and what is changed in the view.
type Add<'a> = dyn FnMut(&str, (u32, u32), &dyn Fn(&mut View)) + 'a;

/// The pages of receiving: on a handheld and at a dock, with what each of them can go wrong in.
fn receiving(name: &str, add: &mut Add<'_>) {
    let sized = |size| move |view: &mut View| view.look.text = size;
    let light = |view: &mut View| view.look.theme = Theme::Light;
    let german = |view: &mut View| view.look.language = "de".into();
    let left = |view: &mut View| view.look.hand = Hand::Left;
    let drawn = matches!(name, "30-deliveries" | "31-receive-expiry" | "32-discrepancies");
    let tight = matches!(
        name,
        "31-receive-scan"
            | "31-receive-quantity"
            | "31-receive-damaged"
            | "31-receive-pallet"
            | "32-discrepancies-closing"
            | "34-unknown-quantity"
    );
    add("-dark", HANDHELD, &|_| {});
    // The others look at a dock as one of these does.
    let alike = matches!(
        name,
        "30-deliveries-none"
            | "31-receive-blind"
            | "31-receive-damaged-photos"
            | "31-receive-expiry-typed"
            | "31-receive-problem"
            | "33-photo-lost"
    );
    if !alike {
        add("-kiosk", KIOSK, &|_| {});
    }
    if drawn {
        add("-kiosk-small", SMALL_KIOSK, &|_| {});
        add("-light", HANDHELD, &light);
        add("-kiosk-light", KIOSK, &light);
        add("-130", HANDHELD, &sized(TextSize::T130));
        add("-kiosk-160", KIOSK, &sized(TextSize::T160));
        add("-de", HANDHELD, &german);
        add("-kiosk-de", KIOSK, &german);
        add("-kiosk-left-hand", KIOSK, &left);
    }
    if drawn || tight {
        add("-160", HANDHELD, &sized(TextSize::T160));
    }
    if tight {
        add("-kiosk-de-160", KIOSK, &|view| {
            german(view);
            view.look.text = TextSize::T160;
        });
    }
    if matches!(name, "31-receive-quantity-weighed" | "33-photo") {
        add("-left-hand", HANDHELD, &left);
        add("-kiosk-left-hand", KIOSK, &left);
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens")
}

#[test]
fn pages_look_as_accepted() {
    let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
    slint::platform::set_platform(Box::new(Still(Rc::clone(&window)))).unwrap();
    let screen = Screen::new(Profile::Handheld, Theme::Dark, Box::new(|_| {})).unwrap();
    screen.still();
    slint::ComponentHandle::show(screen.root()).unwrap();

    let renew = std::env::var_os("FLOORHAND_RENEW").is_some();
    let only = std::env::var("FLOORHAND_ONLY").unwrap_or_default();
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    std::fs::create_dir_all(&seen).unwrap();
    let mut wrong = Vec::new();
    for picture in pictures().into_iter().filter(|picture| picture.name.contains(&only)) {
        let drawn = draw(&window, &screen, &picture);
        let stored = folder().join(format!("{}.png", picture.name));
        let differs = read(&stored).is_none_or(|stored| !alike(&stored, &drawn));
        if !differs {
            continue;
        }
        let into = if renew { stored } else { seen.join(format!("{}.png", picture.name)) };
        write(&into, picture.size, &drawn);
        wrong.push(picture.name);
    }
    assert!(
        wrong.is_empty(),
        "{} {}: {wrong:?}",
        wrong.len(),
        if renew { "renewed; look at them" } else { "differ; see target/tmp/screens" }
    );
}

fn draw(window: &Rc<MinimalSoftwareWindow>, screen: &Screen, picture: &Picture) -> Vec<Rgb8Pixel> {
    let (width, height) = picture.size;
    window.set_size(PhysicalSize::new(width, height));
    // Every page is shown as if it were the first.
    screen.apply(&View { band: Band::None, refusal: None, question: None, ..picture.view.clone() });
    screen.apply(&picture.view);
    screen.frame(&carton());
    slint::platform::update_timers_and_animations();
    let mut pixels = vec![Rgb8Pixel::default(); (width * height) as usize];
    // Sizes that follow the window settle in the second round.
    for _ in 0..3 {
        window.request_redraw();
        window.draw_if_needed(|renderer| {
            renderer.render(&mut pixels, width as usize);
        });
        slint::platform::update_timers_and_animations();
    }
    pixels
}

/// What a camera sees: a carton on a shelf with a white label, in a few greys.
fn carton() -> floorhand::screen::Frame {
    let (width, height) = (320_u32, 240_u32);
    let grey = (0..width * height)
        .map(|at| {
            let (x, y) = (at % width, at / width);
            let label = (70..250).contains(&x) && (80..160).contains(&y);
            let bar = (90..230).contains(&x) && (95..140).contains(&y) && (x / 4 + x / 11) % 2 == 0;
            match () {
                () if bar => 24,
                () if label => 236,
                () if (40..280).contains(&x) && y > 50 => 150,
                () => 70,
            }
        })
        .collect();
    floorhand::screen::Frame { width, height, grey }
}

fn alike(stored: &[u8], drawn: &[Rgb8Pixel]) -> bool {
    if stored.len() != drawn.len() * 3 {
        return false;
    }
    let apart = |a: u8, b: u8| a.abs_diff(b) > CHANNEL_TOLERANCE;
    let differing = stored
        .chunks_exact(3)
        .zip(drawn)
        .filter(|(old, new)| apart(old[0], new.r) || apart(old[1], new.g) || apart(old[2], new.b))
        .count();
    differing * 1_000_000 <= drawn.len() * PIXELS_TOLERANCE_PER_MILLION
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().ok()?;
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    bytes.truncate(info.buffer_size());
    Some(bytes)
}

/// Edges of letters may take a neighbouring colour this close, so that 256 do and the files are small.
const PALETTE_TOLERANCE: u8 = CHANNEL_TOLERANCE / 2;

fn write(path: &Path, (width, height): (u32, u32), pixels: &[Rgb8Pixel]) {
    let mut counts = std::collections::HashMap::<[u8; 3], usize>::new();
    for pixel in pixels {
        *counts.entry([pixel.r, pixel.g, pixel.b]).or_default() += 1;
    }
    let mut colours: Vec<[u8; 3]> = counts.keys().copied().collect();
    colours.sort_unstable_by_key(|colour| (std::cmp::Reverse(counts[colour]), *colour));
    let close = |a: &[u8; 3], b: &[u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= PALETTE_TOLERANCE);
    let mut palette: Vec<[u8; 3]> = Vec::new();
    let mut index = std::collections::HashMap::<[u8; 3], u8>::new();
    for colour in colours {
        // Flat grounds stay exact.
        let flat = counts[&colour] * 1000 > pixels.len();
        let known = palette.iter().position(|of| close(of, &colour)).filter(|_| !flat);
        let at = known.unwrap_or_else(|| {
            palette.push(colour);
            palette.len() - 1
        });
        index.insert(colour, u8::try_from(at).expect("a page has few colours"));
    }
    let bytes: Vec<u8> = pixels.iter().map(|pixel| index[&[pixel.r, pixel.g, pixel.b]]).collect();

    let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
}
