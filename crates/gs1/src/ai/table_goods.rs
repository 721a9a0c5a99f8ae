//! Trade items, assets and coupons: identifiers 00 to 30.

use super::{BATCHED, Entry, GOODS, GTIN, PIECE, TRADE, a, n, nv, xv};
use crate::linter::Linter::{Csum, GcpPos1, GcpPos2, Yymmd0};

#[rustfmt::skip]
pub(super) const TABLE: &[Entry] = &[
    a("00", &[n(18).lint(&[Csum, GcpPos2])]).fixed().attr().key(&[]),
    a("01", &[n(14).lint(&[Csum, GcpPos2])]).fixed().attr().ex(&["255", "37"]).key(&[&["22", "10", "21"], &["235"]]),
    a("02", &[n(14).lint(&[Csum, GcpPos2])]).fixed().attr().req(&[&[&["37"]]]).ex(&["01", "03"]),
    a("03", &[n(14).lint(&[Csum, GcpPos2])]).fixed().ex(&["01", "02", "37"]),
    a("10", &[xv(20)]).attr().req(&[BATCHED]),
    a("11", &[n(6).lint(&[Yymmd0])]).fixed().attr().req(&[BATCHED]),
    a("12", &[n(6).lint(&[Yymmd0])]).fixed().attr().req(&[&[&["8020"]]]),
    a("13", &[n(6).lint(&[Yymmd0])]).fixed().attr().req(&[BATCHED]),
    a("15", &[n(6).lint(&[Yymmd0])]).fixed().attr().req(&[BATCHED]),
    a("16", &[n(6).lint(&[Yymmd0])]).fixed().attr().req(&[BATCHED]),
    a("17", &[n(6).lint(&[Yymmd0])]).fixed().attr().req(&[&[&["01"], &["02"], &["03"], &["255"], &["8006"], &["8026"]]]),
    a("20", &[n(2)]).fixed().attr().req(&[GOODS]),
    a("21", &[xv(20)]).req(&[&[&["01"], &["03"], &["8006"]]]).ex(&["235"]),
    a("22", &[xv(20)]).req(&[GTIN]),
    a("235", &[xv(28)]).req(&[GTIN]),
    a("240", &[xv(30)]).attr().req(&[GOODS]),
    a("241", &[xv(30)]).attr().req(&[GOODS]),
    a("242", &[nv(6)]).attr().req(&[GOODS]),
    a("243", &[xv(20)]).attr().req(&[GTIN]),
    a("250", &[xv(30)]).attr().req(&[PIECE, &[&["21"]]]),
    a("251", &[xv(30)]).attr().req(&[PIECE]),
    a("253", &[n(13).lint(&[Csum, GcpPos1]), xv(17).optional()]).attr().key(&[]),
    a("254", &[xv(20)]).req(&[&[&["414"]]]),
    a("255", &[n(13).lint(&[Csum, GcpPos1]), nv(12).optional()]).attr().ex(&["01", "02", "415", "8006", "8020", "8026"]).key(&[]),
    a("30", &[nv(8)]).attr().req(&[TRADE]),
];
