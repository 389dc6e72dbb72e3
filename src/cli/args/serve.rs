//! `serve`, as typed.

/// `serve`
#[derive(Clone, Debug, clap::Args)]
pub struct ServeArgs {
    /// Print the OpenAPI document and end; reads no configuration
    #[arg(long)]
    pub print_openapi: bool,
}
