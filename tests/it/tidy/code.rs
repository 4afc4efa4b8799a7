//! Just enough of a Rust reader for the tidy rules: code without comments and text, and the paths that it names.

/// The code with comments gone and the inside of string and character literals blanked, line by line as before.
pub fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(end) = literal(rest, &out) {
            out.push_str("\"\"");
            end
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        out.extend(rest[..taken].chars().filter(|c| *c == '\n'));
        rest = &rest[taken..];
    }
    out
}

/// The length of a block comment, which may hold others.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of the string or character literal that starts here. A lifetime is none.
fn literal(rest: &str, before: &str) -> Option<usize> {
    let in_a_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    if let Some(raw) = rest.strip_prefix('r').filter(|_| !in_a_word || before.ends_with('b')) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = 1 + hashes + 1;
            return Some(rest[inside..].find(&end).map_or(rest.len(), |at| inside + at + end.len()));
        }
        return None;
    }
    match rest.chars().next()? {
        '"' => Some(until_quote(rest, '"')),
        '\'' if rest[1..].starts_with('\\') => Some(until_quote(rest, '\'')),
        '\'' => {
            let c = rest[1..].chars().next()?;
            rest[1 + c.len_utf8()..].starts_with('\'').then_some(2 + c.len_utf8())
        }
        _ => None,
    }
}

fn until_quote(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The code before the module of unit tests, which may use more than the code that it tests.
pub fn without_tests(stripped: &str) -> &str {
    let start = stripped.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| {
        let after = stripped[at + "#[cfg(test)]".len()..].trim_start();
        after.starts_with("mod ") && after.find('{').is_some_and(|open| after.find(';').is_none_or(|end| open < end))
    });
    &stripped[..start.unwrap_or(stripped.len())]
}

/// Every path of two words or more that the code names, groups of `use` spelled out: `a::{b, c::d}` is `a::b` and `a::c::d`.
pub fn paths(stripped: &str) -> Vec<Vec<String>> {
    let tokens = tokens(stripped);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_word(tokens[at]) && tokens.get(at + 1) == Some(&"::") {
            at = tree(&tokens, at, &[], &mut found);
        } else if tokens[at] == "use" && tokens.get(at + 1) == Some(&"{") {
            at = tree(&tokens, at + 1, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one use tree under `prefix` and says where it ends.
fn tree(tokens: &[&str], mut at: usize, prefix: &[&str], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match *token {
            "{" => {
                at += 1;
                while let Some(token) = tokens.get(at) {
                    match *token {
                        "}" => return at + 1,
                        token if is_word(token) || token == "{" || token == "*" => at = tree(tokens, at, &path, found),
                        _ => at += 1,
                    }
                }
                return at;
            }
            word if is_word(word) || word == "*" => path.push(word),
            _ => break,
        }
        at += 1;
        if tokens.get(at) != Some(&"::") || !tokens.get(at + 1).is_some_and(|next| is_word(next) || *next == "{" || *next == "*")
        {
            break;
        }
        at += 1;
    }
    if path.last() == Some(&"self") && path.len() > 1 {
        path.pop();
    }
    found.push(path.into_iter().map(str::to_owned).collect());
    if tokens.get(at) == Some(&"as") { at + 2 } else { at }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(c) = rest.chars().next() {
        let length = if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            c.len_utf8()
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

#[test]
fn comments_and_text_are_not_code() {
    for (text, code) in [
        ("a // crate::b\nc", "a \nc"),
        ("a /* x /* y */ z\n */ c", "a \n c"),
        (r#"a("crate::b \" c") d"#, r#"a("") d"#),
        ("r#\"crate::b \" c\"# d", "\"\" d"),
        ("fn f<'a>(x: &'a str) -> char { '\"' } // '", "fn f<'a>(x: &'a str) -> char { \"\" } "),
        (r"'\'' + '\\' + b'x' c", "\"\" + \"\" + b\"\" c"),
        ("bar\"b\" c", "bar\"\" c"),
    ] {
        assert_eq!(strip(text), code, "{text}");
    }
}

#[test]
fn unit_tests_are_left_out_but_not_what_stands_before_them() {
    assert_eq!(
        without_tests("#[cfg(test)]\nmod fake;\nuse a::b;\n#[cfg(test)]\nmod tests {\nuse c::d; }").matches("use").count(),
        1
    );
}

#[test]
fn groups_of_imports_are_spelled_out() {
    let names = |code: &str| paths(code).iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(names("use crate::{a, b::{self, c as d}, e::*};"), ["crate::a", "crate::b", "crate::b::c", "crate::e::*"]);
    assert_eq!(names("let x = crate::clock::now() + f::<T>(y::Z);"), ["crate::clock::now", "f", "y::Z"]);
    assert_eq!(names("use {crate::a, std::b};"), ["crate::a", "std::b"]);
}
