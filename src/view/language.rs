//! The languages that the pages have words in. The words themselves are in `ui/lang`.

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// Its primary subtag of BCP 47, and its folder in `ui/lang`.
    pub code: &'static str,
    /// The sign between whole and part of a number, as in the Unicode CLDR for the language without a region.
    pub point: char,
    /// Nobody who grew up with it has read it yet.
    pub draft: bool,
}

/// All of them, in the order in which they are offered.
pub const LANGUAGES: &[Language] = &[
    Language { code: "en", point: '.', draft: false },
    Language { code: "de", point: ',', draft: false },
    Language { code: "es", point: ',', draft: true },
    Language { code: "pl", point: ',', draft: true },
    Language { code: "uk", point: ',', draft: true },
];

impl Language {
    /// The language of a BCP 47 tag, whatever its region: `pl-PL` is Polish. `None` = the pages have no words in it.
    #[must_use]
    pub fn of(tag: &str) -> Option<&'static Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        LANGUAGES.iter().find(|known| known.code.eq_ignore_ascii_case(primary))
    }

    /// The sign between whole and part of a number. A point where the language is not known.
    #[must_use]
    pub fn point(tag: &str) -> char {
        Self::of(tag).map_or('.', |known| known.point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_languages() {
        let check = |tag, code: Option<&str>| assert_eq!(Language::of(tag).map(|known| known.code), code, "{tag}");
        check("en", Some("en"));
        check("pl-PL", Some("pl"));
        check("UK_ua", Some("uk"));
        check("es-419", Some("es"));
        check("", None);
        check("fr", None);
        check("english", None);
    }

    #[test]
    fn numbers_have_the_sign_of_their_language() {
        let check = |tag, point| assert_eq!(Language::point(tag), point, "{tag}");
        check("en", '.');
        check("de", ',');
        check("es", ',');
        check("pl", ',');
        check("uk-UA", ',');
        check("fr", '.');
    }
}
