#![no_main]

use libfuzzer_sys::fuzz_target;
use saltern_fuzz::bodies;

fuzz_target!(|data: &[u8]| bodies::verify_any(data));
