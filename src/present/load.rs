//! Loading at the dock.

use super::ask;
use crate::app::Under;
use crate::view::LoadView;
use floorhand_domain::workflow::load::Load;

pub(super) fn load(flow: &Under<Load>) -> LoadView {
    let at = &flow.at;
    let code = if at.dock.is_none() { "dock" } else { "next-carton" };
    LoadView { dock: at.dock.0.clone(), loaded: at.loaded, ask: ask(code, 0, "") }
}
