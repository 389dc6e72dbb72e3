//! The machine: a figure without it is none.

use saltern::kernel::{HugePages, huge_pages};

/// Prints the processor, its microcode, how many there are, how busy they are, and huge pages.
pub fn print() {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':'))
            .map_or("unknown", |(_, value)| value.trim())
    };
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "{} {}, family {} model {} stepping {}, microcode {}, {} processors, load {}, huge pages {}\n",
        value("vendor_id"),
        value("model name"),
        value("cpu family"),
        value("model\t"),
        value("stepping"),
        value("microcode"),
        info.lines()
            .filter(|line| line.starts_with("processor"))
            .count(),
        load.split(' ').next().unwrap_or("unknown"),
        match huge_pages() {
            HugePages::Given => "given",
            HugePages::Refused => "refused",
            HugePages::Unknown => "unknown",
        }
    );
}
