//! The bodies of the fuzz targets, which are those that the ordinary tests replay the corpora through.

#[path = "../../tests/it/bodies.rs"]
pub mod bodies;
