//! What chance alone would do.

/// So much more seldom may the people of one part choose a common password than all others do:
/// habits differ with age and tenant. The figure is the issue of measurements on made columns:
/// `docs/decisions/coverage.md`.
pub(super) const HABIT: f64 = 0.6;

/// A part is called empty only where chance gives less than this, for all divisions together.
pub(super) const ALPHA: f64 = 1e-3;

/// The rows of a part and what is outside it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    /// Rows of the part.
    pub(super) rows: f64,
    /// Hits of the part.
    pub(super) hits: f64,
    /// Rows outside.
    pub(super) rest_rows: f64,
    /// Hits outside.
    pub(super) rest_hits: f64,
}

impl Split {
    /// The hits to be expected in the part at the rate of the rest.
    pub(super) fn expected(&self) -> f64 {
        if self.rest_rows > 0.0 {
            self.rows * self.rest_hits / self.rest_rows
        } else {
            0.0
        }
    }

    /// The logarithm of the chance of so few hits in the part, or fewer, where its people choose
    /// common passwords `HABIT` times as often as all others.
    ///
    /// All hits are shared out between the part and the rest: a binomial distribution. So it counts
    /// that the rate of the rest is no more than an estimate, too.
    pub(super) fn ln_chance(&self) -> f64 {
        let hits = self.hits.round();
        ln_at_most(hits as u64, self.rest_hits + hits, self.share())
    }

    /// The same without any hit in the part: the least chance that its size allows.
    pub(super) fn ln_chance_of_none(&self) -> f64 {
        ln_at_most(0, self.rest_hits + self.hits, self.share())
    }

    fn share(&self) -> f64 {
        let part = HABIT * self.rows;
        if part + self.rest_rows > 0.0 {
            part / (part + self.rest_rows)
        } else {
            0.0
        }
    }
}

/// The logarithm of the chance that of `of` hits at most `hits` fall into a part with that share.
fn ln_at_most(hits: u64, of: f64, share: f64) -> f64 {
    if share <= 0.0 || of <= hits as f64 {
        return 0.0;
    }
    if share >= 1.0 {
        return f64::NEG_INFINITY;
    }
    let odds = share.ln() - (-share).ln_1p();
    // The first term is the chance of no hit; each further one follows from the one before it.
    let mut term = of * (-share).ln_1p();
    let mut sum = term;
    for i in 0..hits {
        term += ((of - i as f64) / (i as f64 + 1.0)).ln() + odds;
        let (high, low) = if sum > term { (sum, term) } else { (term, sum) };
        sum = high + (low - high).exp().ln_1p();
    }
    sum.min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hits: u64, of: f64, share: f64, chance: f64) {
        let found = ln_at_most(hits, of, share).exp();
        assert!((found / chance - 1.0).abs() < 1e-6, "{found} for {chance}");
    }

    /// The values are sums of the terms in exact integers (Python's `math.comb`).
    #[test]
    fn chances_are_those_of_the_binomial_distribution() {
        check(0, 20.0, 0.1, 0.121_576_654_590_569_35);
        check(2, 20.0, 0.1, 0.676_926_805_189_446_6);
        check(5, 100.0, 0.2, 1.868_006_630_032_434_2e-5);
        check(30, 30.0, 0.5, 1.0);
    }

    #[test]
    fn a_third_without_a_hit_is_no_chance_where_the_rest_has_sixty() {
        let split = Split {
            rows: 201.0,
            hits: 0.0,
            rest_rows: 100.0,
            rest_hits: 60.0,
        };
        assert!((split.expected() - 120.6).abs() < 1e-9);
        assert!(split.ln_chance() < -40.0);
        assert!(split.ln_chance() == split.ln_chance_of_none());
    }

    #[test]
    fn a_rate_that_few_hits_give_is_an_estimate() {
        let split = Split {
            rows: 900.0,
            hits: 0.0,
            rest_rows: 100.0,
            rest_hits: 3.0,
        };
        // 27 hits are expected, but three that fell into one tenth of the rows may be chance.
        assert!(split.ln_chance().exp() > 1e-3);
    }
}
