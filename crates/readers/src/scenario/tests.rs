//! Where an error of a scenario stands.

use super::Scenario;

#[test]
fn the_line_of_an_error_gives_the_edit() {
    let text = "name = \"x\"\n\n[[edit]]\nclose_station = { station = \"A\" }\n\n[[edit]]\nclose_station = { statoin = \"B\" }\n";
    let error = Scenario::from_bytes("s.toml", text.as_bytes()).expect_err("a key that is not known");
    let said = error.text("en");
    for word in ["s.toml", "line 7", "edit 2", "`statoin`", "did you mean `station`"] {
        assert!(said.contains(word), "no {word} in {said}");
    }
    assert!(error.text("zh").contains("第2项修改"), "{}", error.text("zh"));
}
