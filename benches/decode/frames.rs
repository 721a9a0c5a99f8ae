//! Frames as the camera of a handheld sees them, 1280 × 720: the same for a seed on every machine.

use crate::labels::{FAMILIES, Label, PIXELS};
use crate::rng::Rng;
use crate::sheet::{Pose, Sheet, View};
use crate::texture;
use floorhand::device::decoder::picture::Picture;
use std::f32::consts::PI;

pub const WIDTH: usize = 1280;
pub const HEIGHT: usize = 720;
/// Frames with a code in a set: fifty of each family.
pub const WITH_CODE: usize = 50 * FAMILIES.len();
/// Frames with a texture and no code, seven of each kind.
pub const TEXTURED: usize = 7 * texture::KINDS.len();
/// Frames of a shelf without a code.
pub const SHELVES: usize = 40;

pub struct Frame {
    pub luma: Picture,
    pub family: &'static str,
    /// What may be read; the first is what must be.
    pub texts: Vec<String>,
    /// Pixels to a module of the first, blur in modules, and greys of noise: for whoever looks at what was lost.
    pub module: f32,
    pub blur: f32,
    pub noise: f32,
}

/// How a frame was taken.
struct Shot {
    /// Deviation of the blur of the lens, in pixels.
    blur: f32,
    /// Pixels the hand moved along each axis.
    motion: (f32, f32),
    /// Light on white paper, 1 being the brightest the camera tells apart.
    light: f32,
    /// Share of stray light: 0 full contrast.
    haze: f32,
    /// Deviation of the noise in grey levels.
    noise: f32,
    glare: bool,
    shadow: bool,
    /// The camera sharpens, by this much.
    sharpen: f32,
}

impl Shot {
    fn new(rng: &mut Rng, module: f32) -> Self {
        let hard = rng.unit();
        let motion = if rng.chance(0.3) { rng.range(0.4, 1.6) * module.min(4.0) } else { 0.0 };
        let along = rng.range(0.0, 2.0 * PI);
        Self {
            blur: (module.min(4.0) * rng.range(0.15, 0.35 + 0.45 * hard)).max(0.35),
            motion: (motion * along.cos(), motion * along.sin()),
            light: rng.log_range(0.25, 1.1),
            haze: if rng.chance(0.25) { rng.range(0.2, 0.6) } else { rng.range(0.0, 0.1) },
            noise: rng.log_range(1.0, 11.0),
            glare: rng.chance(0.12),
            shadow: rng.chance(0.15),
            sharpen: if rng.chance(0.25) { rng.range(0.3, 1.0) } else { 0.0 },
        }
    }

    /// From what lies there (0 black, 1 white) to what the camera says.
    fn take(&self, mut frame: Sheet, rng: &mut Rng) -> Picture {
        let (slope_x, slope_y) = (rng.range(-0.3, 0.3), rng.range(-0.3, 0.3));
        let (glare_x, glare_y) = (rng.range(300.0, 980.0), rng.range(150.0, 570.0));
        let (wide, tall) = (rng.range(30.0, 160.0), rng.range(20.0, 90.0));
        let (edge, lean, soft) = (rng.range(-300.0, 300.0), rng.range(0.0, 2.0 * PI), rng.range(4.0, 60.0));
        for y in 0..frame.height {
            for x in 0..frame.width {
                let (dx, dy) = ((x as f32 - 640.0) / 640.0, (y as f32 - 360.0) / 360.0);
                let mut light = self.light * (1.0 + slope_x * dx + slope_y * dy) * (1.0 - 0.12 * (dx * dx + dy * dy));
                if self.shadow {
                    let off = (x as f32 - 640.0) * lean.cos() + (y as f32 - 360.0) * lean.sin() - edge;
                    light *= 1.0 - 0.6 / (1.0 + (-off / soft).exp());
                }
                let mut value = (self.haze * 0.5 + (1.0 - self.haze) * frame.data[y * frame.width + x]) * light;
                if self.glare {
                    let far = ((x as f32 - glare_x) / wide).powi(2) + ((y as f32 - glare_y) / tall).powi(2);
                    value += 0.9 * (-far).exp();
                }
                frame.data[y * frame.width + x] = value;
            }
        }
        blur(&mut frame, self.blur);
        if self.motion.0.hypot(self.motion.1) > 0.3 {
            smear(&mut frame, self.motion);
        }
        for value in &mut frame.data {
            *value = 255.0 * value.clamp(0.0, 1.0).powf(0.45);
        }
        if self.sharpen > 0.0 {
            let mut soft = Sheet { data: frame.data.clone(), width: frame.width, height: frame.height };
            blur(&mut soft, 1.0);
            for (value, soft) in frame.data.iter_mut().zip(&soft.data) {
                *value += self.sharpen * (*value - soft);
            }
        }
        let data = frame.data.iter().map(|value| (value + self.noise * rng.normal()).clamp(0.0, 255.0) as u8).collect();
        Picture { data, width: frame.width, height: frame.height }
    }
}

/// Gaussian, along rows and then along columns.
fn blur(frame: &mut Sheet, sigma: f32) {
    let reach = (sigma * 3.0).ceil() as usize;
    let mut weights: Vec<f32> =
        (0..=2 * reach).map(|n| (-(n as f32 - reach as f32).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
    let whole: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= whole);
    let (width, height) = (frame.width, frame.height);
    let mut row = vec![0.0; width + 2 * reach];
    for line in frame.data.chunks_exact_mut(width) {
        row[..reach].fill(line[0]);
        row[reach..reach + width].copy_from_slice(line);
        row[reach + width..].fill(line[width - 1]);
        for (x, value) in line.iter_mut().enumerate() {
            *value = weights.iter().zip(&row[x..]).map(|(a, b)| a * b).sum();
        }
    }
    let before = frame.data.clone();
    for y in 0..height {
        let line = &mut frame.data[y * width..(y + 1) * width];
        line.fill(0.0);
        for (n, weight) in weights.iter().enumerate() {
            let from = (y + n).saturating_sub(reach).min(height - 1) * width;
            line.iter_mut().zip(&before[from..from + width]).for_each(|(sum, value)| *sum += weight * value);
        }
    }
}

/// What the hand does while the shutter is open.
fn smear(frame: &mut Sheet, (dx, dy): (f32, f32)) {
    let before = Sheet { data: frame.data.clone(), width: frame.width, height: frame.height };
    let steps = 2 + dx.hypot(dy).ceil() as usize;
    for y in 0..frame.height {
        for x in 0..frame.width {
            let sum: f32 = (0..steps)
                .map(|n| {
                    let t = n as f32 / (steps - 1) as f32 - 0.5;
                    before.between(x as f32 + 0.5 + dx * t, y as f32 + 0.5 + dy * t)
                })
                .sum();
            frame.data[y * frame.width + x] = sum / steps as f32;
        }
    }
}

/// The code on its paper, with print around it.
fn paper(label: &Label, rng: &mut Rng) -> Sheet {
    let (white, ink) = (rng.range(0.6, 0.9), rng.range(0.03, 0.12));
    let module = PIXELS as usize;
    let margin = [0; 4].map(|_| module * (2 + rng.below(if label.matrix { 16 } else { 40 })));
    let size = (label.sheet.width + margin[0] + margin[1], label.sheet.height + margin[2] + margin[3]);
    let mut paper = Sheet::new(size.0, size.1, white);
    let letter = 1 + rng.below(3);
    if rng.chance(0.6) && margin[2] > 20 {
        let end = (size.0 - module, margin[2].saturating_sub(module));
        paper.print(rng, (module, module), end, letter, ink);
    }
    if rng.chance(0.6) {
        let start = (module, margin[2] + label.sheet.height + module);
        paper.print(rng, start, (size.0 - module, size.1), letter, ink);
    }
    let code = Sheet {
        data: label.sheet.data.iter().map(|grey| ink + (white - ink) * grey).collect(),
        width: label.sheet.width,
        height: label.sheet.height,
    };
    paper.paste(&code, (margin[0], margin[2]));
    if rng.chance(0.2) {
        for (at, side) in [
            ((0, 0), (size.0, 3)),
            ((0, size.1 - 3), (size.0, 3)),
            ((0, 0), (3, size.1)),
            ((size.0 - 3, 0), (3, size.1)),
        ] {
            paper.fill(at, side, ink);
        }
    }
    paper
}

fn surroundings(rng: &mut Rng) -> Sheet {
    let mut frame = Sheet::new(WIDTH, HEIGHT, rng.range(0.05, 0.7));
    match rng.below(10) {
        0 | 1 => texture::shelf(rng, &mut frame),
        2 | 3 => texture::fill("cardboard", rng, &mut frame),
        4..7 => texture::fill(texture::KINDS[rng.below(texture::KINDS.len())], rng, &mut frame),
        _ => {}
    }
    for _ in 0..rng.below(8) {
        let mut thing = Sheet::new(40 + rng.below(300), 20 + rng.below(200), rng.range(0.05, 0.85));
        let ink = rng.range(0.02, 0.9);
        if rng.chance(0.5) {
            let end = (thing.width - 4, thing.height);
            let letter = 1 + rng.below(3);
            thing.print(rng, (6, 6), end, letter, ink);
        }
        let pose = Pose {
            centre: (rng.range(0.0, WIDTH as f32), rng.range(0.0, HEIGHT as f32)),
            scale: rng.range(0.6, 1.4),
            turn: rng.range(-PI, PI),
            squeeze: 1.0,
            squeeze_turn: 0.0,
            lean: (0.0, 0.0),
        };
        View::new(&thing, &pose).lay(&thing, &mut frame);
    }
    frame
}

/// Lays a label somewhere; says how many pixels a module takes.
fn place(label: &Label, rng: &mut Rng, frame: &mut Sheet, aimed: bool) -> f32 {
    let paper = paper(label, rng);
    let wanted = rng.log_range(if label.matrix { 1.7 } else { 1.2 }, if aimed { 6.0 } else { 3.5 });
    let turn = if rng.chance(0.4) { rng.range(-0.12, 0.12) } else { rng.range(-PI, PI) };
    // What must be in the frame: the code, not its paper.
    let (long, high) = (label.sheet.width as f32, label.sheet.height as f32);
    let room = |scale: f32| {
        let (sin, cos) = (turn.sin().abs(), turn.cos().abs());
        let across = (long * cos + high * sin, long * sin + high * cos);
        (WIDTH as f32 * 0.94 - across.0 * scale, HEIGHT as f32 * 0.94 - across.1 * scale)
    };
    let mut scale = wanted / PIXELS;
    while (room(scale).0 < 0.0 || room(scale).1 < 0.0) && scale * PIXELS > 1.2 {
        scale *= 0.95;
    }
    let free = room(scale);
    let spread = if aimed { 0.35 } else { 0.9 };
    let mut centre = (
        WIDTH as f32 / 2.0 + rng.range(-0.5, 0.5) * spread * free.0.max(0.0),
        HEIGHT as f32 / 2.0 + rng.range(-0.5, 0.5) * spread * free.1.max(0.0),
    );
    // Some lie over the edge: bars lose up to a third of their height, the paper of cells its margin.
    if aimed && rng.chance(0.07) && turn.sin().abs() < 0.5 {
        let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
        let over = if label.matrix { 0.0 } else { high * scale * rng.range(0.1, 0.3) };
        centre.1 = HEIGHT as f32 / 2.0 + side * (free.1.max(0.0) / 2.0 + over);
    }
    let tilt = if rng.chance(0.5) { rng.range(0.0, 3.5e-4) } else { 0.0 };
    let to = rng.range(0.0, 2.0 * PI);
    let pose = Pose {
        centre,
        scale,
        turn,
        squeeze: if rng.chance(0.5) { rng.range(0.8, 1.0) } else { 1.0 },
        squeeze_turn: rng.range(0.0, PI),
        lean: (tilt * to.cos(), tilt * to.sin()),
    };
    View::new(&paper, &pose).lay(&paper, frame);
    scale * PIXELS
}

/// Frame `index` of a seed: families in turn, each with its seven labels in turn.
pub fn with_code(labels: &[Vec<Label>], seed: u64, index: usize) -> Frame {
    let mut rng = Rng::new(seed ^ 0xC0DE, index as u64);
    let family = index % FAMILIES.len();
    let own = &labels[family][index / FAMILIES.len() % labels[family].len()];
    let mut frame = surroundings(&mut rng);
    let mut texts = vec![own.text.clone()];
    if rng.chance(0.2) {
        for _ in 0..1 + rng.below(2) {
            let others = &labels[rng.below(labels.len())];
            let other = &others[rng.below(others.len())];
            place(other, &mut rng, &mut frame, false);
            texts.push(other.text.clone());
        }
    }
    let module = place(own, &mut rng, &mut frame, true);
    let shot = Shot::new(&mut rng, module);
    let luma = shot.take(frame, &mut rng);
    Frame { luma, family: FAMILIES[family], texts, module, blur: shot.blur / module, noise: shot.noise }
}

fn without_code(family: &'static str, frame: Sheet, rng: &mut Rng) -> Frame {
    let module = rng.range(1.5, 3.0);
    let shot = Shot::new(rng, module);
    let luma = shot.take(frame, rng);
    Frame { luma, family, texts: Vec::new(), module, blur: shot.blur / module, noise: shot.noise }
}

pub fn textured(seed: u64, index: usize) -> Frame {
    let mut rng = Rng::new(seed ^ 0x7E47, index as u64);
    let mut frame = Sheet::new(WIDTH, HEIGHT, 0.3);
    let kind = texture::KINDS[index % texture::KINDS.len()];
    texture::fill(kind, &mut rng, &mut frame);
    without_code(kind, frame, &mut rng)
}

pub fn shelf(seed: u64, index: usize) -> Frame {
    let mut rng = Rng::new(seed ^ 0x5E1F, index as u64);
    let mut frame = Sheet::new(WIDTH, HEIGHT, 0.3);
    texture::shelf(&mut rng, &mut frame);
    without_code("shelf", frame, &mut rng)
}

/// A photograph of a code on one without, each as large as fits; every third on a texture.
pub fn embed(seed: u64, index: usize, photo: &Picture, backgrounds: &[Picture]) -> Picture {
    let mut rng = Rng::new(seed ^ 0xE3BD, index as u64);
    let grey = |picture: &Picture| Sheet {
        data: picture.data.iter().map(|&grey| f32::from(grey)).collect(),
        width: picture.width,
        height: picture.height,
    };
    let mut frame = Sheet::new(WIDTH, HEIGHT, 0.3);
    let lay = |sheet: &Sheet, frame: &mut Sheet, scale: f32, turn: f32, centre: (f32, f32)| {
        let pose = Pose { centre, scale, turn, squeeze: 1.0, squeeze_turn: 0.0, lean: (0.0, 0.0) };
        View::new(sheet, &pose).lay(sheet, frame);
    };
    if index % 3 == 2 || backgrounds.is_empty() {
        texture::fill(texture::KINDS[rng.below(texture::KINDS.len())], &mut rng, &mut frame);
        frame.data.iter_mut().for_each(|value| *value = 255.0 * value.powf(0.45));
    } else {
        let behind = grey(&backgrounds[rng.below(backgrounds.len())]);
        let cover = (WIDTH as f32 / behind.width as f32).max(HEIGHT as f32 / behind.height as f32) * 1.01;
        lay(&behind, &mut frame, cover, 0.0, (640.0, 360.0));
    }
    let sheet = grey(photo);
    let fit = (1180.0 / sheet.width as f32).min(660.0 / sheet.height as f32).min(1.0);
    let scale = fit * rng.range(0.7, 1.0);
    let free = (WIDTH as f32 - sheet.width as f32 * scale, HEIGHT as f32 - sheet.height as f32 * scale);
    let centre = (640.0 + free.0 * rng.range(-0.45, 0.45), 360.0 + free.1 * rng.range(-0.45, 0.45));
    let turn = if rng.chance(0.25) { rng.range(-PI, PI) } else { 0.0 };
    lay(&sheet, &mut frame, scale, turn, centre);
    let data = frame.data.iter().map(|value| value.clamp(0.0, 255.0) as u8).collect();
    Picture { data, width: WIDTH, height: HEIGHT }
}
