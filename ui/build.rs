//! Compiles the screens: style pinned, translations and pictures inside the binary.

use slint_build::{CompilerConfiguration, EmbedResourcesKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=.");
    println!("cargo:rerun-if-changed=../assets");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let config = CompilerConfiguration::new()
        .with_style("fluent".into())
        .with_bundled_translations("lang")
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        // Tests find elements by their labels.
        .with_debug_info(!release);
    slint_build::compile_with_config("app.slint", config)?;
    Ok(())
}
