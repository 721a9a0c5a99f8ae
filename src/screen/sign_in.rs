//! Badge and PIN.

use super::common::int;
use super::ui;
use crate::view::{SignInStage, SignInView};
use slint::Global;

pub(super) fn stage(stage: SignInStage) -> &'static str {
    match stage {
        SignInStage::Badge => "badge",
        SignInStage::Pin => "pin",
        SignInStage::Unlock => "unlock",
        SignInStage::LockedOut { .. } => "locked-out",
    }
}

pub(super) fn apply(root: &ui::AppWindow, view: &SignInView) {
    let data = ui::SignInData::get(root);
    data.set_name(view.name.as_str().into());
    data.set_digits(i32::from(view.digits));
    data.set_length(i32::from(view.length));
    data.set_minutes(match view.stage {
        SignInStage::LockedOut { minutes } => int(minutes),
        SignInStage::Badge | SignInStage::Pin | SignInStage::Unlock => 0,
    });
    data.set_stage(stage(view.stage).into());
}
