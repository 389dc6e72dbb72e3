//! The common passwords that come with the program, and how many of them prove a scheme.

/// How many rows a candidate needs to be proven.
pub const HITS_MIN: u64 = 3;
/// How many different words these rows must come from.
pub const WORDS_MIN: u64 = 2;
/// So many words may be the work of one person with as many accounts.
pub(super) const HANDFUL: u64 = 5;

/// The common passwords, the most common first. `words.md` names their source.
pub fn words() -> impl Iterator<Item = &'static str> {
    include_str!("words.txt").lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_2500_different_words_of_printable_ascii() {
        let all: Vec<_> = words().collect();
        assert_eq!(all.len(), 2_500);
        assert_eq!(
            all.iter().collect::<std::collections::HashSet<_>>().len(),
            2_500
        );
        assert!(
            all.iter()
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic()))
        );
        assert_eq!(&all[..3], ["123456", "password", "12345678"]);
    }
}
