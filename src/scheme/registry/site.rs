//! The digests that are tried where an application has a site-wide salt: how such a salt, a
//! password and what stands in the row are usually joined.

use std::num::NonZeroU8;

use super::row::SchemeKind;
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Scheme, Shape};
use crate::secret::SiteSalts;

/// The formulas, with `H` for each hash function of a shape. What needs nothing from the row comes
/// first, because it is the likeliest.
const FORMULAS: [&str; 29] = [
    "H(site.pass)",
    "H(pass.site)",
    "hmac-H(key=site)",
    "hmac-H(key=pass,site)",
    "H(site.pass.site)",
    "H(H(pass).site)",
    "H(site.H(pass))",
    "H(H(site).pass)",
    "H(H(site.pass))",
    "H(H(pass.site))",
    "H(site.salt.pass)",
    "H(salt.site.pass)",
    "H(site.pass.salt)",
    "H(salt.pass.site)",
    "H(pass.salt.site)",
    "H(pass.site.salt)",
    "H(H(pass.site).salt)",
    "H(H(site.pass).salt)",
    "H(H(pass.salt).site)",
    "H(H(salt.pass).site)",
    "hmac-H(key=site,pass.salt)",
    "hmac-H(key=site,salt.pass)",
    "H(salt.'--'.pass.'--'.site)",
    "repeat(10,H(it.'--'.salt.'--'.pass.'--'.site),site)",
    "H(site.username.pass)",
    "H(username.pass.site)",
    "H(pass.username.site)",
    "H(username.site.pass)",
    "H(site.pass.username)",
];

impl Shape {
    /// The schemes of this shape that are tried with these site-wide salts, a line each.
    pub fn site_candidates(self, site: &SiteSalts) -> Vec<Scheme> {
        let digits = self.without_salt().digits();
        let mut found = Vec::new();
        for formula in FORMULAS {
            for (name, _) in Algorithm::ALL
                .iter()
                .filter(|(_, algorithm)| 2 * algorithm.len() == digits)
            {
                // Such an expression is within every bound: a test reads all.
                let text = formula.replace('H', name);
                if let Ok(open) = Scheme::parse(&text) {
                    found.extend(open.with_site_lines(site));
                }
            }
        }
        found
    }
}

impl Scheme {
    /// Whether the label of a value says which of these site-wide salts made it: whether there is a
    /// line for each that the scheme names.
    pub fn has_its_lines(self, site: &SiteSalts) -> bool {
        self.site_lines()
            .iter()
            .all(|line: &NonZeroU8| site.line(*line).is_some())
    }

    /// Whether its values are bare digests in hex, which a proof can try.
    pub fn is_hex_digest(self) -> bool {
        matches!(self.row_data().kind, SchemeKind::Digest(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_is_an_expression_and_each_line_has_a_scheme_and_an_id_of_its_own() {
        let site = SiteSalts::new(["one", "two"]).expect("two lines");
        for shape in [Shape::Hex32, Shape::Hex40, Shape::Hex64, Shape::Hex128] {
            let found = shape.site_candidates(&site);
            let algorithms = Algorithm::ALL
                .iter()
                .filter(|(_, algorithm)| 2 * algorithm.len() == shape.digits())
                .count();
            assert_eq!(found.len(), FORMULAS.len() * algorithms * 2, "{shape:?}");
            let mut ids: Vec<_> = found
                .iter()
                .map(|scheme| scheme.inner_id().expect("an id").as_str().to_owned())
                .collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), found.len(), "{shape:?}");
            assert!(found.iter().all(|scheme| !scheme.is_open()));
        }
    }
}
