//! What the Slint compiler makes of the pages beside this file. A package of its own: the pages change less
//! often than what drives them, and are large once compiled.
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::restriction)]

slint::include_modules!();
