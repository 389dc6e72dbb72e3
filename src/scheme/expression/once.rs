//! Expressions that are read, used once and kept nowhere: for callers that see any number of them.

use zeroize::Zeroizing;

use super::error::ExpressionError;
use super::evaluate::Inputs;
use super::tree::Expression;

/// The canonical text of an expression, as its scheme's name would spell it.
pub fn expression_text(text: &str) -> Result<String, ExpressionError> {
    Expression::parse(text).map(|expression| expression.to_string())
}

/// The canonical text of the digest that an expression makes of a password and one salt. The salt
/// stands for everything else that the expression takes.
///
/// None where the inputs are not such texts as the expression takes.
pub fn expression_digest(
    text: &str,
    password: &[u8],
    salt: &[u8],
) -> Result<Option<Zeroizing<String>>, ExpressionError> {
    let expression = Expression::parse(text)?;
    Ok(expression.text(&Inputs {
        pass: password,
        salt,
        salt2: salt,
        username: salt,
        user_id: salt,
        site: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_read_and_used_without_a_scheme() {
        assert_eq!(
            expression_text(" md5( salt . pass )").as_deref(),
            Ok("md5(salt.pass)")
        );
        let made =
            expression_digest("md5(pass.salt)", b"password", b"salt").expect("an expression");
        assert_eq!(
            made.as_ref().map(|made| made.as_str()),
            Some("b305cadbb3bce54f3aa59c64fec00dea")
        );
        assert!(expression_text("md5(").is_err());
    }
}
