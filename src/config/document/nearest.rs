//! The nearest known spelling of an unknown name.

/// The candidate that `name` most likely misspells; `None` if no candidate is near enough.
///
/// Near means that at most a third of the letters differ, or one letter of a short name. The
/// distance is optimal string alignment, in which two letters that changed places count once. Case
/// and the kind of dash don't count, because they are the most common slips.
pub(super) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let wanted = plain(name);
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(
            nearest(name, ["table", "column", "last_login", "md5", "md4", "do"]),
            expected,
            "{name}"
        );
    }

    #[test]
    fn a_missing_letter_is_found() {
        check("colum", Some("column"));
    }

    #[test]
    fn two_letters_that_changed_places_are_found() {
        check("tabel", Some("table"));
    }

    #[test]
    fn case_and_dashes_do_not_count() {
        check("Last-Login", Some("last_login"));
    }

    #[test]
    fn a_short_name_allows_one_slip() {
        check("md", Some("md5"));
        check("od", Some("do"));
    }

    #[test]
    fn a_name_far_from_all_has_no_nearest() {
        check("password", None);
        check("x", None);
    }
}
