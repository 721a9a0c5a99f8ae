//! The printed sheet: real barcodes for the current work, on A4.
//!
//! The page is laid out once, as black rectangles and lines of text on a grid of a tenth of a
//! millimetre. One grid step is one pixel of the PNG (254 dpi), and bars are whole steps wide, so
//! that no edge of a bar falls between two pixels in either file. The PDF is written by pdf-writer
//! and stays vectors; its text uses a font that every viewer has.

use crate::barcode::Barcode;
use ab_glyph::{Font, FontRef, ScaleFont, point};
use anyhow::{Context, Result};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use std::path::{Path, PathBuf};

/// A heading and its codes.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// What they are for.
    pub title: String,
    /// The codes, in the order of work.
    pub labels: Vec<Label>,
}

/// One code to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What a reader sends for it.
    pub code: String,
    /// What it is.
    pub caption: String,
    /// What else is to be known.
    pub note: String,
}

const WIDTH: usize = 2_100;
const HEIGHT: usize = 2_970;
const MARGIN: usize = 120;
const GAP: usize = 60;
const COLUMNS: usize = 2;
const CELL: usize = (WIDTH - 2 * MARGIN - GAP * (COLUMNS - 1)) / COLUMNS;
const CELL_HEIGHT: usize = 300;
const TITLE_HEIGHT: usize = 120;
const BARS: usize = 150;
/// Light modules that every code needs on each side.
const QUIET: usize = 10;
/// A bar of 0.4 mm at the most: wider ones only make the code longer.
const MODULE_MAX: usize = 4;

const WORDS: &[u8] = include_bytes!("../../assets/fonts/AtkinsonHyperlegibleNext-Bold.ttf");
const PLAIN: &[u8] = include_bytes!("../../assets/fonts/AtkinsonHyperlegibleNext-Regular.ttf");
const CODES: &[u8] = include_bytes!("../../assets/fonts/AtkinsonHyperlegibleMono-Medium.ttf");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Bold,
    Plain,
    Mono,
}

#[derive(Debug, Default)]
struct Page {
    /// x, y from the top, width, height.
    boxes: Vec<(usize, usize, usize, usize)>,
    /// x, baseline from the top, size, face, text.
    texts: Vec<(usize, usize, usize, Face, String)>,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// The PDF, all pages.
    pub pdf: PathBuf,
    /// A PNG a page; the first is `sheet.png`.
    pub pngs: Vec<PathBuf>,
    /// Codes drawn.
    pub codes: usize,
}

/// Writes `sheet.pdf`, `sheet.png` and, for further pages, `sheet-2.png` and so on.
///
/// # Errors
/// When a code cannot be drawn or a file cannot be written.
pub fn write(folder: &Path, title: &str, sections: &[Section]) -> Result<Written> {
    let pages = lay_out(title, sections)?;
    let pdf = folder.join("sheet.pdf");
    write_file(&pdf, &to_pdf(&pages)?)?;
    let mut pngs = Vec::new();
    for (number, page) in pages.iter().enumerate() {
        let name = if number == 0 { "sheet.png".to_owned() } else { format!("sheet-{}.png", number + 1) };
        let path = folder.join(name);
        write_file(&path, &to_png(page)?)?;
        pngs.push(path);
    }
    Ok(Written { pdf, pngs, codes: sections.iter().map(|s| s.labels.len()).sum() })
}

/// Beside the old file, then in its place: whoever has it open never sees half a sheet.
fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes).with_context(|| format!("cannot write {}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}

fn lay_out(title: &str, sections: &[Section]) -> Result<Vec<Page>> {
    let mut done = Vec::new();
    let mut page = Page::default();
    page.texts.push((MARGIN, MARGIN + 60, 64, Face::Bold, title.to_owned()));
    let mut y = MARGIN + 100;
    for section in sections.iter().filter(|s| !s.labels.is_empty()) {
        // A heading never stands alone at the foot of a page.
        if y + TITLE_HEIGHT + CELL_HEIGHT > HEIGHT - MARGIN {
            done.push(std::mem::take(&mut page));
            y = MARGIN;
        }
        page.texts.push((MARGIN, y + 80, 48, Face::Bold, section.title.clone()));
        page.boxes.push((MARGIN, y + 98, WIDTH - 2 * MARGIN, 4));
        y += TITLE_HEIGHT;
        for labels in section.labels.chunks(COLUMNS) {
            if y + CELL_HEIGHT > HEIGHT - MARGIN {
                done.push(std::mem::take(&mut page));
                y = MARGIN;
            }
            for (column, label) in labels.iter().enumerate() {
                cell(&mut page, MARGIN + column * (CELL + GAP), y, label)?;
            }
            y += CELL_HEIGHT;
        }
    }
    done.push(page);
    Ok(done)
}

fn cell(page: &mut Page, x: usize, y: usize, label: &Label) -> Result<()> {
    let barcode = Barcode::draw(&label.code)?;
    let modules = barcode.width() + 2 * QUIET;
    if barcode.is_linear() {
        let module = (CELL / modules.max(1)).clamp(1, MODULE_MAX);
        for (_, at, count) in barcode.stretches() {
            page.boxes.push((x + (QUIET + at) * module, y + 16, count * module, BARS));
        }
    } else {
        let module = (BARS / barcode.rows.len().max(1)).clamp(1, 3 * MODULE_MAX);
        for (row, at, count) in barcode.stretches() {
            page.boxes.push((x + QUIET * module + at * module, y + 16 + row * module, count * module, module));
        }
    }
    let under = y + 16 + BARS;
    page.texts.push((x, under + 46, 40, Face::Bold, shortened(&label.caption, 40, Face::Bold)));
    page.texts.push((x, under + 84, 30, Face::Mono, shortened(&printable(&label.code), 30, Face::Mono)));
    page.texts.push((x, under + 118, 28, Face::Plain, shortened(&label.note, 28, Face::Plain)));
    Ok(())
}

/// Without the identifier, with the separator shown.
fn printable(code: &str) -> String {
    let data = if code.starts_with(']') { code.chars().skip(3).collect() } else { code.to_owned() };
    data.replace('\u{1d}', " ")
}

fn shortened(text: &str, size: usize, face: Face) -> String {
    let Ok(font) = font(face) else { return text.to_owned() };
    let scaled = font.as_scaled(size as f32);
    let mut left = CELL as f32;
    text.chars()
        .take_while(|sign| {
            left -= scaled.h_advance(font.glyph_id(*sign));
            left >= 0.0
        })
        .collect()
}

fn font(face: Face) -> Result<FontRef<'static>> {
    let bytes = match face {
        Face::Bold => WORDS,
        Face::Plain => PLAIN,
        Face::Mono => CODES,
    };
    FontRef::try_from_slice(bytes).context("a font of the sheet cannot be read")
}

fn to_png(page: &Page) -> Result<Vec<u8>> {
    let mut light = vec![255_u8; WIDTH * HEIGHT];
    let mut darken = |x: usize, y: usize, by: f32| {
        if x < WIDTH
            && let Some(pixel) = light.get_mut(y * WIDTH + x)
        {
            let keeps = 1.0 - by.clamp(0.0, 1.0);
            *pixel = (f32::from(*pixel) * keeps) as u8;
        }
    };
    for &(x, y, width, height) in &page.boxes {
        for row in y..y + height {
            (x..x + width).for_each(|column| darken(column, row, 1.0));
        }
    }
    for (x, baseline, size, face, text) in &page.texts {
        let font = font(*face)?;
        let scaled = font.as_scaled(*size as f32);
        let mut pen = *x as f32;
        for sign in text.chars() {
            let id = font.glyph_id(sign);
            let glyph = id.with_scale_and_position(*size as f32, point(pen, *baseline as f32));
            pen += scaled.h_advance(id);
            if let Some(outline) = font.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                let (left, top) = (bounds.min.x.max(0.0) as usize, bounds.min.y.max(0.0) as usize);
                outline.draw(|dx, dy, by| darken(left + dx as usize, top + dy as usize, by));
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 10_000, yppu: 10_000, unit: png::Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&light)?;
    writer.finish()?;
    Ok(bytes)
}

/// Tenths of a millimetre in points.
fn points(tenths: usize) -> f32 {
    tenths as f32 * 72.0 / 254.0
}

fn to_pdf(pages: &[Page]) -> Result<Vec<u8>> {
    let faces = [
        (Face::Bold, Name(b"B"), Name(b"Helvetica-Bold")),
        (Face::Plain, Name(b"P"), Name(b"Helvetica")),
        (Face::Mono, Name(b"M"), Name(b"Courier")),
    ];
    let mut next = 1..;
    let mut fresh = || next.next().map(Ref::new).context("too many pages");
    let (catalog, tree) = (fresh()?, fresh()?);
    let fonts = [fresh()?, fresh()?, fresh()?];
    let ids = pages.iter().map(|_| Ok((fresh()?, fresh()?))).collect::<Result<Vec<_>>>()?;

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(i32::try_from(pages.len())?);
    for ((_, _, base), id) in faces.iter().zip(fonts) {
        pdf.type1_font(id).base_font(*base).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (page, (id, content)) in pages.iter().zip(&ids) {
        let mut object = pdf.page(*id);
        object.media_box(Rect::new(0.0, 0.0, points(WIDTH), points(HEIGHT))).parent(tree).contents(*content);
        let mut resources = object.resources();
        let mut list = resources.fonts();
        for ((_, name, _), font) in faces.iter().zip(fonts) {
            list.pair(*name, font);
        }
        list.finish();
        resources.finish();
        object.finish();
        pdf.stream(*content, &pdf_content(page, &faces));
    }
    Ok(pdf.finish())
}

fn pdf_content(page: &Page, faces: &[(Face, Name, Name)]) -> Vec<u8> {
    let mut content = Content::new();
    for &(x, y, width, height) in &page.boxes {
        content.rect(points(x), points(HEIGHT - y - height), points(width), points(height));
    }
    content.fill_nonzero();
    for (x, baseline, size, face, text) in &page.texts {
        let Some((_, name, _)) = faces.iter().find(|(of, _, _)| of == face) else { continue };
        // Helvetica and Courier run a little wider than the fonts of the PNG.
        let size = points(*size) * 0.78;
        content.begin_text().set_font(*name, size).next_line(points(*x), points(HEIGHT - baseline));
        content.show(Str(&win_ansi(text))).end_text();
    }
    content.finish().to_vec()
}

fn win_ansi(text: &str) -> Vec<u8> {
    text.chars().map(|sign| u8::try_from(sign).unwrap_or(b'?')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(count: usize) -> Vec<Section> {
        let label = |n: usize| Label {
            code: format!("]C0A-{n:02}-01"),
            caption: format!("Shelf A-{n:02}"),
            note: "pick 2".into(),
        };
        let mixed = vec![
            Label { code: "]E09521234543213".into(), caption: "Hand cream".into(), note: "50 ml".into() },
            Label {
                code: "]C1010952123454321317271231 10LOT-42\u{1d}21SN0001".replace(' ', ""),
                caption: "Hand cream, lot LOT-42".into(),
                note: "ends 2027-12-31".into(),
            },
            Label { code: "]d2010952123454321321SN0001".into(), caption: "Phone".into(), note: "serial SN0001".into() },
        ];
        vec![
            Section { title: "Shelves".into(), labels: (1..=count).map(label).collect() },
            Section { title: "Items".into(), labels: mixed },
        ]
    }

    #[test]
    fn one_page_or_several() {
        let pages = |count| lay_out("Sheet", &sections(count)).unwrap().len();
        assert_eq!([pages(1), pages(20), pages(40)], [1, 2, 3]);
    }

    #[test]
    fn nothing_leaves_the_page() {
        for page in lay_out("Sheet", &sections(23)).unwrap() {
            for (x, y, width, height) in page.boxes {
                assert!(x >= MARGIN && x + width <= WIDTH - MARGIN && y >= MARGIN && y + height <= HEIGHT - MARGIN);
            }
        }
    }

    #[test]
    fn both_files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let written = write(folder.path(), "Sheet", &sections(20)).unwrap();
        assert_eq!((written.pngs.len(), written.codes), (2, 23));
        assert!(std::fs::read(&written.pdf).unwrap().starts_with(b"%PDF-"));
        for path in &written.pngs {
            let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
            let reader = png::Decoder::new(file).read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().height), (2_100, 2_970));
        }
    }
}
