//! Regions: tiles that belong together, bars in [`linear`], cells of a matrix in [`matrix`].

use super::Rect;
use super::gate::{TILE, Tile, Tiles};

/// Least anisotropy of a tile with bars, in squared grey levels: bars fainter than this are lost in
/// the noise of a good sensor anyway.
const BAR_LEAST: f32 = 20.0;
/// The same, as a multiple of the noise floor.
const BAR_OVER_FLOOR: f32 = 0.3;
/// Share of a tile's edges above the floor that must run one way.
const BAR_SHARE: f32 = 0.6;
/// Cosine of twice the angle by which the directions of neighbouring tiles may differ (15°).
const AGREE: f32 = 0.866;
/// Least strength of the weaker direction in a tile with cells.
const CELL_LEAST: f32 = 30.0;
/// The same, as a multiple of the noise floor.
const CELL_OVER_FLOOR: f32 = 0.15;
/// Regions that are ranked; more are not kept.
const MOST_PARTS: usize = 48;
/// Tiles two pieces of one bar code may be apart along their direction (wide spaces of DataBar,
/// glare across the middle).
const GAP_TILES: f32 = 5.0;
/// Weight of what lies in the aim rectangle, against the same strength outside.
const AIM_WEIGHT: f32 = 8.0;

/// A stretch of bars, in pixels of the picture that was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bars {
    /// Its centre.
    pub x: f32,
    /// Its centre.
    pub y: f32,
    /// Unit vector across the bars, the way a line reads them.
    pub along: (f32, f32),
    /// Half its length in that direction.
    pub half_length: f32,
    /// Half its height, along the bars.
    pub half_height: f32,
    /// Strength of all edges, times the weight of the aim.
    pub rank: f32,
    tiles: f32,
    sum: Tile,
}

impl Bars {
    /// The whole picture as one region, read along its rows.
    pub(crate) fn whole(width: usize, height: usize) -> Self {
        let (x, y) = ((width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0);
        Self {
            x,
            y,
            along: (1.0, 0.0),
            half_length: width as f32 / 2.0,
            half_height: height as f32 / 2.0,
            rank: 0.0,
            tiles: 0.0,
            sum: Tile::default(),
        }
    }

    /// The same region in a picture `factor` times as large.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        Self {
            x: self.x * factor,
            y: self.y * factor,
            half_length: self.half_length * factor,
            half_height: self.half_height * factor,
            ..*self
        }
    }

    /// Whether another region is the same but for less than a tile at each end, and a few degrees.
    pub(crate) fn alike(&self, other: &Self) -> bool {
        const NEAR: f32 = TILE as f32;
        const TURNED: f32 = 0.996;
        let turned = self.along.0 * other.along.0 + self.along.1 * other.along.1;
        (self.x - other.x).hypot(self.y - other.y) < NEAR
            && (self.half_length - other.half_length).abs() < NEAR
            && (self.half_height - other.half_height).abs() < NEAR
            && turned.abs() > TURNED
    }

    /// Whether a point lies in it, up to a margin.
    pub(crate) fn holds(&self, x: f32, y: f32, margin: f32) -> bool {
        let (dx, dy) = (x - self.x, y - self.y);
        let along = dx * self.along.0 + dy * self.along.1;
        let across = dy * self.along.0 - dx * self.along.1;
        along.abs() <= self.half_length + margin && across.abs() <= self.half_height + margin
    }
}

fn is_bar(tile: &Tile, floor: f32) -> bool {
    let anisotropy = tile.anisotropy();
    anisotropy > BAR_LEAST + BAR_OVER_FLOOR * floor && anisotropy > BAR_SHARE * (tile.trace() - floor)
}

fn agree(one: &Tile, other: &Tile) -> bool {
    let dot = (one.xx - one.yy) * (other.xx - other.yy) + 4.0 * one.xy * other.xy;
    dot >= AGREE * one.anisotropy() * other.anisotropy()
}

/// Joins tiles that pass `member` and, pairwise, `joins`; each group once, in reading order.
fn groups(
    tiles: &Tiles,
    member: impl Fn(&Tile) -> bool,
    joins: impl Fn(&Tile, &Tile) -> bool,
) -> Vec<Vec<(usize, usize)>> {
    let mut open: Vec<bool> = tiles.iter().map(|(_, _, tile)| member(tile)).collect();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for (column, row, _) in tiles.iter() {
        let index = row * tiles.columns + column;
        if !open.get(index).copied().unwrap_or_default() {
            continue;
        }
        let mut group = Vec::new();
        stack.push((column, row));
        if let Some(place) = open.get_mut(index) {
            *place = false;
        }
        while let Some((column, row)) = stack.pop() {
            group.push((column, row));
            let here = tiles.at(column, row);
            for near_row in row.saturating_sub(1)..=(row + 1).min(tiles.rows.saturating_sub(1)) {
                for near_column in column.saturating_sub(1)..=(column + 1).min(tiles.columns - 1) {
                    let Some(place) = open.get_mut(near_row * tiles.columns + near_column) else { continue };
                    if *place && joins(&here, &tiles.at(near_column, near_row)) {
                        *place = false;
                        stack.push((near_column, near_row));
                    }
                }
            }
        }
        found.push(group);
    }
    found
}

fn centre(column: usize, row: usize, side: usize) -> (f32, f32) {
    let middle = side as f32 / 2.0;
    ((column * side) as f32 + middle, (row * side) as f32 + middle)
}

fn aim_weight(aim: Option<Rect>, x: f32, y: f32) -> f32 {
    let inside = aim.is_some_and(|aim| {
        x >= aim.x as f32 && y >= aim.y as f32 && x < (aim.x + aim.width) as f32 && y < (aim.y + aim.height) as f32
    });
    if inside { AIM_WEIGHT } else { 1.0 }
}

/// The box of a group of tiles along the mean direction of its edges.
fn bars(tiles: &Tiles, group: &[(usize, usize)], aim: Option<Rect>) -> Bars {
    let mut sum = Tile::default();
    for (column, row) in group {
        sum.add(&tiles.at(*column, *row));
    }
    let angle = sum.angle();
    let along = (angle.cos(), angle.sin());
    let mut reach = [f32::MAX, f32::MIN, f32::MAX, f32::MIN];
    for (column, row) in group {
        let (x, y) = centre(*column, *row, tiles.side);
        let (u, v) = (x * along.0 + y * along.1, y * along.0 - x * along.1);
        let [low_u, high_u, low_v, high_v] = &mut reach;
        *low_u = low_u.min(u);
        *high_u = high_u.max(u);
        *low_v = low_v.min(v);
        *high_v = high_v.max(v);
    }
    boxed(reach, along, group.len() as f32, tiles.side, sum, aim)
}

fn boxed(
    [low_u, high_u, low_v, high_v]: [f32; 4],
    along: (f32, f32),
    tiles: f32,
    side: usize,
    sum: Tile,
    aim: Option<Rect>,
) -> Bars {
    let (u, v) = ((low_u + high_u) / 2.0, (low_v + high_v) / 2.0);
    let (x, y) = (u * along.0 - v * along.1, u * along.1 + v * along.0);
    let half = side as f32 / 2.0;
    Bars {
        x,
        y,
        along,
        half_length: (high_u - low_u) / 2.0 + half,
        half_height: (high_v - low_v) / 2.0 + half,
        rank: sum.anisotropy() * aim_weight(aim, x, y),
        tiles,
        sum,
    }
}

/// Stretches of bars, strongest first; after them those that two or more pieces in one line make.
pub(crate) fn linear(tiles: &Tiles, aim: Option<Rect>, most: usize) -> Vec<Bars> {
    let floor = tiles.floor;
    let mut parts: Vec<Bars> =
        groups(tiles, |tile| is_bar(tile, floor), agree).iter().map(|group| bars(tiles, group, aim)).collect();
    parts.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    parts.truncate(MOST_PARTS);
    let joined = join(&parts, tiles.side, aim);
    parts.retain(|part| part.tiles > 1.0);
    parts.truncate(most);
    parts.extend(joined.into_iter().take(most));
    parts
}

/// Pieces in one line, as one: each piece takes those beside it.
fn join(parts: &[Bars], side: usize, aim: Option<Rect>) -> Vec<Bars> {
    let mut taken = vec![false; parts.len()];
    let mut found = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        if taken.get(index).copied().unwrap_or(true) {
            continue;
        }
        let mut whole = *part;
        let mut pieces = 1;
        // Each round may reach pieces that the last one could not; a handful is enough.
        for _ in 0..4 {
            let before = pieces;
            for (other, used) in parts.iter().zip(taken.iter_mut()).skip(index + 1) {
                if !*used && agree(&whole.sum, &other.sum) && in_line(&whole, other, side) {
                    *used = true;
                    pieces += 1;
                    whole = united(&whole, other, side, aim);
                }
            }
            if before == pieces {
                break;
            }
        }
        if pieces > 1 {
            found.push(whole);
        }
    }
    found.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    found
}

/// Whether one piece lies in the way the other reads, not far off, and about as high.
fn in_line(one: &Bars, other: &Bars, side: usize) -> bool {
    let (dx, dy) = (other.x - one.x, other.y - one.y);
    let along = (dx * one.along.0 + dy * one.along.1).abs();
    let across = (dy * one.along.0 - dx * one.along.1).abs();
    let gap = along - one.half_length - other.half_length;
    let overlap = one.half_height + other.half_height - across;
    gap < GAP_TILES * side as f32 && overlap > one.half_height.min(other.half_height)
}

fn united(one: &Bars, other: &Bars, side: usize, aim: Option<Rect>) -> Bars {
    let mut sum = one.sum;
    sum.add(&other.sum);
    let angle = sum.angle();
    let along = (angle.cos(), angle.sin());
    let mut reach = [f32::MAX, f32::MIN, f32::MAX, f32::MIN];
    let half = side as f32 / 2.0;
    for part in [one, other] {
        for (left, up) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
            let (length, height) = (left * (part.half_length - half), up * (part.half_height - half));
            let x = part.x + length * part.along.0 - height * part.along.1;
            let y = part.y + length * part.along.1 + height * part.along.0;
            let (u, v) = (x * along.0 + y * along.1, y * along.0 - x * along.1);
            let [low_u, high_u, low_v, high_v] = &mut reach;
            *low_u = low_u.min(u);
            *high_u = high_u.max(u);
            *low_v = low_v.min(v);
            *high_v = high_v.max(v);
        }
    }
    boxed(reach, along, one.tiles + other.tiles, side, sum, aim)
}

/// A box around cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cells {
    pub rect: Rect,
    /// Strength of the cells, times the weight of the aim.
    pub rank: f32,
}

impl Cells {
    /// The whole picture as one box.
    pub(crate) fn whole(width: usize, height: usize) -> Self {
        Self { rect: Rect { x: 0, y: 0, width, height }, rank: 0.0 }
    }
}

/// Boxes around what may be a matrix, strongest first.
pub(crate) fn matrix(tiles: &Tiles, aim: Option<Rect>, most: usize) -> Vec<Cells> {
    let least = CELL_LEAST + CELL_OVER_FLOOR * tiles.floor;
    let mut found: Vec<Cells> =
        groups(tiles, |tile| tile.weaker() > least, |_, _| true).iter().map(|group| cells(tiles, group, aim)).collect();
    found.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    found.truncate(most);
    found
}

fn cells(tiles: &Tiles, group: &[(usize, usize)], aim: Option<Rect>) -> Cells {
    let mut reach = [usize::MAX, 0, usize::MAX, 0];
    let mut strength = 0.0;
    for (column, row) in group {
        let [left, right, top, bottom] = &mut reach;
        *left = (*left).min(*column);
        *right = (*right).max(*column + 1);
        *top = (*top).min(*row);
        *bottom = (*bottom).max(*row + 1);
        strength += tiles.at(*column, *row).weaker();
    }
    let [left, right, top, bottom] = reach;
    let side = tiles.side;
    let rect = Rect { x: left * side, y: top * side, width: (right - left) * side, height: (bottom - top) * side };
    // A matrix fills its box; text and leaves do not.
    let filled = group.len() as f32 / ((right - left) * (bottom - top)).max(1) as f32;
    let (x, y) = ((rect.x + rect.width / 2) as f32, (rect.y + rect.height / 2) as f32);
    Cells { rect, rank: strength * filled * aim_weight(aim, x, y) }
}
