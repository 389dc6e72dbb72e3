//! What may differ from processor to processor in our own Argon2id.
//!
//! None of it changes a digest. Which is the fastest is measured ([`Plan::tune`]), because
//! processors differ in what waits for what. `docs/kernels.md` has the figures.
//!
//! [`Plan::tune`]: crate::kernel::Plan::tune

use std::fmt;

/// A way to build G and the fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelVariant {
    /// The XOR of G's inputs, which its end needs again.
    pub inputs: InputXor,
    /// When the block that is written next is asked for.
    pub next_write: NextWrite,
    /// Where the blocks of hashes that are made together stand.
    pub layout: BlockLayout,
    /// How far ahead of its use a reference that is known beforehand is asked for.
    pub distance: Distance,
}

/// How the end of G comes by the XOR of the two inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputXor {
    /// Both are loaded again.
    Loaded,
    /// It was kept in a block on the stack.
    Kept,
}

/// When the block that is written next is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextWrite {
    /// Never: its stores wait for their lines.
    NotAsked,
    /// Before the G of the block before it.
    BeforeG,
    /// Behind that G.
    BehindG,
}

/// Where the blocks of hashes that are made together stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockLayout {
    /// Those of one column stand side by side.
    Beside,
    /// Each hash has memory of its own.
    Apart,
}

/// A number of blocks of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// Two.
    Two,
    /// Four.
    Four,
    /// Eight.
    Eight,
}

/// Why a plan has its variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantSource {
    /// It is known of this kind of processor, or of none.
    Table,
    /// It was measured as the best.
    Measurement,
    /// Somebody named it.
    Name,
}

impl fmt::Display for VariantSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "as known of this processor",
            Self::Measurement => "as measured",
            Self::Name => "as named",
        })
    }
}

impl InputXor {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Loaded, Self::Kept];

    fn as_str(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Kept => "kept",
        }
    }
}

impl NextWrite {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotAsked, Self::BeforeG, Self::BehindG];

    fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "unasked",
            Self::BeforeG => "before",
            Self::BehindG => "behind",
        }
    }
}

impl BlockLayout {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Beside, Self::Apart];

    fn as_str(self) -> &'static str {
        match self {
            Self::Beside => "beside",
            Self::Apart => "apart",
        }
    }
}

impl Distance {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Two, Self::Four, Self::Eight];

    /// The number of blocks.
    pub fn blocks(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Two => "2",
            Self::Four => "4",
            Self::Eight => "8",
        }
    }
}

impl KernelVariant {
    /// Measured as the best on Intel's Sapphire Rapids, and taken where nothing is known.
    pub const DEFAULT: Self = Self {
        inputs: InputXor::Loaded,
        next_write: NextWrite::BehindG,
        layout: BlockLayout::Beside,
        distance: Distance::Four,
    };

    /// Every variant.
    pub fn all() -> impl Iterator<Item = Self> {
        InputXor::ALL.into_iter().flat_map(|inputs| {
            NextWrite::ALL.into_iter().flat_map(move |next_write| {
                BlockLayout::ALL.into_iter().flat_map(move |layout| {
                    Distance::ALL.into_iter().map(move |distance| Self {
                        inputs,
                        next_write,
                        layout,
                        distance,
                    })
                })
            })
        })
    }

    /// The variant that [`fmt::Display`] writes so; none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|variant| variant.to_string() == text)
    }
}

/// `kept-unasked-beside-4`
impl fmt::Display for KernelVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            inputs,
            next_write,
            layout,
            distance,
        } = self;
        let parts = [
            inputs.as_str(),
            next_write.as_str(),
            layout.as_str(),
            distance.as_str(),
        ];
        f.write_str(&parts.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_is_read_as_it_is_written() {
        let all: Vec<KernelVariant> = KernelVariant::all().collect();
        assert_eq!(all.len(), 36);
        for variant in all {
            assert_eq!(KernelVariant::parse(&variant.to_string()), Some(variant));
        }
        assert_eq!(KernelVariant::parse("kept-unasked-beside-5"), None);
    }
}
