//! What the camera's decoder reads, misreads and costs, beside zxing-cpp on the same luma in the same run.
//!
//! One thread, its CPU time. One JSON line per figure. With the feature `zxing-cpp` the peer runs too: harder,
//! rotated, inverted, downscaled, as strong as it gets. Seeds: 1 is for tuning, 2 for checking.
//!
//!   decode [--seed N] [--frames N] [--only SET]      measures; sets: synthetic textured shelf embed stills
//!   decode --write DIR [--seed N] [--frames N]       writes the frames with expected.json instead
//!   decode --lost DIR …                              also writes the frames the peer reads and we do not
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs
)]

#[path = "decode/frames.rs"]
mod frames;
#[path = "decode/labels.rs"]
mod labels;
#[path = "decode/readers.rs"]
mod readers;
#[path = "decode/rng.rs"]
mod rng;
#[path = "decode/samples.rs"]
mod samples;
#[path = "decode/sheet.rs"]
mod sheet;
#[path = "decode/tally.rs"]
mod tally;
#[path = "decode/texture.rs"]
mod texture;

use floorhand::device::decoder::picture::Picture;
use floorhand::device::decoder::{Format, Formats};
use frames::Frame;
use readers::{Readers, Who};
use samples::{EMPTY, Sample};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tally::{Goal, Set};

/// Frames are checked with another seed than the one they are tuned by.
const CHECK: u64 = 2;

struct Options {
    seed: u64,
    frames: usize,
    only: Option<String>,
    write: Option<PathBuf>,
    lost: Option<PathBuf>,
}

fn options() -> Options {
    let mut options = Options { seed: CHECK, frames: frames::WITH_CODE, only: None, write: None, lost: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        // What cargo adds by itself.
        if name == "--bench" {
            continue;
        }
        let value = arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
        match name.as_str() {
            "--seed" => options.seed = value.parse().unwrap(),
            "--frames" => options.frames = value.parse().unwrap(),
            "--only" => options.only = Some(value),
            "--write" => options.write = Some(value.into()),
            "--lost" => options.lost = Some(value.into()),
            _ => panic!("unknown argument {name}"),
        }
    }
    options
}

fn main() {
    let options = options();
    let wanted = |set: &str| options.only.as_deref().is_none_or(|only| only == set);
    let samples = samples::samples();
    if samples.is_none() {
        eprintln!("decode: ../shared/samples is absent: no stills, no photographs in frames");
    }
    let samples = samples.unwrap_or_default();
    let labels = labels::labels(options.seed, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("labels"));
    if labels.is_none() {
        eprintln!("decode: zint is not installed (packaging/setup.sh installs it): no synthetic frames");
    }
    let labels = labels.unwrap_or_default();
    let seed = options.seed;
    if let Some(folder) = &options.write {
        let mut list = Vec::new();
        if wanted("synthetic") && !labels.is_empty() {
            for index in 0..options.frames {
                write(folder, index, &frames::with_code(&labels, seed, index), &mut list);
            }
        }
        if wanted("textured") {
            for index in 0..frames::TEXTURED {
                let frame = Frame { family: "textured", ..frames::textured(seed, index) };
                write(folder, index, &frame, &mut list);
            }
        }
        if wanted("shelf") {
            for index in 0..frames::SHELVES {
                write(folder, index, &frames::shelf(seed, index), &mut list);
            }
        }
        if wanted("embed") {
            for (index, (luma, sample)) in embedded(seed, &samples).enumerate() {
                let frame =
                    Frame { luma, family: "embed", texts: sample.texts.clone(), module: 0.0, blur: 0.0, noise: 0.0 };
                write(folder, index, &frame, &mut list);
            }
        }
        std::fs::write(folder.join("expected.json"), serde_json::to_vec_pretty(&list).unwrap()).unwrap();
        return;
    }

    let mut bench = Bench { readers: Readers::default(), lost: options.lost.clone() };
    let zx = cfg!(feature = "zxing-cpp");
    let who = |own: &[Who]| own.iter().copied().chain(zx.then_some(Who::Zx)).collect::<Vec<_>>();
    let warehouse = Formats::warehouse();
    if wanted("synthetic") && !labels.is_empty() {
        let mut all = Set::new("synthetic", "all", &who(&[Who::Quick, Who::Full]));
        let mut families: Vec<Set> = labels::FAMILIES.iter().map(|family| all.part(family)).collect();
        for index in 0..options.frames {
            let frame = frames::with_code(&labels, seed, index);
            let count = families.len();
            bench.frame(
                &mut [&mut families[index % count], &mut all],
                &frame.luma,
                &frame.texts,
                warehouse,
                true,
                index,
            );
        }
        families.iter().for_each(|set| set.say(&[]));
        all.say(&[Goal::Reads(1.30), Goal::Time(0.15)]);
    }
    for (name, count) in [("textured", frames::TEXTURED), ("shelf", frames::SHELVES)] {
        if wanted(name) {
            let mut set = Set::new(name, "all", &who(&[Who::Quick, Who::Full, Who::Still]));
            for index in 0..count {
                let frame = if name == "shelf" { frames::shelf(seed, index) } else { frames::textured(seed, index) };
                bench.frame(&mut [&mut set], &frame.luma, &[], warehouse, true, index);
            }
            let time = if name == "shelf" { [Goal::Time(0.1)] } else { [Goal::Time(0.6)] };
            set.say(&[&time[..], &[Goal::TimeP95(0.8), Goal::NoWrong]].concat());
        }
    }
    if wanted("embed") && !samples.is_empty() {
        let mut set = Set::new("embed", "all", &who(&[Who::Quick, Who::Full]));
        for (index, (luma, sample)) in embedded(seed, &samples).enumerate() {
            bench.frame(&mut [&mut set], &luma, &sample.texts, warehouse, false, index);
        }
        set.say(&[Goal::Reads(1.0), Goal::Time(1.0)]);
    }
    if wanted("stills") && !samples.is_empty() {
        // All that the folders hold; both decoders look for the same.
        let formats = Formats::all().without(Format::Codabar).without(Format::Itf14);
        let mut all = Set::new("stills", "all", &who(&[Who::Quick, Who::Full, Who::Still]));
        let mut folders: Vec<Set> = Vec::new();
        for (index, sample) in samples.iter().enumerate() {
            if folders.last().is_none_or(|set| set.part != sample.folder) {
                folders.push(all.part(&sample.folder));
            }
            let folder = folders.last_mut().unwrap();
            if sample.folder == EMPTY {
                bench.frame(&mut [folder], &sample.picture, &[], formats, false, index);
            } else {
                bench.frame(&mut [folder, &mut all], &sample.picture, &sample.texts, formats, false, index);
            }
        }
        for set in &folders {
            let goals: &[Goal] = match set.part.as_str() {
                EMPTY => &[Goal::Time(0.6), Goal::TimeP95(0.8), Goal::NoWrong],
                name if name.starts_with("datamatrix") => &[Goal::Reads(0.95)],
                name if name.starts_with("qrcode") => &[Goal::Reads(1.0)],
                _ => &[],
            };
            set.say(goals);
        }
        all.say(&[Goal::Reads(1.0), Goal::WrongAsZx]);
    }
}

/// Photographs of codes the warehouse uses, in frames.
fn embedded(seed: u64, samples: &[Sample]) -> impl Iterator<Item = (Picture, &Sample)> {
    let behind: Vec<Picture> =
        samples.iter().filter(|sample| sample.folder == EMPTY).map(|sample| sample.picture.clone()).collect();
    // The widest stacked ones are hundreds of near-equal drawings: one in four is enough.
    let drawn = |sample: &Sample| sample.folder.starts_with("rssexpanded");
    samples
        .iter()
        .filter(|sample| {
            sample.folder != EMPTY && !sample.folder.starts_with("ean8") && !sample.folder.starts_with("upce")
        })
        .enumerate()
        .filter(move |(n, sample)| !drawn(sample) || n % 4 == 0)
        .enumerate()
        .map(move |(index, (_, sample))| (frames::embed(seed, index, &sample.picture, &behind), sample))
}

struct Bench {
    readers: Readers,
    lost: Option<PathBuf>,
}

impl Bench {
    /// Lets every decoder of the sets read a frame.
    fn frame(
        &mut self,
        sets: &mut [&mut Set],
        luma: &Picture,
        texts: &[String],
        formats: Formats,
        separators: bool,
        index: usize,
    ) {
        let plain = |text: &String| samples::plain(text, separators);
        let expected: Vec<String> = texts.iter().map(plain).collect();
        // Of a photograph any of its texts counts, of a frame the first.
        let must = if separators { expected.get(..1).unwrap_or_default() } else { &expected[..] };
        let whos = sets.first().map(|set| set.whos()).unwrap_or_default();
        let mut good = Vec::new();
        for &who in &whos {
            let (read, took) = self.readers.read(who, luma, formats);
            let read: Vec<String> = read.iter().map(plain).collect();
            let right = read.iter().any(|text| must.contains(text));
            let wrong = read.iter().filter(|text| !expected.contains(text)).count();
            if wrong > 0 && std::env::var_os("DECODE_WRONG").is_some() {
                eprintln!("wrong: {} {} {index} {read:?} expected {expected:?}", who.as_str(), sets[0].part);
            }
            sets.iter_mut().for_each(|set| set.add(who, right, wrong, took));
            good.push((who, right));
        }
        let own = good.iter().any(|(who, right)| *who != Who::Zx && *right);
        if let Some(folder) = self.lost.as_ref().filter(|_| !own && good.contains(&(Who::Zx, true))) {
            let file = folder.join(format!("{}-{index:04}.pgm", sets[0].part));
            std::fs::create_dir_all(folder).unwrap();
            pgm(&file, luma);
        }
    }
}

fn pgm(file: &Path, luma: &Picture) {
    let mut out = std::fs::File::create(file).unwrap();
    write!(out, "P5\n{} {}\n255\n", luma.width, luma.height).unwrap();
    out.write_all(&luma.data).unwrap();
}

fn write(folder: &Path, index: usize, frame: &Frame, list: &mut Vec<serde_json::Value>) {
    let name = format!("{}/{index:04}.pgm", frame.family);
    let file = folder.join(&name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    pgm(&file, &frame.luma);
    if let Some(text) = frame.texts.first() {
        std::fs::write(file.with_extension("txt"), text).unwrap();
    }
    list.push(serde_json::json!({
        "file": name, "family": frame.family, "texts": frame.texts,
        "module": frame.module, "blur": frame.blur, "noise": frame.noise,
    }));
}
