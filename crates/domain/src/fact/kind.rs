//! The name of a fact, its version, and what it belongs to.

use super::Fact;

impl Fact {
    /// The type as sent and stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "SignedIn",
            Self::SignInFailed { .. } => "SignInFailed",
            Self::LockedOut { .. } => "LockedOut",
            Self::SignedOut { .. } => "SignedOut",
            Self::TaskClaimed { .. } => "TaskClaimed",
            Self::TaskReleased { .. } => "TaskReleased",
            Self::ToteAssigned { .. } => "ToteAssigned",
            Self::Picked { .. } => "Picked",
            Self::PickedShort { .. } => "PickedShort",
            Self::ToteClosed { .. } => "ToteClosed",
            Self::DroppedOff { .. } => "DroppedOff",
            Self::TaskTakenOver { .. } => "TaskTakenOver",
            Self::TaskOpened { .. } => "TaskOpened",
            Self::ZeroChecked { .. } => "ZeroChecked",
            Self::Approved { .. } => "Approved",
            Self::PhotoTaken { .. } => "PhotoTaken",
            Self::LabelPrinted { .. } => "LabelPrinted",
            Self::DeliveryOpened { .. } => "DeliveryOpened",
            Self::Received { .. } => "Received",
            Self::UnknownReceived { .. } => "UnknownReceived",
            Self::ReceiptClosed { .. } => "ReceiptClosed",
            Self::Moved { .. } => "Moved",
            Self::CountStarted { .. } => "CountStarted",
            Self::Counted { .. } => "Counted",
            Self::CountSubmitted { .. } => "CountSubmitted",
            Self::Substituted { .. } => "Substituted",
            Self::CountAsked { .. } => "CountAsked",
            Self::Sorted { .. } => "Sorted",
            Self::ToteTaken { .. } => "ToteTaken",
            Self::CartonOpened { .. } => "CartonOpened",
            Self::Packed { .. } => "Packed",
            Self::Unpacked { .. } => "Unpacked",
            Self::CartonWeighed { .. } => "CartonWeighed",
            Self::CartonClosed { .. } => "CartonClosed",
            Self::Labelled { .. } => "Labelled",
            Self::OrderPacked { .. } => "OrderPacked",
            Self::Shipped { .. } => "Shipped",
            Self::ReturnOpened { .. } => "ReturnOpened",
            Self::DispositionOverridden { .. } => "DispositionOverridden",
            Self::ReturnInspected { .. } => "ReturnInspected",
            Self::ExceptionAnswered { .. } => "ExceptionAnswered",
            Self::Undone { .. } => "Undone",
            Self::ScanRefused { .. } => "ScanRefused",
            Self::BarcodeReported { .. } => "BarcodeReported",
            Self::NoteAdded { .. } => "NoteAdded",
        }
    }

    /// The version of its body. All are at 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        1
    }

    /// The aggregate it belongs to: facts of one aggregate wait for each other, others do not.
    #[must_use]
    pub fn aggregate(&self) -> String {
        match self {
            Self::TaskClaimed { task }
            | Self::TaskReleased { task }
            | Self::ToteAssigned { task, .. }
            | Self::Picked { task, .. }
            | Self::PickedShort { task, .. }
            | Self::ToteClosed { task, .. }
            | Self::DroppedOff { task, .. }
            | Self::TaskTakenOver { task, .. }
            | Self::TaskOpened { task, .. }
            | Self::CountStarted { task, .. }
            | Self::Counted { task, .. }
            | Self::CountSubmitted { task, .. }
            | Self::Substituted { task, .. }
            | Self::Sorted { task, .. }
            | Self::ToteTaken { task, .. } => format!("task:{task}"),
            Self::CountAsked { task, location, .. } if task.is_none() => format!("location:{location}"),
            Self::CountAsked { task, .. } => format!("task:{task}"),
            Self::CartonOpened { order, .. }
            | Self::Packed { order, .. }
            | Self::Unpacked { order, .. }
            | Self::CartonWeighed { order, .. }
            | Self::CartonClosed { order, .. }
            | Self::Labelled { order, .. }
            | Self::OrderPacked { order, .. }
            | Self::Shipped { order, .. } => format!("order:{order}"),
            Self::ReturnOpened { inspection, .. }
            | Self::DispositionOverridden { inspection, .. }
            | Self::ReturnInspected { inspection, .. } => format!("return:{inspection}"),
            Self::ExceptionAnswered { exception, .. } => format!("exception:{exception}"),
            Self::ZeroChecked { task, location, .. } if task.is_none() => format!("location:{location}"),
            Self::ZeroChecked { task, .. } => format!("task:{task}"),
            Self::Moved { task, unit, item, .. } => match (task.is_none(), unit.is_none()) {
                (false, _) => format!("task:{task}"),
                (true, false) => format!("unit:{unit}"),
                (true, true) => format!("item:{item}"),
            },
            // Goods of an unknown code wait for their name, and nothing waits behind them.
            Self::UnknownReceived { receipt, raw, .. } => format!("unknown:{receipt}/{raw}"),
            Self::DeliveryOpened { receipt, .. }
            | Self::Received { receipt, .. }
            | Self::ReceiptClosed { receipt, .. } => format!("receipt:{receipt}"),
            Self::Approved { subject, .. } | Self::PhotoTaken { subject, .. } | Self::LabelPrinted { subject, .. } => {
                subject.clone()
            }
            Self::SignedIn { operator }
            | Self::SignInFailed { operator, .. }
            | Self::LockedOut { operator, .. }
            | Self::SignedOut { operator } => format!("operator:{operator}"),
            Self::Undone { epoch, seq } => format!("fact:{epoch}/{seq}"),
            Self::ScanRefused { .. } | Self::BarcodeReported { .. } => "scan".to_owned(),
            Self::NoteAdded { entry, .. } => format!("note:{entry}"),
        }
    }
}
