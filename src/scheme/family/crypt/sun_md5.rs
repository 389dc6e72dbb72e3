//! Solaris' `$md5$` (Alec Muffett): rounds of MD5, which hash Hamlet's soliloquy too or don't, as
//! bits of the last digest say.
//!
//! After passlib's documentation (`passlib.hash.sun_md5_crypt`) and libxcrypt's
//! `lib/crypt-sunmd5.c`.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::base64;
use super::md5::ORDER;
use crate::scheme::expression::Algorithm;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::VerifyError;

/// Hamlet III.1, in the spelling of Project Gutenberg's old edition; the NUL at its end is hashed
/// with it.
const HAMLET: &str = "To be, or not to be,--that is the question:--
Whether 'tis nobler in the mind to suffer
The slings and arrows of outrageous fortune
Or to take arms against a sea of troubles,
And by opposing end them?--To die,--to sleep,--
No more; and by a sleep to say we end
The heartache, and the thousand natural shocks
That flesh is heir to,--'tis a consummation
Devoutly to be wish'd. To die,--to sleep;--
To sleep! perchance to dream:--ay, there's the rub;
For in that sleep of death what dreams may come,
When we have shuffled off this mortal coil,
Must give us pause: there's the respect
That makes calamity of so long life;
For who would bear the whips and scorns of time,
The oppressor's wrong, the proud man's contumely,
The pangs of despis'd love, the law's delay,
The insolence of office, and the spurns
That patient merit of the unworthy takes,
When he himself might his quietus make
With a bare bodkin? who would these fardels bear,
To grunt and sweat under a weary life,
But that the dread of something after death,--
The undiscover'd country, from whose bourn
No traveller returns,--puzzles the will,
And makes us rather bear those ills we have
Than fly to others that we know not of?
Thus conscience does make cowards of us all;
And thus the native hue of resolution
Is sicklied o'er with the pale cast of thought;
And enterprises of great pith and moment,
With this regard, their currents turn awry,
And lose the name of action.--Soft you now!
The fair Ophelia!--Nymph, in thy orisons
Be all my sins remember'd.
\0";

/// Appends the hash. What goes in first is the password and the string's front without its last
/// dollar.
pub(in crate::scheme) fn append(
    front: &str,
    rounds: u32,
    password: &[u8],
    text: &mut String,
) -> Result<(), VerifyError> {
    // Every other round takes the soliloquy along.
    let work = kdf::spend_rounds(Algorithm::Md5, rounds, HAMLET.len() / 2)?;
    let rounds = if work == Permit::Compute { rounds } else { 0 };
    let first = Md5::new().chain_update(password).chain_update(front);
    let mut last: Zeroizing<[u8; 16]> = Zeroizing::new(first.finalize().into());
    for round in 0..rounds {
        let mut next = Md5::new();
        next.update(&last[..]);
        if coin(&last, round) {
            next.update(HAMLET);
        }
        next.update(round.to_string());
        *last = next.finalize().into();
    }
    base64::push_in_order(&last[..], &ORDER, text);
    Ok(())
}

/// Whether the soliloquy is taken along: the digest itself says which of its bits are looked at.
fn coin(digest: &[u8; 16], round: u32) -> bool {
    let bit = |at: u32| digest[(at as usize / 8) % 16] >> (at % 8) & 1;
    let half = |from: usize| {
        let mut bits = 0;
        for i in 0..8 {
            let (a, b) = (digest[(i + from) % 16], digest[(i + from + 3) % 16]);
            let chosen = digest[usize::from(a >> (b % 5)) % 16];
            let chosen = chosen >> (b >> (a % 8) & 1);
            bits |= u32::from(bit(chosen.into())) << i;
        }
        bits
    };
    // The round number is taken modulo 128, so that it is no matter where it wraps.
    let x = half(0) >> bit(round % 128);
    let y = half(8) >> bit((round % 128 + 64) % 128);
    bit(x) != bit(y)
}
