//! What the service knows about countries: states, postal codes, registration numbers, currency. A
//! table of plain patterns, where `9` is a digit, `A` a letter and everything else itself; the
//! regular expressions of the answers are written from the same patterns.

use std::fmt::Write;
use std::sync::LazyLock;

/// One country.
#[derive(Debug, Clone)]
pub(crate) struct Country {
    /// ISO 3166 code of two letters.
    pub(crate) code: &'static str,
    /// Cultures, the default first.
    pub(crate) cultures: Vec<&'static str>,
    /// Forms of the postal code; empty where there is none.
    pub(crate) postal: Vec<&'static str>,
    /// Currency code and sign.
    pub(crate) currency: (&'static str, &'static str),
    /// Calling code.
    pub(crate) calling: &'static str,
    /// Forms of the organisation registration number ("INN"), which is required together with a
    /// phone number; empty where the number is not supported.
    pub(crate) registration: Vec<&'static str>,
    /// States that an address may name; empty where they are not checked.
    pub(crate) states: Vec<&'static str>,
}

/// Code | cultures | forms of the postal code | currency | calling code | forms of the registration
/// number. Which countries need a number stands in the reference; the forms are the emulator's own.
const TABLE: &str = "
AE|en-AE,ar-AE||USD|971|999999999999999
AM|hy-AM|9999|USD|374|99999999
AR|es-AR|9999,A9999AAA|USD|54|
AT|de-AT|9999|EUR|43|
AU|en-AU|9999|AUD|61|
AZ|az-AZ|AA9999,9999|USD|994|9999999999
BE|nl-BE,fr-BE|9999|EUR|32|
BG|bg-BG|9999|EUR|359|
BR|pt-BR|99999-999,99999999|BRL|55|99.999.999/9999-99,99999999999999
BY|be-BY|999999|USD|375|999999999
CA|en-CA,fr-CA|A9A 9A9,A9A9A9|CAD|1|
CH|de-CH,fr-CH,it-CH|9999|CHF|41|
CL|es-CL|9999999|CLP|56|
CN|zh-CN|999999|CNY|86|
CO|es-CO|999999|USD|57|
CY|el-CY|9999|EUR|357|
CZ|cs-CZ|999 99,99999|EUR|420|
DE|de-DE|99999|EUR|49|
DK|da-DK|9999|DKK|45|
EE|et-EE|99999|EUR|372|
EG|ar-EG|99999|USD|20|
ES|es-ES|99999|EUR|34|
FI|fi-FI,sv-FI|99999|EUR|358|
FR|fr-FR|99999|EUR|33|
GB|en-GB|A9 9AA,A99 9AA,AA9 9AA,AA99 9AA,A9A 9AA,AA9A 9AA|GBP|44|
GR|el-GR|999 99,99999|EUR|30|
HK|zh-HK,en-HK||HKD|852|
HR|hr-HR|99999|EUR|385|
HU|hu-HU|9999|EUR|36|99999999-9-99,99999999999
ID|id-ID|99999|USD|62|
IE|en-IE||EUR|353|
IL|he-IL|9999999,99999|USD|972|
IN|en-IN,hi-IN|999999|INR|91|AAAAA9999A
IQ|ar-IQ|99999|USD|964|999999999
IS|is-IS|999|USD|354|
IT|it-IT|99999|EUR|39|
JP|ja-JP|999-9999|JPY|81|
KG|ky-KG|999999|USD|996|99999999999999
KR|ko-KR|99999|KRW|82|
KZ|kk-KZ|999999|USD|7|999999999999
LT|lt-LT|99999|EUR|370|
LU|fr-LU,de-LU|9999|EUR|352|
LV|lv-LV|AA-9999|EUR|371|
MD|ro-MD|9999|USD|373|9999999999999
MM|my-MM|99999|USD|95|999999999
MT|en-MT,mt-MT|AAA 9999|EUR|356|
MX|es-MX|99999|USD|52|
MY|ms-MY|99999|USD|60|
NL|nl-NL|9999 AA,9999AA|EUR|31|
NO|nb-NO|9999|NOK|47|
NZ|en-NZ|9999|NZD|64|
PE|es-PE|99999|USD|51|
PH|en-PH|9999|USD|63|
PL|pl-PL|99-999|EUR|48|9999999999
PT|pt-PT|9999-999|EUR|351|
RO|ro-RO|999999|EUR|40|
RS|sr-RS|99999|EUR|381|
RU|ru-RU|999999|RUB|7|9999999999,999999999999
SA|ar-SA|99999,99999-9999|USD|966|9999999999
SE|sv-SE|999 99,99999|SEK|46|
SG|en-SG|999999|USD|65|
SI|sl-SI|9999|EUR|386|
SK|sk-SK|999 99,99999|EUR|421|
SS|en-SS||USD|211|999999999
TH|th-TH|99999|USD|66|9999999999999
TJ|tg-TJ|999999|USD|992|999999999
TR|tr-TR|99999|USD|90|9999999999
TW|zh-TW|999,99999,999999|TWD|886|
UA|uk-UA|99999|USD|380|99999999,9999999999
US|en-US|99999,99999-9999|USD|1|
UZ|uz-UZ|999999|USD|998|999999999
VE|es-VE|9999|USD|58|A-99999999-9
VN|vi-VN|999999|USD|84|9999999999
ZA|en-ZA|9999|ZAR|27|9999/999999/99
";

/// The countries whose states are checked.
const STATES: &str = "
US|AK,AL,AR,AZ,CA,CO,CT,DC,DE,FL,GA,HI,IA,ID,IL,IN,KS,KY,LA,MA,MD,ME,MI,MN,MO,MS,MT,NC,ND,NE,NH,NJ,NM,NV,NY,OH,OK,OR,PA,PR,RI,SC,SD,TN,TX,UT,VA,VT,WA,WI,WV,WY
CA|AB,BC,MB,NB,NL,NS,NT,NU,ON,PE,QC,SK,YT
CN|Anhui,Beijing,Chongqing,Fujian,Gansu,Guangdong,Guangxi,Guizhou,Hainan,Hebei,Heilongjiang,Henan,Hubei,Hunan,Jiangsu,Jiangxi,Jilin,Liaoning,Nei Mongol,Ningxia,Qinghai,Shaanxi,Shandong,Shanghai,Shanxi,Sichuan,Tianjin,Xinjiang,Xizang,Yunnan,Zhejiang
MX|AGS,BC,BCS,CAMP,CDMX,CHIH,CHIS,COAH,COL,DGO,GRO,GTO,HGO,JAL,MEX,MICH,MOR,NAY,NL,OAX,PUE,QRO,QROO,SIN,SLP,SON,TAB,TAMPS,TLAX,VER,YUC,ZAC
";

/// Every code of ISO 3166, for usage locations: more than the service sells to.
const ISO: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN \
BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ \
DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL \
GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM \
JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME \
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP \
NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD \
SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Signs of currencies that are not written by their code.
const SIGNS: [(&str, &str); 15] = [
    ("USD", "$"),
    ("AUD", "$"),
    ("CAD", "$"),
    ("NZD", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("CNY", "¥"),
    ("INR", "₹"),
    ("BRL", "R$"),
    ("RUB", "₽"),
    ("ZAR", "R"),
    ("DKK", "kr."),
    ("NOK", "kr"),
    ("SEK", "kr"),
];

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.is_empty());
    rows.map(|line| read(line.split('|'))).collect()
});

fn read(mut parts: impl Iterator<Item = &'static str>) -> Country {
    let mut part = || parts.next().unwrap_or_default();
    let code = part();
    let (cultures, postal) = (list(part()), list(part()));
    let currency = part();
    let sign = SIGNS.iter().find(|(known, _)| *known == currency);
    let states = STATES.lines().filter_map(|line| line.split_once('|'));
    Country {
        code,
        cultures,
        postal,
        currency: (currency, sign.map_or(currency, |(_, sign)| sign)),
        calling: part(),
        registration: list(part()),
        states: states
            .filter(|(country, _)| *country == code)
            .flat_map(|(_, states)| list(states))
            .collect(),
    }
}

fn list(text: &'static str) -> Vec<&'static str> {
    text.split(',').filter(|part| !part.is_empty()).collect()
}

/// Returns the country of that code, in any casing.
pub(crate) fn country(code: &str) -> Option<&'static Country> {
    COUNTRIES
        .iter()
        .find(|country| country.code.eq_ignore_ascii_case(code))
}

/// Returns the codes of all countries.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    COUNTRIES.iter().map(|country| country.code)
}

/// Tells whether the text is a code of two letters that ISO 3166 knows.
pub(crate) fn is_iso(code: &str) -> bool {
    ISO.split(' ').any(|known| known.eq_ignore_ascii_case(code))
}

/// Returns whether the text is a culture that some country has.
pub(crate) fn is_culture(text: &str) -> bool {
    COUNTRIES
        .iter()
        .flat_map(|country| &country.cultures)
        .any(|culture| culture.eq_ignore_ascii_case(text))
}

/// Returns whether the text has one of the forms.
pub(crate) fn fits(forms: &[&str], text: &str) -> bool {
    forms.iter().any(|form| fits_one(form, text))
}

fn fits_one(form: &str, text: &str) -> bool {
    form.len() == text.len()
        && form
            .chars()
            .zip(text.chars())
            .all(|(form, letter)| match form {
                '9' => letter.is_ascii_digit(),
                'A' => letter.is_ascii_alphabetic(),
                other => other == letter,
            })
}

/// Returns the forms as one regular expression.
pub(crate) fn regex(forms: &[&str]) -> String {
    let alternatives: Vec<String> = forms.iter().map(|form| regex_of(form)).collect();
    format!("^({})$", alternatives.join("|"))
}

fn regex_of(form: &str) -> String {
    let mut out = String::new();
    let mut letters = form.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut count = 1;
        while letters.next_if_eq(&letter).is_some() {
            count += 1;
        }
        match letter {
            '9' => out.push_str("\\d"),
            'A' => out.push_str("[A-Za-z]"),
            '.' => out.push_str("\\."),
            other => out.push(other),
        }
        if count > 1 {
            let _ = write!(out, "{{{count}}}");
        }
    }
    out
}

/// Returns an example of the form.
pub(crate) fn sample(form: &str) -> String {
    let mut digits = "1234567890".chars().cycle();
    let mut letters = "ABCDEFGHIJ".chars().cycle();
    form.chars()
        .filter_map(|letter| match letter {
            '9' => digits.next(),
            'A' => letters.next(),
            other => Some(other),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_matched_whole() {
        let us = country("us").expect("in the table");
        for (text, expected) in [
            ("98101", true),
            ("98101-2210", true),
            ("9810", false),
            ("98101-", false),
            ("9810A", false),
        ] {
            assert_eq!(fits(&us.postal, text), expected, "{text}");
        }
    }

    #[test]
    fn expressions_and_samples_are_written_from_the_forms() {
        assert_eq!(regex(&["99999", "99999-9999"]), r"^(\d{5}|\d{5}-\d{4})$");
        assert_eq!(regex(&["A9A 9A9"]), r"^([A-Za-z]\d[A-Za-z] \d[A-Za-z]\d)$");
        for country in COUNTRIES.iter() {
            for form in &country.registration {
                assert!(
                    fits(&country.registration, &sample(form)),
                    "{}",
                    country.code
                );
            }
        }
    }

    #[test]
    fn the_table_has_each_country_once() {
        let mut codes: Vec<&str> = COUNTRIES.iter().map(|country| country.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), COUNTRIES.len());
        let us = country("US").expect("in the table");
        assert_eq!((us.currency, us.states.len()), (("USD", "$"), 52));
    }
}
