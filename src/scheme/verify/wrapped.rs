//! Whether a password opens a wrapped value.

use zeroize::Zeroizing;

use super::opening::{Opening, ReadExtent};
use super::recompute::{make, make_stand_in, opens};
use super::stand_in::STAND_IN;
use super::tries::Tries;
use crate::scheme::format;
use crate::scheme::kdf::within;
use crate::scheme::label::{Unlabelled, base64_sha384};
use crate::scheme::value::{Context, InnerId, Scheme, VerifyError};
use crate::secret::Password;
use crate::text::{self};

/// saltern's own wrapped values: the inner scheme first, then the outer hash over its text.
pub(in crate::scheme) fn open_wrapped(
    unlabelled: &Unlabelled,
    password: &Password,
    context: &Context<'_>,
) -> Result<Option<Opening>, VerifyError> {
    let native = unlabelled.native.as_bytes();
    let outer = format::native(native).ok_or(VerifyError::Unrecognised)?.0;
    let outside = Context {
        work_max: context.work_max,
        ..Context::default()
    };
    let opens_outer = |text: &[u8]| opens(outer, native, text, &outside);
    let tries = Tries::of(password, context);
    let without_scheme = |reading: ReadExtent, password: &[u8]| Opening {
        reading,
        inner: None,
        is_padded_otherwise: false,
        password: Zeroizing::new(password.to_vec()),
    };
    if unlabelled.inner == InnerId::SHA384_B64 {
        let opened = tries.opened_by(|password, _| opens_outer(&base64_sha384(password)))?;
        return Ok(opened.map(|by| without_scheme(ReadExtent::Whole, by.bytes)));
    }
    let long = unlabelled.inner.short();
    let inner = long.unwrap_or(unlabelled.inner);
    let opens_inner = |text: &[u8]| {
        if long.is_some() {
            opens_outer(&base64_sha384(text))
        } else {
            opens_outer(text)
        }
    };
    if inner == InnerId::ANSWER1 {
        let opened = tries.opened_by(|password, _| match std::str::from_utf8(password) {
            Ok(answer) => opens_inner(Zeroizing::new(text::answer1(answer)).as_bytes()),
            // What can't be an answer costs what every other one does.
            Err(_) => opens_inner(STAND_IN).map(|_| false),
        })?;
        return Ok(opened.map(|by| without_scheme(ReadExtent::Answer, by.bytes)));
    }
    let scheme = Scheme::by_inner_id(&inner).ok_or(VerifyError::UnknownInner {
        inner: unlabelled.inner,
    })?;
    let setting = unlabelled.is.as_deref().unwrap_or_default();
    let opens_as = |scheme, setting: &[u8], password: &[u8], context: &Context<'_>| match make(
        scheme, setting, password, context,
    )? {
        Some(text) => opens_inner(text.as_bytes()),
        None => {
            let text = make_stand_in(scheme, setting, context)?;
            opens_inner(text.as_bytes()).map(|_| false)
        }
    };
    let twin = scheme.family().twin(scheme, setting);
    let opened = tries.opened_by(|password, context| {
        // The inner hash and the outer one are one piece of work.
        within(context.work_max, || {
            let right = opens_as(scheme, setting, password, context)?;
            match &twin {
                Some((twin, setting)) => Ok(opens_as(*twin, setting, password, context)? | right),
                None => Ok(right),
            }
        })
    })?;
    Ok(opened.map(|by| Opening::of(scheme, setting, &by, context)))
}
