//! A small, valid PDF of one page with lines of text: what a statement's download gives.

use std::fmt::Write;

/// Writes a page with these lines (ASCII).
pub(super) fn page(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 12 Tf 72 770 Td 16 TL\n");
    for line in lines {
        let escaped = line
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let _ = writeln!(text, "({escaped}) Tj T*");
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        let _ = write!(out, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = out.len();
    let count = objects.len() + 1;
    let _ = write!(out, "xref\n0 {count}\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(
        out,
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_points_at_the_objects() {
        let bytes = page(&["Invoice (1)".to_owned()]);
        let text = String::from_utf8(bytes).expect("ASCII");
        assert!(text.contains("(Invoice \\(1\\)) Tj"));
        let table = text.find("xref\n").expect("a table");
        assert!(text.ends_with(&format!("startxref\n{table}\n%%EOF\n")));
        for (number, line) in (1..).zip(text[table..].lines().skip(3).take(5)) {
            let place: usize = line[..10].parse().expect("a number");
            assert!(
                text[place..].starts_with(&format!("{number} 0 obj")),
                "{line}"
            );
        }
    }
}
