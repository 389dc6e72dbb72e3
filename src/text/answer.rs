//! Secret answers: one normal form for all ways to type the same answer.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroize;

/// The normal form `answer1`: NFKC, full Unicode case folding, NFKC, every run of White_Space to
/// one space, trimmed.
///
/// The result is a secret; the texts in between are wiped. An answer may come out empty.
pub fn answer1(answer: &str) -> String {
    let mut composed: String = answer.nfkc().collect();
    let mut folded = CaseMapper::new().fold_string(&composed).into_owned();
    composed.zeroize();
    let mut normal: String = folded.nfkc().collect();
    folded.zeroize();
    let mut text = String::with_capacity(normal.len());
    for word in normal.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    normal.zeroize();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: &str, normal: &str) {
        assert_eq!(answer1(answer), normal);
        assert_eq!(
            answer1(normal),
            normal,
            "a normal form is its own normal form"
        );
    }

    #[test]
    fn case_and_spaces_do_not_matter() {
        check("  Fluffy  the\tCat \n", "fluffy the cat");
        check("\u{a0}\u{3000}Rex\u{2003}", "rex");
    }

    #[test]
    fn case_folding_is_the_full_one() {
        check("STRASSE", "strasse");
        check("Straße", "strasse");
        check("ΣΊΣΥΦΟΣ", "σίσυφοσ");
        check("σίσυφος", "σίσυφοσ");
    }

    #[test]
    fn compatible_spellings_are_one() {
        check("ｆｕｌｌ　ｗｉｄｔｈ", "full width");
        check("ﬁsh", "fish");
        check("e\u{301}cole", "\u{e9}cole");
    }

    #[test]
    fn an_answer_of_nothing_but_spaces_is_empty() {
        check(" \u{2028}\u{a0}", "");
    }
}
