//! Values that are a list of named fields: JSON, and PHP's `serialize` of an array.
//!
//! Only as much is read as password hashes are stored with. Texts are unescaped, because PHP
//! writes `\/` in JSON. A field that stands twice is no form.

use zeroize::Zeroizing;

/// The most fields of one object, and the most items of one list.
const FIELDS_MAX: usize = 16;

/// How deep objects and lists may stand in one another.
const DEPTH_MAX: usize = 4;

/// A value of a field.
pub(in crate::scheme) enum Field {
    /// A text, unescaped.
    Text(Zeroizing<Vec<u8>>),
    /// A number without a fraction.
    Number(u64),
    /// An object.
    Object(Fields),
    /// A list.
    List(Vec<Field>),
    /// `null`, `true` or `false`.
    Word,
}

/// The fields of an object.
pub(in crate::scheme) struct Fields(Vec<(Zeroizing<Vec<u8>>, Field)>);

impl Fields {
    /// Reads an object in JSON, or an array of PHP's.
    pub(in crate::scheme) fn read(value: &[u8]) -> Option<Self> {
        match value.first()? {
            b'{' => Self::json(value),
            b'a' => Self::php(value),
            _ => None,
        }
    }

    /// Reads an object in JSON.
    pub(in crate::scheme) fn json(value: &[u8]) -> Option<Self> {
        let mut reader = Reader(value);
        reader.space();
        let Field::Object(fields) = reader.field(0)? else {
            return None;
        };
        reader.space();
        reader.0.is_empty().then_some(fields)
    }

    /// `a:2:{s:4:"hash";s:3:"abc";s:4:"salt";s:1:"x";}`: names and texts, each with its length.
    fn php(value: &[u8]) -> Option<Self> {
        let mut reader = Reader(value);
        reader.literal(b"a:")?;
        let count = usize::try_from(reader.number()?).ok()?;
        reader.literal(b":{")?;
        if count > FIELDS_MAX {
            return None;
        }
        let mut fields = Self(Vec::new());
        for _ in 0..count {
            let name = reader.php_text()?;
            let value = reader.php_text()?;
            fields.add(name, Field::Text(value))?;
        }
        reader.literal(b"}")?;
        reader.0.is_empty().then_some(fields)
    }

    fn add(&mut self, name: Zeroizing<Vec<u8>>, value: Field) -> Option<()> {
        let good = self.0.len() < FIELDS_MAX && self.get(&name).is_none();
        good.then(|| self.0.push((name, value)))
    }

    /// The field of that name.
    pub(in crate::scheme) fn get(&self, name: &[u8]) -> Option<&Field> {
        self.0
            .iter()
            .find(|(known, _)| known.as_slice() == name)
            .map(|(_, field)| field)
    }

    /// The text of that name.
    pub(in crate::scheme) fn text(&self, name: &str) -> Option<&[u8]> {
        match self.get(name.as_bytes())? {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of that name, also where it is written as a text.
    pub(in crate::scheme) fn number(&self, name: &str) -> Option<u32> {
        number_of(self.get(name.as_bytes())?)
    }

    /// The object of that name, also where it is a text that holds one.
    pub(in crate::scheme) fn object(&self, name: &str) -> Option<Self> {
        match self.get(name.as_bytes())? {
            Field::Text(text) => Self::json(text),
            _ => None,
        }
    }

    /// The first item of the list of that name, in the object of that name.
    pub(in crate::scheme) fn first(&self, object: &str, list: &str) -> Option<&Field> {
        let Field::Object(inner) = self.get(object.as_bytes())? else {
            return None;
        };
        match inner.get(list.as_bytes())? {
            Field::List(items) => items.first(),
            other => Some(other),
        }
    }
}

/// A number, also where it is written as a text.
pub(in crate::scheme) fn number_of(field: &Field) -> Option<u32> {
    match field {
        Field::Number(number) => u32::try_from(*number).ok(),
        Field::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

struct Reader<'v>(&'v [u8]);

impl Reader<'_> {
    fn space(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    fn literal(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// Digits, of which a sign or a fraction is none.
    fn number(&mut self) -> Option<u64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at_checked(digits.count())?;
        self.0 = rest;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn field(&mut self, depth: usize) -> Option<Field> {
        if depth > DEPTH_MAX {
            return None;
        }
        match self.0.first()? {
            b'"' => self.text().map(Field::Text),
            b'{' => self.object(depth).map(Field::Object),
            b'[' => self.list(depth).map(Field::List),
            b'0'..=b'9' => self.number().map(Field::Number),
            _ => [&b"null"[..], b"true", b"false"]
                .into_iter()
                .find_map(|word| self.literal(word))
                .map(|()| Field::Word),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Fields> {
        let mut fields = Fields(Vec::new());
        self.literal(b"{")?;
        self.space();
        if self.literal(b"}").is_some() {
            return Some(fields);
        }
        loop {
            self.space();
            let name = self.text()?;
            self.space();
            self.literal(b":")?;
            self.space();
            let value = self.field(depth + 1)?;
            fields.add(name, value)?;
            self.space();
            if self.literal(b",").is_none() {
                self.literal(b"}")?;
                return Some(fields);
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Field>> {
        let mut items = Vec::new();
        self.literal(b"[")?;
        self.space();
        if self.literal(b"]").is_some() {
            return Some(items);
        }
        loop {
            self.space();
            items.push(self.field(depth + 1)?);
            self.space();
            if items.len() > FIELDS_MAX {
                return None;
            }
            if self.literal(b",").is_none() {
                self.literal(b"]")?;
                return Some(items);
            }
        }
    }

    /// A text between quotes. What is escaped in hex has to be ASCII, as all of it is in hashes.
    fn text(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.literal(b"\"")?;
        let mut text = Zeroizing::new(Vec::new());
        loop {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            match byte {
                b'"' => return Some(text),
                b'\\' => {
                    let (escaped, rest) = self.0.split_first()?;
                    self.0 = rest;
                    text.push(match escaped {
                        b'"' | b'\\' | b'/' => *escaped,
                        b'n' => b'\n',
                        b't' => b'\t',
                        b'r' => b'\r',
                        b'u' => {
                            let (digits, rest) = self.0.split_at_checked(4)?;
                            self.0 = rest;
                            let digits = std::str::from_utf8(digits).ok()?;
                            let code = u32::from_str_radix(digits, 16).ok()?;
                            u8::try_from(code).ok().filter(u8::is_ascii)?
                        }
                        _ => return None,
                    });
                }
                0..=0x1f => return None,
                _ => text.push(*byte),
            }
        }
    }

    /// `s:4:"hash";`
    fn php_text(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.literal(b"s:")?;
        let len = usize::try_from(self.number()?).ok()?;
        self.literal(b":\"")?;
        let (text, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        self.literal(b"\";")?;
        Some(Zeroizing::new(text.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_numbers_and_objects_are_read_from_json() {
        let value = br#" {"a":"x\/\"\u0041y", "b" : 27500,"c":{"list":["7"],"none":[]},"d":null,"e":"{\"f\":1}"} "#;
        let fields = Fields::read(value.trim_ascii()).expect("an object");
        assert_eq!(fields.text("a"), Some(&b"x/\"Ay"[..]));
        assert_eq!(fields.number("b"), Some(27_500));
        assert_eq!(
            fields.first("c", "list").and_then(number_of),
            Some(7),
            "a number in a text"
        );
        assert!(fields.first("c", "none").is_none());
        assert_eq!(
            fields.object("e").and_then(|inner| inner.number("f")),
            Some(1)
        );
        assert!(fields.text("b").is_none() && fields.text("z").is_none());
    }

    #[test]
    fn an_array_of_phps_is_read_by_its_lengths() {
        let fields = Fields::read(br#"a:2:{s:4:"hash";s:3:"a"b";s:4:"salt";s:0:"";}"#);
        let fields = fields.expect("an array");
        assert_eq!(fields.text("hash"), Some(&b"a\"b"[..]));
        assert_eq!(fields.text("salt"), Some(&b""[..]));
    }

    #[test]
    fn what_is_damaged_is_no_form() {
        for value in [
            &br#"{"a":"x""#[..],
            br#"{"a":"x",}"#,
            br#"{"a":"x"}y"#,
            br#"{"a":"x","a":"y"}"#,
            br#"{"a":"\x"}"#,
            br#"{"a":-1}"#,
            br#"{"a":[[[[[[1]]]]]]}"#,
            br#"a:1:{s:4:"hash";s:4:"abc";}"#,
            br#"a:2:{s:4:"hash";s:3:"abc";}"#,
            br#"a:99:{}"#,
            b"abc",
            b"",
        ] {
            assert!(Fields::read(value).is_none(), "{value:?}");
        }
    }
}
