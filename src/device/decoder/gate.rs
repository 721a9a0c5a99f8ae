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
    pub columns: usize,
    pub rows: usize,
    /// Trace of a tile that holds nothing but noise.
    pub floor: f32,
    order: Vec<f32>,
}

impl Tiles {
    /// Measures a picture.
    pub(crate) fn measure(&mut self, luma: Luma<'_>) {
        self.columns = luma.width.saturating_sub(1) / TILE;
        self.rows = luma.height.saturating_sub(1) / TILE;
        self.tiles.clear();
        self.tiles.resize(self.columns * self.rows, Tile::default());
        if self.tiles.is_empty() {
            self.floor = 0.0;
            return;
        }
        let mut sums = vec![[0i32; 3]; self.columns];
        for (band, tiles) in self.tiles.chunks_exact_mut(self.columns).enumerate() {
            sums.fill([0; 3]);
            for y in (band * TILE..(band + 1) * TILE).step_by(ROW_STEP) {
                add_rows(luma.row(y), luma.row(y + 1), &mut sums);
            }
            // Differences are sums of two, so squares are four times those of one pixel.
            let scale = 1.0 / (4 * TILE * TILE / ROW_STEP) as f32;
            for (tile, [xx, yy, xy]) in tiles.iter_mut().zip(&sums) {
                *tile = Tile { xx: *xx as f32 * scale, yy: *yy as f32 * scale, xy: *xy as f32 * scale };
            }
        }
        self.order.clear();
        self.order.extend(self.tiles.iter().map(Tile::trace));
        let nth = (self.order.len() as f32 * NOISE_SHARE) as usize;
        let (_, floor, _) = self.order.select_nth_unstable_by(nth.min(self.tiles.len() - 1), f32::total_cmp);
        self.floor = *floor;
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

/// Adds two neighbouring rows to the sums of the tiles they cross.
fn add_rows(above: &[u8], below: &[u8], sums: &mut [[i32; 3]]) {
    let shifted = (above.get(1..).unwrap_or_default(), below.get(1..).unwrap_or_default());
    let tiles = above.as_chunks::<TILE>().0.iter().zip(below.as_chunks::<TILE>().0);
    let right = shifted.0.as_chunks::<TILE>().0.iter().zip(shifted.1.as_chunks::<TILE>().0);
    for (((a, c), (b, d)), sum) in tiles.zip(right).zip(sums) {
        let [mut xx, mut yy, mut xy] = [0i32; 3];
        for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
            // Two differences along the diagonals; gx and gy are their sum and difference.
            let fall = i32::from(*d) - i32::from(*a);
            let rise = i32::from(*b) - i32::from(*c);
            let (gx, gy) = (fall + rise, fall - rise);
            xx += gx * gx;
            yy += gy * gy;
            xy += gx * gy;
        }
        let [sum_xx, sum_yy, sum_xy] = sum;
        *sum_xx += xx;
        *sum_yy += yy;
        *sum_xy += xy;
    }
}
