//! Text -> the syntax tree of a filter, by recursive descent; errors carry the byte offset.
//!
//! In: the text of a filter. Out: an [`Expression`], or a [`FilterError`] with what was found and wanted.

use super::{Expression, FilterError, Relation, Test};
use crate::catalogue::criterion::AttributeName;
use lifering_base::records::attributes::Scalar;

/// Parentheses and `not`s inside each other; deeper than any sensible filter, shallow enough for any stack.
pub(super) const MAX_DEPTH: usize = 48;

/// Words that cannot be attribute names.
pub(super) const RESERVED: [&str; 6] = ["and", "or", "not", "in", "true", "false"];

/// Whether a text can stand as an attribute name.
pub(in crate::catalogue) fn is_attribute_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && text.chars().all(is_name_char)
        && !RESERVED.contains(&text)
}

/// Parses a whole text.
pub(super) fn parse(text: &str) -> Result<Expression, FilterError> {
    let mut parser = Parser { text, position: 0, depth: 0 };
    let expression = parser.any()?;
    match parser.next()? {
        Token::End => Ok(expression),
        _ => Err(parser.unexpected("`and`, `or` or the end")),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Name(&'a str),
    Value(Scalar),
    Symbol(&'static str),
    End,
}

struct Parser<'a> {
    text: &'a str,
    /// Byte offset of the next character to read.
    position: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Expression, FilterError> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.accept_word("or")? {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, FilterError> {
        let first = self.negation()?;
        let mut parts = vec![first];
        while self.accept_word("and")? {
            parts.push(self.negation()?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn negation(&mut self) -> Result<Expression, FilterError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error_here(format!("more than {MAX_DEPTH} levels of parentheses and `not`")));
        }
        self.depth += 1;
        let expression = if self.accept_word("not")? {
            Expression::Not(Box::new(self.negation()?))
        } else if self.accept_symbol("(")? {
            let inner = self.any()?;
            self.expect_symbol(")", "`and`, `or` or `)`")?;
            inner
        } else {
            Expression::Test(self.test()?)
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn test(&mut self) -> Result<Test, FilterError> {
        let attribute = match self.next()? {
            Token::Name(name) if !RESERVED.contains(&name) => AttributeName(name.to_owned()),
            _ => return Err(self.unexpected("an attribute name, `not` or `(`")),
        };
        self.advance()?;
        let relation = match self.next()? {
            Token::Symbol(symbol @ ("=" | "!=")) => {
                self.advance()?;
                let value = self.value()?;
                if symbol == "=" { Relation::Equal(value) } else { Relation::Differs(value) }
            }
            Token::Symbol(symbol @ ("<" | "<=" | ">" | ">=")) => {
                self.advance()?;
                let limit = self.number()?;
                match symbol {
                    "<" => Relation::Less(limit),
                    "<=" => Relation::AtMost(limit),
                    ">" => Relation::Greater(limit),
                    _ => Relation::AtLeast(limit),
                }
            }
            Token::Name("in") => {
                self.advance()?;
                Relation::In(self.list()?)
            }
            _ => Relation::Holds,
        };
        Ok(Test { attribute, relation })
    }

    fn list(&mut self) -> Result<Vec<Scalar>, FilterError> {
        self.expect_symbol("(", "`(`")?;
        let mut values: Vec<Scalar> = Vec::new();
        loop {
            self.skip_space();
            let at = self.position;
            let value = self.value()?;
            if values.first().is_some_and(|first| std::mem::discriminant(first) != std::mem::discriminant(&value)) {
                return Err(FilterError { offset: at, message: "the values of a list must be of one type".to_owned() });
            }
            values.push(value);
            if !self.accept_symbol(",")? {
                self.expect_symbol(")", "`,` or `)`")?;
                return Ok(values);
            }
        }
    }

    fn value(&mut self) -> Result<Scalar, FilterError> {
        const WANTED: &str = "a text in double quotes, a number, `true` or `false`";
        let value = match self.next()? {
            Token::Value(value) => value,
            Token::Name("true") => Scalar::Bool(true),
            Token::Name("false") => Scalar::Bool(false),
            _ => return Err(self.unexpected(WANTED)),
        };
        self.advance()?;
        Ok(value)
    }

    fn number(&mut self) -> Result<f64, FilterError> {
        match self.next()? {
            Token::Value(Scalar::Number(number)) => {
                self.advance()?;
                Ok(number)
            }
            _ => Err(self.unexpected("a number")),
        }
    }

    fn accept_word(&mut self, word: &str) -> Result<bool, FilterError> {
        let found = self.next()? == Token::Name(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn accept_symbol(&mut self, symbol: &'static str) -> Result<bool, FilterError> {
        let found = self.next()? == Token::Symbol(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect_symbol(&mut self, symbol: &'static str, wanted: &str) -> Result<(), FilterError> {
        if self.accept_symbol(symbol)? { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    /// The next token, without moving past it.
    fn next(&mut self) -> Result<Token<'a>, FilterError> {
        self.skip_space();
        Ok(self.scan()?.0)
    }

    /// Moves past the next token.
    fn advance(&mut self) -> Result<(), FilterError> {
        self.skip_space();
        self.position = self.scan()?.1;
        Ok(())
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// The token at the position and the offset after it.
    fn scan(&self) -> Result<(Token<'a>, usize), FilterError> {
        const SYMBOLS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok((Token::End, self.position));
        };
        if first == '"' {
            return self.scan_text(rest);
        }
        if first.is_ascii_digit() || first == '-' {
            return self.scan_number(rest);
        }
        if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
            return Ok((Token::Name(&rest[..length]), self.position + length));
        }
        for (wrong, right) in
            [("==", "`=` compares"), ("&&", "write `and`"), ("||", "write `or`"), ("'", "texts stand in double quotes")]
        {
            if rest.starts_with(wrong) {
                return Err(self.error_here(format!("found `{wrong}`; {right}")));
            }
        }
        match SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            Some(symbol) => Ok((Token::Symbol(symbol), self.position + symbol.len())),
            None => Err(self.error_here(format!("`{first}` means nothing in a filter"))),
        }
    }

    fn scan_text(&self, rest: &str) -> Result<(Token<'a>, usize), FilterError> {
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return Ok((Token::Value(Scalar::Text(text)), self.position + at + 1)),
                '\\' => {
                    let Some((_, escaped @ ('"' | '\\'))) = chars.next() else {
                        let message = "a backslash in a text stands before `\"` or `\\` only".to_owned();
                        let offset = self.position + at;
                        return Err(FilterError { offset, message });
                    };
                    text.push(escaped);
                }
                _ => text.push(c),
            }
        }
        Err(self.error_here("this text has no closing double quote".to_owned()))
    }

    fn scan_number(&self, rest: &str) -> Result<(Token<'a>, usize), FilterError> {
        let mut previous = ' ';
        let length = rest
            .find(|c: char| {
                let sign_of_exponent = matches!(c, '+' | '-') && matches!(previous, 'e' | 'E');
                let leading_minus = c == '-' && previous == ' ';
                previous = c;
                !(c.is_ascii_alphanumeric() || c == '.' || sign_of_exponent || leading_minus)
            })
            .unwrap_or(rest.len());
        let word = &rest[..length];
        match word.parse::<f64>() {
            // "-inf" and "-nan" parse as floats but are no limits.
            Ok(number) if number.is_finite() => Ok((Token::Value(Scalar::Number(number)), self.position + length)),
            _ => Err(self.error_here(format!("`{word}` is not a number"))),
        }
    }

    fn unexpected(&self, wanted: &str) -> FilterError {
        let rest = self.rest();
        let found = match self.scan() {
            Ok((Token::End, _)) => "the end".to_owned(),
            Ok((_, end)) => format!("`{}`", &rest[..end - self.position]),
            Err(error) => return error,
        };
        self.error_here(format!("found {found}, wanted {wanted}"))
    }

    fn error_here(&self, message: String) -> FilterError {
        FilterError { offset: self.position, message }
    }
}

/// A single part stands for itself.
fn one_or(mut parts: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    if parts.len() > 1 {
        return many(parts);
    }
    // `parts` starts with one element and only grows.
    parts.remove(0)
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '.')
}
