//! Codes as lines saw them over a frame, and which of them enough lines agree on.

use super::super::bars::Hit;
use super::super::bars::stacked::Vote;
use super::super::{Format, Read, Tier};

/// Votes that parts of a code are worth, each of which two lines saw.
const PARTS: usize = 2;
/// Share of a code's length within which another one is in the same place.
const SAME_PLACE: f32 = 0.5;

/// Lines that must say the same.
fn needed(format: Format) -> usize {
    match format {
        // Their own check, if any, lets one in ten or more pass.
        Format::Itf => 4,
        Format::Itf14 | Format::Ean8 | Format::UpcE | Format::Codabar => 3,
        _ => 2,
    }
}

/// Both ends of a code on a line, in pixels of the frame.
type Ends = [(f32, f32); 2];

/// A code as lines saw it.
#[derive(Debug)]
struct Tally {
    hit: Hit,
    /// How far to the side of the first each line lies that saw it whole.
    lines: Vec<f32>,
    /// Whether lines saw all its parts.
    parts: bool,
    /// Its ends on the first line.
    first: Ends,
    /// Its ends on the lines furthest to either side, with how far.
    top: (f32, Ends),
    bottom: (f32, Ends),
    /// Whether a line of the present region saw it.
    fresh: bool,
}

impl Tally {
    fn votes(&self) -> usize {
        self.lines.len() + if self.parts { PARTS } else { 0 }
    }

    /// How far the middle of other ends lies along and aside of the first, as shares of the length, and the length.
    fn offset(&self, ends: Ends) -> (f32, f32, f32) {
        let [(x0, y0), (x1, y1)] = self.first;
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length = dx.hypot(dy).max(1.0);
        let (own, other) = (between(self.first), between(ends));
        let (x, y) = (other.0 - own.0, other.1 - own.1);
        ((x * dx + y * dy) / length / length, (y * dx - x * dy) / length / length, length)
    }

    fn same_place(&self, ends: Ends) -> bool {
        let (along, aside, _) = self.offset(ends);
        along.abs() < SAME_PLACE && aside.abs() < SAME_PLACE
    }
}

fn between([(x0, y0), (x1, y1)]: Ends) -> (f32, f32) {
    ((x0 + x1) / 2.0, (y0 + y1) / 2.0)
}

/// What the lines of a frame said.
#[derive(Debug, Default)]
pub(super) struct Votes {
    tallies: Vec<Tally>,
}

impl Votes {
    /// Forgets the last frame.
    pub(super) fn clear(&mut self) {
        self.tallies.clear();
    }

    /// Begins another region. What lines of one before saw still counts: it is the same frame.
    pub(super) fn begin(&mut self) {
        for own in &mut self.tallies {
            own.fresh = false;
        }
    }

    /// Counts a code on a line. Lines nearer than `apart` see the same pixels and count once.
    pub(super) fn add(&mut self, hit: Hit, vote: Vote, apart: f32, ends: Ends) {
        let place = self
            .tallies
            .iter()
            .position(|own| own.hit.format == hit.format && own.hit.content == hit.content && own.same_place(ends));
        let own = match place.and_then(|place| self.tallies.get_mut(place)) {
            Some(own) => own,
            None => {
                let (lines, side) = (Vec::new(), (0.0, ends));
                self.tallies.push(Tally {
                    hit,
                    lines,
                    parts: false,
                    first: ends,
                    top: side,
                    bottom: side,
                    fresh: true,
                });
                let Some(own) = self.tallies.last_mut() else { return };
                own
            }
        };
        own.fresh = true;
        let (_, aside, length) = own.offset(ends);
        let aside = aside * length;
        match vote {
            Vote::Both => own.parts = true,
            Vote::Line => {
                if !own.lines.iter().any(|line| (line - aside).abs() < apart) {
                    own.lines.push(aside);
                }
            }
        }
        if aside < own.top.0 {
            own.top = (aside, ends);
        }
        if aside > own.bottom.0 {
            own.bottom = (aside, ends);
        }
    }

    /// Moves codes of this region with enough votes to what was found; says whether there were any.
    pub(super) fn settle(&self, tier: Tier, found: &mut Vec<Read>) -> bool {
        let mut any = false;
        for own in self.tallies.iter().filter(|own| own.fresh) {
            // Another text in the same place is a vote against.
            let against: usize = self
                .tallies
                .iter()
                .filter(|other| other.hit.content != own.hit.content && own.same_place(other.first))
                .map(Tally::votes)
                .sum();
            let votes = own.votes();
            if votes < needed(own.hit.format) + against {
                continue;
            }
            any = true;
            let [top_start, top_end] = own.top.1;
            let [bottom_start, bottom_end] = own.bottom.1;
            let read = Read {
                content: own.hit.content.clone(),
                aim_id: own.hit.aim_id,
                format: own.hit.format,
                tier,
                votes: u8::try_from(votes).unwrap_or(u8::MAX),
                corners: [top_start, top_end, bottom_end, bottom_start],
            };
            match found.iter_mut().find(|own| own.format == read.format && own.content == read.content) {
                Some(own) => own.votes = own.votes.max(read.votes),
                None => found.push(read),
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(format: Format, content: &str) -> Hit {
        Hit { format, aim_id: "]C0", content: content.as_bytes().to_vec(), span: (0.0, 0.0) }
    }

    #[test]
    fn only_lines_apart_agree_and_another_text_is_against() {
        const APART: f32 = 1.5;
        // Lines with the height they lie at and what they say; how many codes are believed.
        type Lines = &'static [(f32, &'static str)];
        let cases: [(&str, Format, Lines, usize); 8] = [
            ("one line", Format::Code128, &[(10.0, "A")], 0),
            ("two lines", Format::Code128, &[(10.0, "A"), (12.0, "A")], 1),
            ("the same pixels twice", Format::Code128, &[(10.0, "A"), (10.5, "A")], 0),
            ("two of three", Format::Code128, &[(10.0, "A"), (12.0, "B"), (14.0, "A")], 0),
            ("three of four", Format::Code128, &[(10.0, "A"), (12.0, "B"), (14.0, "A"), (16.0, "A")], 1),
            ("a code further down", Format::Code128, &[(10.0, "A"), (12.0, "A"), (90.0, "B"), (92.0, "B")], 2),
            ("two lines of a weak check", Format::Itf14, &[(10.0, "A"), (12.0, "A")], 0),
            ("three lines of it", Format::Itf14, &[(10.0, "A"), (12.0, "A"), (14.0, "A")], 1),
        ];
        for (name, format, lines, expected) in cases {
            let mut votes = Votes::default();
            votes.begin();
            for (y, content) in lines {
                votes.add(hit(format, content), Vote::Line, APART, [(0.0, *y), (100.0, *y)]);
            }
            let mut found = Vec::new();
            assert_eq!(votes.settle(Tier::Linear, &mut found), expected > 0, "{name}");
            assert_eq!(found.len(), expected, "{name}");
        }
    }

    #[test]
    fn regions_of_a_frame_share_their_votes_and_frames_do_not() {
        let mut votes = Votes::default();
        let mut found = Vec::new();
        let mut line = |votes: &mut Votes, y: f32| {
            votes.begin();
            votes.add(hit(Format::Code128, "A"), Vote::Line, 1.5, [(0.0, y), (100.0, y)]);
            votes.settle(Tier::Linear, &mut found)
        };
        assert!(!line(&mut votes, 10.0));
        votes.clear();
        assert!(!line(&mut votes, 20.0));
        assert!(line(&mut votes, 30.0));
        // What another region settled is not this one's.
        votes.begin();
        assert!(!votes.settle(Tier::Linear, &mut found));
        assert_eq!(found.len(), 1);
    }
}
