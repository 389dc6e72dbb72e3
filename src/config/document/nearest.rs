//! The nearest spelling of a name that is not known.

/// The candidate that `name` is most likely a misspelling of, if any is near enough.
///
/// Near is a third of the name's letters (one for the shortest), by optimal string alignment, in which two letters that
/// changed places count once. Case and the kind of the dash count for nothing: they are the commonest slips of all.
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
