//! Compiles the panel; its colours and fonts are the app's.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=ui");
    println!("cargo:rerun-if-changed=../ui/theme.slint");
    println!("cargo:rerun-if-changed=../assets/fonts");
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent".into())
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles);
    slint_build::compile_with_config("ui/panel.slint", config)?;
    Ok(())
}
