//! The words of a text, by which it is found.

/// The most words of a title that it is found by.
const MOST_WORDS: usize = 16;
const MAX_WORD_BYTES: usize = 32;

/// A text as it is compared: letters of any case are the same.
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The different words of a text, folded, in their order in the alphabet.
pub fn words(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut words: Vec<String> = folded
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST_WORDS)
        .map(|word| shortened(word).to_owned())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The beginning of a word that fits.
pub fn shortened(word: &str) -> &str {
    let mut end = word.len().min(MAX_WORD_BYTES);
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    &word[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_words_in_any_script() {
        assert_eq!(words("Straße, STRASSE & straße!"), ["strasse", "straße"]);
        assert_eq!(words("Лето 2024 в Крыму"), ["2024", "в", "крыму", "лето"]);
        assert_eq!(words("<b>東京</b>"), ["b", "東京"]);
        assert_eq!(words("  \u{200d}…"), [""; 0]);
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let word = "é".repeat(40);
        assert_eq!(words(&word), ["é".repeat(16)]);
    }
}
