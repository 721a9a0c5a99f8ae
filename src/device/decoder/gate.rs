//! The gate: where in a picture there is anything with edges, and which way the edges run.
//!
//! The picture is cut into square tiles; each tile gets the structure tensor of its brightness (the
//! means of gx², gy² and gx·gy). Bars give one strong direction, the cells of a matrix two, an
//! empty wall none. This pass reads every second row once and is the only one an empty frame pays.

use super::Luma;

/// Side of a tile in pixels: the smallest bar code worth looking for covers at least two of them,
/// and sixteen bytes are one vector of the processor.
pub(crate) const TILE: usize = 16;

/// Tiles below this share of all are taken as noise: the rest of the frame is compared with them.
const NOISE_SHARE: f32 = 0.20;

/// Rows of a tile that are looked at: every second one is enough for its direction.
const ROW_STEP: usize = 2;

/// What the edges of one tile say, in squared grey levels per pixel.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tile {
    /// Mean of gx².
    pub xx: f32,
    /// Mean of gy².
    pub yy: f32,
    /// Mean of gx·gy.
    pub xy: f32,
}

impl Tile {
    /// Strength of all edges.
    pub(crate) fn trace(&self) -> f32 {
        self.xx + self.yy
    }

    /// By how much the edges of one direction outweigh those across it.
    pub(crate) fn anisotropy(&self) -> f32 {
        ((self.xx - self.yy).powi(2) + 4.0 * self.xy * self.xy).sqrt()
    }

    /// Strength in the weaker direction.
    pub(crate) fn weaker(&self) -> f32 {
        (self.trace() - self.anisotropy()) / 2.0
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    /// The direction across the edges, in radians, a half turn being the same.
    pub(crate) fn angle(&self) -> f32 {
        0.5 * (2.0 * self.xy).atan2(self.xx - self.yy)
    }
}

/// The tiles of a picture.
#[derive(Debug, Default)]
pub(crate) struct Tiles {
    tiles: Vec<Tile>,
    /// Side of a tile in pixels.
    pub side: usize,
    pub columns: usize,
    pub rows: usize,
    /// Trace of a tile that holds nothing but noise.
    pub floor: f32,
    order: Vec<f32>,
    products: Products,
}

impl Tiles {
    /// Measures a picture.
    pub(crate) fn measure(&mut self, luma: Luma<'_>) {
        self.side = TILE;
        self.columns = luma.width.saturating_sub(1) / TILE;
        self.rows = luma.height.saturating_sub(1) / TILE;
        self.tiles.clear();
        self.tiles.resize(self.columns * self.rows, Tile::default());
        if self.tiles.is_empty() {
            self.floor = 0.0;
            return;
        }
        // Differences are sums of two, so squares are four times those of one pixel.
        let scale = 1.0 / (4 * TILE * TILE / ROW_STEP) as f32;
        for (band, tiles) in self.tiles.chunks_exact_mut(self.columns).enumerate() {
            self.products.clear(luma.width);
            let Products { xx, yy, xy } = &mut self.products;
            for y in (band * TILE..(band + 1) * TILE).step_by(ROW_STEP) {
                add_rows(luma.row(y), luma.row(y + 1), xx, yy, xy);
            }
            let mean = |sums: &[i32; TILE]| sums.iter().sum::<i32>() as f32 * scale;
            let sums = xx.as_chunks::<TILE>().0.iter().zip(yy.as_chunks::<TILE>().0).zip(xy.as_chunks::<TILE>().0);
            for (tile, ((xx, yy), xy)) in tiles.iter_mut().zip(sums) {
                *tile = Tile { xx: mean(xx), yy: mean(yy), xy: mean(xy) };
            }
        }
        self.find_floor();
    }

    /// Measures a picture by its half, for codes whose bars and cells are wider than a tile: one then covers twice
    /// as many pixels each way.
    pub(crate) fn measure_half(&mut self, half: Luma<'_>) {
        self.measure(half);
        self.side = 2 * TILE;
    }

    fn find_floor(&mut self) {
        self.order.clear();
        self.order.extend(self.tiles.iter().map(Tile::trace));
        let nth = (self.order.len() as f32 * NOISE_SHARE) as usize;
        self.floor = match self.tiles.len().checked_sub(1) {
            Some(last) => *self.order.select_nth_unstable_by(nth.min(last), f32::total_cmp).1,
            None => 0.0,
        };
    }

    /// A tile; one without edges outside of the picture.
    pub(crate) fn at(&self, column: usize, row: usize) -> Tile {
        if column >= self.columns {
            return Tile::default();
        }
        self.tiles.get(row * self.columns + column).copied().unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, usize, &Tile)> {
        let columns = self.columns.max(1);
        self.tiles.iter().enumerate().map(move |(index, tile)| (index % columns, index / columns, tile))
    }
}

/// Products of the differences of a band of tiles, a place for each column of pixels.
#[derive(Debug, Default)]
struct Products {
    xx: Vec<i32>,
    yy: Vec<i32>,
    xy: Vec<i32>,
}

impl Products {
    fn clear(&mut self, width: usize) {
        for sums in [&mut self.xx, &mut self.yy, &mut self.xy] {
            sums.clear();
            sums.resize(width, 0);
        }
    }
}

/// Adds the products of two neighbouring rows. Straight through a row and column by column, so that the compiler
/// takes eight at once.
fn add_rows(above: &[u8], below: &[u8], xx: &mut [i32], yy: &mut [i32], xy: &mut [i32]) {
    let (after_above, after_below) = (above.get(1..).unwrap_or_default(), below.get(1..).unwrap_or_default());
    let pixels = above.iter().zip(after_above).zip(below.iter().zip(after_below));
    for (((a, b), (c, d)), ((xx, yy), xy)) in pixels.zip(xx.iter_mut().zip(yy).zip(xy)) {
        // Two differences along the diagonals; gx and gy are their sum and difference.
        let fall = i16::from(*d) - i16::from(*a);
        let rise = i16::from(*b) - i16::from(*c);
        let (gx, gy) = (fall + rise, fall - rise);
        *xx += i32::from(gx) * i32::from(gx);
        *yy += i32::from(gy) * i32::from(gy);
        *xy += i32::from(gx) * i32::from(gy);
    }
}
