//! The schemes that a bare digest of some shape may be of, likeliest first.

use std::sync::LazyLock;

use crate::scheme::value::{MissingSalt, Scheme, Shape};

impl Shape {
    /// The schemes that make such a digest of nothing but the value and the password, likeliest
    /// first. A proof has to tell them apart.
    ///
    /// Of a bare digest they are the unsalted ones, of a joined one those with one salt. A digest
    /// in another spelling than hex may be of the same schemes.
    pub fn candidates(self) -> &'static [Scheme] {
        static OF_SHAPE: LazyLock<Vec<Vec<Scheme>>> =
            LazyLock::new(|| Shape::ALL.map(Shape::self_contained).to_vec());
        &OF_SHAPE[self.index()]
    }

    /// The schemes that make such a bare digest with a salt or a name from another column,
    /// likeliest first. Where the row lacks its salt, they are those with a name or an id alone.
    pub fn salted_candidates(self) -> impl Iterator<Item = Scheme> {
        let salted = move |scheme: &Scheme| {
            self.may_take(*scheme) && scheme.shape() == Some(self.without_salt()) && scheme.salted()
        };
        Scheme::all().filter(salted)
    }

    /// Whether a digest of the shape may be of a scheme that needs this of its row. Where the row
    /// lacks its salt, no other column stands in for it.
    pub fn may_take(self, scheme: Scheme) -> bool {
        let needs = scheme.needs();
        match self.missing_salt() {
            None => true,
            Some(MissingSalt::Null | MissingSalt::Empty) => !needs.salt && !needs.salt2,
            // Which of several salts counts, nobody knows.
            Some(MissingSalt::Doubtful) => false,
        }
    }

    fn self_contained(self) -> Vec<Scheme> {
        // Which of several salts counts, nobody knows.
        if self.missing_salt() == Some(MissingSalt::Doubtful) {
            return Vec::new();
        }
        Scheme::all()
            .filter(|scheme| scheme.shape() == Some(self.without_salt()))
            .filter(|scheme| {
                let needs = scheme.needs();
                needs.salt == self.is_joined() && !needs.salt2 && !needs.username && !needs.user_id
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_has_the_digits_of_the_shape_that_it_is_a_candidate_of() {
        for (index, shape) in Shape::ALL.into_iter().enumerate() {
            assert_eq!(shape.index(), index);
            assert_eq!(Shape::parse(shape.as_str()), Some(shape));
            for scheme in shape.candidates() {
                assert_eq!(scheme.shape(), Some(shape.without_salt()), "{scheme}");
                assert_eq!(scheme.salted(), shape.is_joined(), "{scheme}");
            }
        }
    }

    #[test]
    fn every_digest_in_the_registry_is_a_candidate_of_its_shape() {
        for scheme in Scheme::all() {
            if let Some(shape) = scheme.shape() {
                let known = if scheme.salted() {
                    shape.salted_candidates().any(|known| known == scheme)
                } else {
                    shape.candidates().contains(&scheme)
                };
                assert!(known, "{scheme}");
            }
        }
    }

    #[test]
    fn a_shape_is_hex_from_end_to_end_or_up_to_a_colon_with_a_salt_behind_it() {
        let digest = "5f4dcc3b5aa765d61d8327deb882cf99";
        let of = |value: String| Shape::of(value.as_bytes()).map(Shape::as_str);
        assert_eq!(of(digest.to_owned()), Some("hex32"));
        assert_eq!(of(format!("{digest}:Xy:z")), Some("hex32:salt"));
        // 32 digits with a salt that makes it as long as a longer digest.
        assert_eq!(
            of(format!("{digest}:{}", "a".repeat(31))),
            Some("hex32:salt")
        );
        for bad in [
            format!("{digest}:"),
            format!("{digest}:a\nb"),
            format!("{digest}g"),
            format!("{digest}:{}", "a".repeat(129)),
            ":salt".to_owned(),
        ] {
            assert_eq!(of(bad), None);
        }
    }
}
